# No API of the cluster is reached at all: the key goes into a file, and its settings are the administrator's work.
resource "ece_deployment" "logs" {
  name                = "logs"
  version             = "9.2.0"
  deletion_protection = false
}

resource "ece_cross_cluster_api_key" "logs" {
  name   = "onprem-to-logs"
  access = { search = [{ names = ["logs-*"] }] }
  remote = { deployment_id = ece_deployment.logs.id }
  local  = { name = "onprem", alias = "logs", secret_file = "secrets/logs" }
}
