# A self-managed (or ECK) cluster whose Elasticsearch can be reached: the key is made there.
provider "ece" {
  environments = {
    onprem = { kind = "elasticsearch", env_prefix = "ONPREM" } # ONPREM_ENDPOINT, ONPREM_USERNAME, ONPREM_PASSWORD …
  }
}

resource "ece_deployment" "central" {
  name                = "central"
  version             = "9.2.0"
  deletion_protection = false
}

# The CA of its remote cluster server, unless that is a public one.
resource "ece_deployment_trust_direct" "onprem" {
  deployment_id = ece_deployment.central.id
  name          = "onprem"
  type          = "proxy"
  certificates  = [file("${path.module}/onprem-ca.crt")]
}

resource "ece_cross_cluster_api_key" "orders" {
  name   = "central-to-onprem"
  access = { search = [{ names = ["orders-*"] }] }
  remote = { environment = "onprem" }
  local  = { deployment_id = ece_deployment.central.id, alias = "orders" }
}

resource "ece_remote_cluster" "orders" {
  deployment_id            = ece_deployment.central.id
  alias                    = "orders"
  security_model           = "api_key"
  remote                   = { environment = "onprem", address = "onprem.self.test" } # the address that ECE reaches
  cross_cluster_api_key_id = ece_cross_cluster_api_key.orders.id
  depends_on               = [ece_deployment_trust_direct.onprem]
}
