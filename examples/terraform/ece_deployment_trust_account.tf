resource "ece_deployment" "central" {
  name                = "central"
  version             = "9.2.0"
  deletion_protection = false
}

resource "ece_deployment" "logs" {
  name                = "logs"
  version             = "9.2.0"
  deletion_protection = false
}

# Connections by certificate need the trust of both sides.
resource "ece_deployment_trust_account" "central" {
  deployment_id = ece_deployment.central.id
  cluster_ids   = [ece_deployment.logs.cluster_id]
}

resource "ece_deployment_trust_account" "logs" {
  deployment_id = ece_deployment.logs.id
  cluster_ids   = [ece_deployment.central.cluster_id]
}
