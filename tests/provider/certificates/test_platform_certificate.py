"""The chain of a service is uploaded with its key, which is kept nowhere; destroying leaves the chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.provider.remote_clusters.support import Refused, World
from tests.support.certificates import Chain, server_chain

TYPE = "ece_platform_certificate"


@pytest.fixture
def key_file(tmp_path: Path, chain: Chain) -> Path:
    """The key as today's tools write it."""
    file = tmp_path / "proxy.key"
    file.write_text(chain.key_pem)
    return file


def shown(world: World, service: str = "proxy") -> dict[str, Any]:
    """What the service shows."""
    return dict(world.ask("GET", f"/platform/configuration/security/tls/{service}"))


async def test_whole_life(world: World, chain: Chain, key_file: Path):
    """Uploaded in the form that ECE takes, read back, and left there with a warning."""
    given = {"chain_pem": chain.pems, "private_key_file": str(key_file)}
    stored = await world.apply(TYPE, given)
    assert shown(world)["chain"] == chain.pems
    assert stored["id"] == "proxy"
    assert stored["ca_pem"] == chain.pems[-1]
    assert stored["user_supplied"] is True
    assert (await world.plan(TYPE, given, stored)).changed == set()
    assert chain.key_pem.splitlines()[1] not in repr(stored)
    await world.destroy(TYPE, stored)
    assert shown(world)["chain"] == chain.pems
    adopted = await world.import_(TYPE, "proxy")
    assert (await world.plan(TYPE, given, adopted)).changed <= {"private_key_file"}
    since = world.last_call()
    await world.apply(TYPE, given, adopted)
    assert world.writes(since) == []


async def test_the_key_comes_from_where_it_is_named(world: World, chain: Chain, monkeypatch: pytest.MonkeyPatch):
    """A variable or a write-only value; neither reaches state."""
    monkeypatch.setenv("PROXY_KEY", chain.traditional_key_pem)
    await world.apply(TYPE, {"chain_pem": chain.pems, "private_key_env": "PROXY_KEY"})
    other = server_chain()
    stored = await world.apply(TYPE, {"chain_pem": other.pems, "private_key_wo": other.key_pem})
    assert stored["private_key_wo"] is None
    assert shown(world)["chain"] == other.pems


async def test_what_is_shown_already_is_not_uploaded_again(world: World, chain: Chain, key_file: Path):
    """A second object of the same chain, as after a lost state, changes nothing on the platform."""
    given = {"chain_pem": chain.pems, "private_key_file": str(key_file)}
    await world.apply(TYPE, given)
    since = world.last_call()
    await world.apply(TYPE, given)
    assert world.writes(since) == []


async def test_drift_is_repaired(world: World, chain: Chain, key_file: Path):
    """Somebody uploads another chain: the plan shows it, the apply puts the own one back."""
    given = {"chain_pem": chain.pems, "private_key_file": str(key_file)}
    stored = await world.apply(TYPE, given)
    foreign = server_chain(root="Somebody else")
    other = {"chain_pem": foreign.pems, "private_key_wo": foreign.key_pem}
    await world.apply(TYPE, other)
    assert "chain_pem" in (await world.plan(TYPE, given, stored)).changed
    await world.apply(TYPE, given, stored)
    assert shown(world)["chain"] == chain.pems


@pytest.mark.parametrize(
    ("change", "words", "path"),
    [
        (lambda chain, other: {"chain_pem": chain.pems[::-1]}, "not in order", "chain_pem"),
        (lambda chain, other: {"chain_pem": chain.pems[:1]}, "root is missing", "chain_pem"),
        (lambda chain, other: {"private_key_file": None}, "private key is missing|Give one of", "private_key_file"),
        (lambda chain, other: {"private_key_wo": other.key_pem, "private_key_file": None}, "does not belong", None),
        (lambda chain, other: {"private_key_wo": "no key", "private_key_file": None}, "no PEM text", None),
        (lambda chain, other: {"chain_pem": server_chain(days=-1).pems}, "expired", "chain_pem"),
    ],
)
async def test_what_cannot_be_uploaded(
    world: World, chain: Chain, key_file: Path, change: Any, words: str, path: str | None
):
    """Told before anything is sent, at the argument, without a word of the key."""
    other = server_chain()
    given = {"chain_pem": chain.pems, "private_key_file": str(key_file), **change(chain, other)}
    before = shown(world)["chain"]
    with pytest.raises(Refused, match=words) as refused:
        await world.apply(TYPE, given)
    if path is not None:
        assert refused.value.paths == {path}
    assert "BEGIN" not in str(refused.value)
    assert shown(world)["chain"] == before


async def test_import_of_an_unknown_service(world: World):
    """The services that there are."""
    with pytest.raises(Refused, match="proxy, ui, adminconsole"):
        await world.import_(TYPE, "internalca")
