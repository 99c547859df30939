"""``ece_deployment``: a deployment with its tiers, Kibana and Integrations Server; nothing that other objects own."""
