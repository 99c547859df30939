data "ece_eligible_remote_clusters" "candidates" {
  version = "9.2.0"
}

output "candidates" {
  value = data.ece_eligible_remote_clusters.candidates.deployments[*].name
}
