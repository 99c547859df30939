"""Objects that come from elsewhere: by identity, and from the state of Elastic's own provider."""

from __future__ import annotations

from terraform_plugin.resource import ImportContext
from tests.provider.traffic_filters.support import (
    ASSOCIATION,
    FILTER,
    association_values,
    create,
    filter_values,
    read,
    rule,
)

ELASTIC = "registry.terraform.io/elastic/ec"
DEPLOYMENT = "0123456789abcdef0123456789abcdef"


async def test_import_by_identity(world):
    """Terraform 1.12 gives the parts of the identity in place of an id."""
    provider = world.provider()
    state = await create(FILTER, provider, filter_values())
    logs = world.seed("logs", traffic_filters=[state["id"]])["id"]
    found = await FILTER.import_state(ImportContext(provider=provider, identity={"id": state["id"]}))
    assert await read(FILTER, provider, found) == state
    identity = ASSOCIATION.identity_of(association_values(logs, state["id"]))
    assert identity == {"deployment_id": logs, "traffic_filter_id": state["id"]}
    found = await ASSOCIATION.import_state(ImportContext(provider=provider, identity=identity))
    assert found == association_values(logs, state["id"], id=f"{logs}/{state['id']}")


async def test_rule_sets_of_elastics_provider_move(world):
    """Their state, with `rule` blocks, becomes ours without a change in ECE: the next read finds the same."""
    provider = world.provider()
    state = await create(FILTER, provider, filter_values(rules=[rule(source="192.0.2.0/24", description="hq")]))
    theirs = {
        "id": state["id"],
        "name": "office",
        "type": "ip",
        "region": "ece-region",
        "description": "",
        "include_by_default": False,
        "rule": [{"id": "x", "source": "192.0.2.0/24", "description": "hq", "azure_endpoint_name": None}],
    }
    moved = FILTER.move_state("ec_deployment_traffic_filter", ELASTIC, theirs)
    assert moved == state
    assert await read(FILTER, provider, moved) == state


def test_associations_of_elastics_provider_move():
    """Their id is a hash; ours is made of both parts."""
    theirs = {"id": "123", "deployment_id": DEPLOYMENT, "traffic_filter_id": "a" * 32}
    moved = ASSOCIATION.move_state("ec_deployment_traffic_filter_association", ELASTIC, theirs)
    assert moved == association_values(DEPLOYMENT, "a" * 32, id=f"{DEPLOYMENT}/{'a' * 32}")


def test_other_types_do_not_move():
    """None makes Terraform say that the move is not supported."""
    assert FILTER.move_state("ec_deployment", ELASTIC, {}) is None
    assert ASSOCIATION.move_state("ec_deployment", ELASTIC, {}) is None
