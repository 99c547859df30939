resource "ece_deployment" "logs" {
  name                = "logs"
  version             = "9.2.0"
  deletion_protection = false
}

data "ece_certificate_authority" "logs" {
  deployment_id = ece_deployment.logs.id
}

output "ca_of_logs" {
  value = data.ece_certificate_authority.logs.certificates_pem
}
