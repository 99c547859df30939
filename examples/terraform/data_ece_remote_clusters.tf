resource "ece_deployment" "central" {
  name                = "central"
  version             = "9.2.0"
  deletion_protection = false
}

data "ece_remote_clusters" "central" {
  deployment_id = ece_deployment.central.id
}

output "connected" {
  value = [for remote in data.ece_remote_clusters.central.remote_clusters : remote.alias if remote.connected]
}
