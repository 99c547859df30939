data "ece_traffic_filters" "all" {}

output "filters" {
  value = data.ece_traffic_filters.all
}
