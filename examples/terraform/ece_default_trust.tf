resource "ece_default_trust" "none" {
  trust_all = false
}
