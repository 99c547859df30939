# Made from what data.ece_environment of the other ECE tells (here: this one, so that the example runs by itself).
data "ece_environment" "other" {}

resource "ece_trust_relationship" "dr" {
  name            = "dr"
  public_ca_cert  = data.ece_environment.other.ca_pem
  account_ids     = [data.ece_environment.other.account_id]
  installation_id = data.ece_environment.other.installation_id
}
