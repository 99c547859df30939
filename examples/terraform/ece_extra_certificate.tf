resource "ece_deployment" "orders" {
  name                = "orders"
  version             = "9.2.0"
  deletion_protection = false
}

# In real life a deployment of the other environment, read by another provider block.
data "ece_certificate_authority" "orders" {
  deployment_id = ece_deployment.orders.id
}

# All CAs of the region, also the one that comes next.
resource "ece_extra_certificate" "region" {
  cert_id   = "other_environment"
  chain_pem = data.ece_certificate_authority.orders.certificates_pem
}
