resource "ece_deployment" "central" {
  name                = "central"
  version             = "9.2.0"
  deletion_protection = false
}

# A self-managed cluster is to be searched from a deployment. What its administrators do is in hand-over/onprem/.
resource "ece_hand_over" "onprem" {
  folder         = "hand-over/onprem"
  alias          = "onprem"
  security_model = "api_key"
  local = {
    kind          = "ece"
    name          = "central"
    deployment_id = ece_deployment.central.id
    egress        = ["198.51.100.0/28"]
  }
  remote = {
    kind    = "self_managed"
    name    = "onprem"
    address = "onprem.example.com"
    version = "9.2.0"
  }
}
