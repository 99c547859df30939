# Chain and key as a certificate authority delivers them, in files beside the configuration.
resource "ece_platform_certificate" "proxy" {
  service          = "proxy"
  chain_pem        = [file("${path.module}/proxy.crt"), file("${path.module}/company-root.crt")]
  private_key_file = "${path.module}/proxy.key"
}
