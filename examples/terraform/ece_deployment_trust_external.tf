data "ece_environment" "other" {}

resource "ece_trust_relationship" "dr" {
  name            = "dr"
  public_ca_cert  = data.ece_environment.other.ca_pem
  account_ids     = [data.ece_environment.other.account_id]
  installation_id = data.ece_environment.other.installation_id
}

resource "ece_deployment" "central" {
  name                = "central"
  version             = "9.2.0"
  deletion_protection = false
}

resource "ece_deployment_trust_external" "dr" {
  deployment_id         = ece_deployment.central.id
  trust_relationship_id = ece_trust_relationship.dr.id
  cluster_ids           = ["2f5d3a1c9b8e47d6a0c1b2d3e4f50617"] # cluster_id of a deployment of the other ECE
}
