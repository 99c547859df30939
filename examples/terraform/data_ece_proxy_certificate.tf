data "ece_proxy_certificate" "here" {}

output "proxy_ca" {
  value = data.ece_proxy_certificate.here.ca_pem
}
