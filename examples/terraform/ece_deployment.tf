resource "ece_deployment" "logs" {
  name    = "logs"
  version = "9.2.0"
  tiers = {
    hot  = { size = "8g", zone_count = 2 }
    cold = { size = "4g", zone_count = 1 }
  }
  kibana              = { size = "1g", zone_count = 1 }
  tags                = { team = "search" }
  deletion_protection = false # true unless given
  timeouts            = { create = "30m" }
}
