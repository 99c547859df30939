resource "ece_deployment" "central" {
  name                = "central"
  version             = "9.2.0"
  deletion_protection = false
}

# The other side; in real life a deployment of another ECE, read by another provider block.
resource "ece_deployment" "orders" {
  name                = "orders"
  version             = "9.2.0"
  deletion_protection = false
}

data "ece_certificate_authority" "orders" {
  deployment_id = ece_deployment.orders.id
}

# By certificate: the CA of its nodes, and which of its clusters are trusted.
resource "ece_deployment_trust_direct" "orders" {
  deployment_id = ece_deployment.central.id
  name          = "orders"
  type          = "ECE"
  certificates  = data.ece_certificate_authority.orders.certificates_pem
  scope_id      = data.ece_certificate_authority.orders.environment_id
  cluster_ids   = [ece_deployment.orders.cluster_id]
}

data "ece_proxy_certificate" "other" {}

# By API key: only the private CA of its proxies.
resource "ece_deployment_trust_direct" "proxy" {
  deployment_id = ece_deployment.central.id
  name          = "proxies of the other ECE"
  type          = "proxy"
  certificates  = [data.ece_proxy_certificate.other.ca_pem]
}
