variable "shop_id" {
  type        = string
  description = "Id of a deployment on Elastic Cloud Hosted."
}

provider "ece" {
  environments = {
    elastic = { kind = "ech", env_prefix = "ECH" } # ECH_API_KEY
  }
  # Elastic Cloud Hosted has no management channel: its Elasticsearch is reached by credentials.
  elasticsearch_credentials = {
    (var.shop_id) = { username = "elastic", password_env = "SHOP_PASSWORD" }
  }
}

provider "ece" {
  alias      = "elastic"
  kind       = "ech"
  env_prefix = "ECH"
}

resource "ece_deployment" "orders" {
  name                = "orders"
  version             = "9.2.0"
  deletion_protection = false
}

data "ece_proxy_certificate" "own" {}

# Hosted → ECE: the deployment there trusts the private CA of our proxies …
resource "ece_deployment_trust_direct" "orders" {
  provider      = ece.elastic
  deployment_id = var.shop_id
  name          = "our ECE"
  type          = "proxy"
  certificates  = [data.ece_proxy_certificate.own.ca_pem]
}

# … gets the key into its keystore, and the settings.
resource "ece_cross_cluster_api_key" "orders" {
  name   = "shop-to-orders"
  access = { search = [{ names = ["orders-*"] }] }
  remote = { deployment_id = ece_deployment.orders.id }
  local  = { environment = "elastic", deployment_id = var.shop_id, alias = "orders" }
}

resource "ece_remote_cluster" "orders" {
  environment              = "elastic"
  deployment_id            = var.shop_id
  alias                    = "orders"
  security_model           = "api_key"
  remote                   = { deployment_id = ece_deployment.orders.id }
  cross_cluster_api_key_id = ece_cross_cluster_api_key.orders.id
  depends_on               = [ece_deployment_trust_direct.orders]
}

# ECE → hosted: its certificates are signed by a public CA, so nothing has to be trusted.
resource "ece_cross_cluster_api_key" "shop" {
  name   = "orders-to-shop"
  access = { search = [{ names = ["stock-*"] }] }
  remote = { environment = "elastic", deployment_id = var.shop_id }
  local  = { deployment_id = ece_deployment.orders.id, alias = "shop" }
}

resource "ece_remote_cluster" "shop" {
  deployment_id            = ece_deployment.orders.id
  alias                    = "shop"
  security_model           = "api_key"
  remote                   = { environment = "elastic", deployment_id = var.shop_id }
  cross_cluster_api_key_id = ece_cross_cluster_api_key.shop.id
}
