locals {
  cloud_id = "logs:ZWNlLmV4YW1wbGUuY29tOjkyNDMkMGExYjJjM2Q0ZTVmNjA3MTgyOTNhNGI1YzZkN2U4ZjkkZmZlZWRkY2NiYmFhOTk4ODc3NjY1NTQ0MzMyMjExMDA="
}

output "may_search" {
  value = provider::ece::version_compatible("9.2.0", "9.1.4", "search")
}

output "proxy_address" {
  value = provider::ece::remote_address(provider::ece::parse_cloud_id(local.cloud_id).elasticsearch_host, "api_key")
}

output "trust_file" {
  value = provider::ece::trust_file(
    ["*.node.0a1b2c3d4e5f60718293a4b5c6d7e8f9.cluster.1053523734.account"],
    ["es01.example.com", "es02.example.com"],
  )
}
