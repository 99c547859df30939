"""The generated models against what real platforms send: everything parses, and nothing is lost on the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import BaseModel, TypeAdapter

from ece_client import models

RECORDED = Path(__file__).parent / "recorded"
FORMS = {
    "deployment-get-integrations-server.json": models.DeploymentGetResponse,
    "deployment-get-observability.json": models.DeploymentGetResponse,
    "deployment-template-ece-default.json": models.DeploymentTemplateInfoV2,
    "deployment-templates-list.json": list[models.DeploymentTemplateInfoV2],
    "deployment-update-integrations-server.json": models.DeploymentUpdateRequest,
    "keystore-get.json": models.KeystoreContents,
    "traffic-filter-get-associations.json": models.TrafficFilterRulesetInfo,
    "traffic-filter-list-associations.json": models.TrafficFilterRulesets,
}


def dumped(value):
    """Return a model, or a list of them, as JSON values."""
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_unset=True)
    return [dumped(item) for item in value]


@pytest.mark.parametrize("name", sorted(file.name for file in RECORDED.glob("*.json")))
def test_round_trip(name):
    """A field lost in a model would be removed from a deployment by the next update."""
    data = json.loads((RECORDED / name).read_text())
    assert dumped(TypeAdapter(FORMS[name]).validate_python(data)) == data


def test_older_kinds_and_unknown_fields_survive():
    """A deployment with APM must keep it, null included, and so must fields of newer versions."""
    data = {
        "resources": {
            "apm": [{"ref_id": "main-apm", "plan": {"apm": {"version": "7.17.0", "system_settings": None}}}],
            "enterprise_search": None,
            "brand_new_kind": [{"ref_id": "x"}],
        },
        "settings": {"byok": {"key_resource_path": "p"}},
    }
    assert dumped(models.DeploymentUpdateRequest.model_validate(data)) == data


def test_reads_are_lenient():
    """Newer servers send states, roles and times that the document does not know."""
    element = models.ElasticsearchClusterTopologyElement.model_validate({"node_roles": ["search", "index"]})
    assert element.node_roles == ["search", "index"]
    info = models.ElasticsearchClusterInfo.model_validate({"status": "dreaming", "healthy": None})
    assert (info.status, info.healthy) == ("dreaming", None)
    assert models.CertificateMetaData.model_validate({"valid_to": "2022-01-9T00:00:00"}).valid_to


@pytest.mark.parametrize("value", ["text", 5, True, {"a": {"b": 1}}, None])
def test_a_keystore_secret_is_any_json(value):
    """The API document says object; most secrets are texts."""
    assert dumped(models.KeystoreSecret(value=value)) == {"value": value}
