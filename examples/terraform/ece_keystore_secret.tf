resource "ece_deployment" "logs" {
  name                = "logs"
  version             = "9.2.0"
  deletion_protection = false
}

# The value is in an environment variable where Terraform runs; it never becomes a value of Terraform.
resource "ece_keystore_secret" "snapshots" {
  deployment_id = ece_deployment.logs.id
  name          = "s3.client.backup.secret_key"
  value_env     = "BACKUP_SECRET_KEY"
}
