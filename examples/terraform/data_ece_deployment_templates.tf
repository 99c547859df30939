data "ece_deployment_templates" "all" {}

output "templates" {
  value = data.ece_deployment_templates.all
}
