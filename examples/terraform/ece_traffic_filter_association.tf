resource "ece_deployment" "logs" {
  name                = "logs"
  version             = "9.2.0"
  deletion_protection = false
}

resource "ece_traffic_filter" "office" {
  name  = "office"
  type  = "ip"
  rules = [{ source = "192.0.2.0/24" }]
}

resource "ece_traffic_filter" "peers" {
  name  = "peers"
  type  = "remote_cluster"
  rules = [{ cluster_id = ece_deployment.logs.cluster_id }]
}

resource "ece_traffic_filter_association" "office" {
  deployment_id     = ece_deployment.logs.id
  traffic_filter_id = ece_traffic_filter.office.id
}

# Alone it would lock out all users, so it comes after the IP set.
resource "ece_traffic_filter_association" "peers" {
  deployment_id     = ece_deployment.logs.id
  traffic_filter_id = ece_traffic_filter.peers.id
  requires          = [ece_traffic_filter_association.office.id]
}
