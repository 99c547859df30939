resource "ece_default_trust" "none" {
  trust_all = false
}

resource "ece_deployment" "logs" {
  name                = "logs"
  version             = "9.2.0"
  deletion_protection = false
  depends_on          = [ece_default_trust.none]
}

resource "ece_deployment" "central" {
  name                = "central"
  version             = "9.2.0"
  deletion_protection = false
}

# Other states add their clusters to the same list.
resource "ece_deployment_trust_member" "central" {
  deployment_id = ece_deployment.logs.id
  trust         = "account"
  cluster_id    = ece_deployment.central.cluster_id
}
