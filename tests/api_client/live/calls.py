"""Clients of a served installation, what they ask for, and what it has heard."""

from __future__ import annotations

from ece_client import ApiKey, Client, ClientConfig, Tls

RULESET = {"name": "office", "type": "ip", "region": "ece-region", "include_by_default": False, "rules": []}


def client_of(ece, *, auth=None, endpoint=None, tls=None, **options):
    """A client of the installation, by API key and CA file unless told otherwise."""
    tls = tls or Tls(ca_file=ece.ca_file)
    return Client(ClientConfig(endpoint or ece.endpoint, auth or ApiKey(ece.api_key), tls=tls, **options))


def calls_of(simulator, operation):
    """Return the logged calls of one operation."""
    return [call for call in simulator.control.calls() if call["operation_id"] == operation]


async def request_of(client):
    """Return a request that creates a deployment of Elasticsearch and Kibana, made of the default template."""
    template = (await client.call("get-deployment-template-v2", path={"template_id": "default"})).data
    resources = template["deployment_template"]["resources"]
    return {
        "name": "logs",
        "version": "9.2.0",
        "resources": {kind: resources[kind] for kind in ("elasticsearch", "kibana")},
    }
