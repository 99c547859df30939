"""Data sources of versions, templates and filters, against the simulator."""

from __future__ import annotations

import pytest

from ece_provider.data_sources.deployment_templates import DeploymentTemplates
from ece_provider.data_sources.stack_versions import StackVersions
from ece_provider.data_sources.traffic_filters import TrafficFilters
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import DataContext
from tests.provider.traffic_filters.support import refused, rule, validated


async def shown(world, source, **config):
    """All attributes of a data source."""
    values = {**source.schema.null(), **config}
    found = await source.read(DataContext(provider=world.provider(), config=values))
    assert set(found) == set(source.schema.attributes)
    return found


async def test_versions_newest_first(world):
    """`latest` is what most people want: numbers, not text, decide."""
    found = await shown(world, StackVersions())
    assert found["versions"].index("8.19.10") < found["versions"].index("8.19.5") < found["versions"].index("8.19.0")
    assert found["latest"] == found["versions"][0] == found["stacks"][0]["version"]
    by_version = {stack["version"]: stack for stack in found["stacks"]}
    assert "9.2.0" in by_version["8.19.0"]["upgradable_to"]


@pytest.mark.parametrize(
    ("config", "latest", "count"),
    [
        ({"version_prefix": "8.19"}, "8.19.10", 3),
        ({"version_prefix": "8.1"}, None, 0),
        ({"version_prefix": "9."}, None, None),
        ({"version_regex": r"^8\.19\."}, "8.19.10", 3),
        ({"version_prefix": "8", "version_regex": r"\.0$"}, "8.19.0", None),
    ],
)
async def test_versions_by_prefix_and_expression(world, config, latest, count):
    """A prefix counts whole numbers: 8.1 is not 8.19. Nothing found is an error that lists what there is."""
    if count == 0:
        error = await refused(shown(world, StackVersions(), **config))
        assert "8.19.10" in str(error)
        assert "version_prefix" in str(error)
        return
    found = await shown(world, StackVersions(), **config)
    assert latest is None or found["latest"] == latest
    assert count is None or len(found["versions"]) == count
    assert all(version.startswith(("8", "9")) for version in found["versions"])


def test_expressions_are_checked_at_plan():
    """The argument is named, before anything is asked."""
    config = {**StackVersions.schema.null(), "version_regex": "("}
    assert [each.path for each in validated(StackVersions(), config)] == [Path("version_regex")]


async def test_templates(world):
    """What can be given as template_id, with the sizes to choose from."""
    found = await shown(world, DeploymentTemplates())
    assert "default" in found["ids"]
    default = next(each for each in found["templates"] if each["id"] == "default")
    data = next(each for each in default["instance_configurations"] if each["id"] == "data.default")
    assert "8g" in data["sizes"]
    assert data["default_size"] in data["sizes"]
    hidden = await shown(world, DeploymentTemplates(), show_hidden=True)
    assert set(hidden["ids"]) > set(found["ids"])


async def test_filters_with_rules_and_deployments(world):
    """The one place that shows what filters a deployment, whoever put them there."""
    peers = {"name": "peers", "type": "remote_cluster", "rules": [{"remote_cluster_org_id": "1053523734"}]}
    office = {"name": "office", "type": "ip", "rules": [{"source": "192.0.2.0/24", "description": "hq"}]}
    logs = world.seed("logs", traffic_filters=[peers, office])
    shop = world.seed("shop", traffic_filters=[logs["rulesets"][1], {**office, "name": "shop"}])
    found = await shown(world, TrafficFilters())
    assert [each["name"] for each in found["traffic_filters"]] == ["office", "peers", "shop"]
    first = found["traffic_filters"][0]
    assert first["rules"] == [rule(source="192.0.2.0/24", description="hq")]
    assert first["deployment_ids"] == sorted([logs["id"], shop["id"]])
    assert first["total_associations"] == 2
    assert found["traffic_filters"][1]["rules"] == [rule(environment_id="1053523734")]
    by_deployment = await shown(world, TrafficFilters(), deployment_id=shop["id"], type="ip")
    assert [each["name"] for each in by_deployment["traffic_filters"]] == ["office", "shop"]
    assert (await shown(world, TrafficFilters(), name="of"))["ids"] == []
