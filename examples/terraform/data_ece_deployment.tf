resource "ece_deployment" "logs" {
  name                = "logs"
  version             = "9.2.0"
  deletion_protection = false
}

data "ece_deployment" "logs" {
  id = ece_deployment.logs.id
}

output "logs_cluster_id" {
  value = data.ece_deployment.logs.cluster_id
}
