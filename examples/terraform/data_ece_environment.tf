data "ece_environment" "here" {}

output "account_id" {
  value = data.ece_environment.here.account_id
}
