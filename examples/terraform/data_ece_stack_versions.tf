data "ece_stack_versions" "all" {}

output "newest" {
  value = data.ece_stack_versions.all.latest
}
