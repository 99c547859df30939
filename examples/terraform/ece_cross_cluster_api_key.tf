resource "ece_deployment" "logs" {
  name                = "logs"
  version             = "9.2.0"
  deletion_protection = false
}

resource "ece_deployment" "central" {
  name                = "central"
  version             = "9.2.0"
  deletion_protection = false
}

resource "ece_cross_cluster_api_key" "logs" {
  name         = "central-to-logs"
  access       = { search = [{ names = ["logs-*"] }], replication = [{ names = ["orders"] }] }
  expiration   = "90d"
  rotate_after = "60d"
  remote       = { deployment_id = ece_deployment.logs.id }
  local        = { deployment_id = ece_deployment.central.id, alias = "logs" }
}
