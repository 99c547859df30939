resource "ece_deployment" "old" {
  name                = "made-before-2-9"
  version             = "9.2.0"
  deletion_protection = false
}

resource "ece_cross_cluster_enablement" "old" {
  deployment_id = ece_deployment.old.id
}
