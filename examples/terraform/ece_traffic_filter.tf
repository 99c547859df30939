resource "ece_traffic_filter" "office" {
  name  = "office"
  type  = "ip"
  rules = [{ source = "192.0.2.0/24", description = "office" }]
}

resource "ece_deployment" "central" {
  name                = "central"
  version             = "9.2.0"
  deletion_protection = false
}

resource "ece_traffic_filter" "peers" {
  name  = "peers"
  type  = "remote_cluster"
  rules = [{ cluster_id = ece_deployment.central.cluster_id }]
}
