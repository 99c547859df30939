"""A certificate that the platform keeps under an id of the user's choice."""

from __future__ import annotations

from typing import Any

import pytest

from ece_domain.findings import InvalidValue
from ece_domain.region_certificates import STRATEGIES, RegionCertificate, strategy_of
from ece_provider.provider import EceProvider
from tests.provider.remote_clusters.support import Refused, World
from tests.support.certificates import Chain, certificate

TYPE = "ece_extra_certificate"


def stored_chains(world: World) -> dict[str, Any]:
    """What the platform keeps."""
    found = world.ask("GET", "/platform/configuration/security/extra_certs")["certs"]
    return {name: entry["chain"] for name, entry in found.items()}


async def test_whole_life(world: World):
    """CAs alone, as those of a region: stored, changed in place, adopted, removed."""
    first, second = certificate("Region CA 1").pem, certificate("Region CA 2").pem
    given = {"cert_id": "elastic_eu", "chain_pem": [first]}
    stored = await world.apply(TYPE, given)
    assert (await world.plan(TYPE, given, stored)).changed == set()
    both = {**given, "chain_pem": [first, second]}
    stored = await world.apply(TYPE, both, stored)
    assert stored_chains(world) == {"elastic_eu": [first, second]}
    adopted = await world.import_(TYPE, "elastic_eu")
    assert (await world.plan(TYPE, both, adopted)).changed == set()
    await world.destroy(TYPE, stored)
    assert stored_chains(world) == {}
    await world.destroy(TYPE, stored)


async def test_an_id_that_is_taken(world: World):
    """Somebody else's certificate is not written over."""
    await world.apply(TYPE, {"cert_id": "star", "chain_pem": [certificate("One").pem]})
    with pytest.raises(Refused, match="import it by star") as refused:
        await world.apply(TYPE, {"cert_id": "star", "chain_pem": [certificate("Two").pem]})
    assert refused.value.paths == {"cert_id"}


async def test_a_server_with_its_key(world: World, chain: Chain):
    """With a key the chain is judged as one of a server, and the key is kept nowhere."""
    given = {"cert_id": "star", "chain_pem": chain.pems, "private_key_wo": chain.key_pem}
    stored = await world.apply(TYPE, given)
    assert stored["private_key_wo"] is None
    with pytest.raises(Refused, match="not in order"):
        await world.apply(TYPE, {**given, "chain_pem": chain.pems[::-1]}, stored)


def test_strategies_name_objects_that_there_are():
    """The choice about a region's certificate says what to declare, and the dangerous one is refused."""
    known = {resource.type_name for resource in EceProvider().resources}
    assert {strategy.resource for strategy in STRATEGIES.values()} - {None} <= known
    assert strategy_of("none") is STRATEGIES[RegionCertificate.NONE]
    assert strategy_of("none").resource is None
    for wrong in ("proxy_chain", "other"):
        with pytest.raises(InvalidValue, match="trust_relationship"):
            strategy_of(wrong)
