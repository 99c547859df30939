# A self-managed (or ECK) cluster searches in a deployment: its keystore is written by its own administrator.
provider "ece" {
  environments = {
    onprem = { kind = "elasticsearch", env_prefix = "ONPREM" }
  }
}

resource "ece_deployment" "logs" {
  name                = "logs"
  version             = "9.2.0"
  deletion_protection = false
}

resource "ece_cross_cluster_api_key" "logs" {
  name   = "onprem-to-logs"
  access = { search = [{ names = ["logs-*"] }] }
  remote = { deployment_id = ece_deployment.logs.id }
  local  = { environment = "onprem", alias = "logs", secret_file = "secrets/logs" }
}

# The deploy passes before the key is delivered; a later plan shows `connected` when it is.
resource "ece_remote_cluster" "logs" {
  environment              = "onprem"
  alias                    = "logs"
  security_model           = "api_key"
  remote                   = { deployment_id = ece_deployment.logs.id }
  cross_cluster_api_key_id = ece_cross_cluster_api_key.logs.id
  wait_for_connected       = false
}

output "connected" {
  value = ece_remote_cluster.logs.connected
}
