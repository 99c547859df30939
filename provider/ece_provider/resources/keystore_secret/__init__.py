"""``ece_keystore_secret``: one entry of a deployment's Elasticsearch keystore, whose value is never seen again."""
