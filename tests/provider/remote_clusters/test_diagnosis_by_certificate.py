"""Why a connection by certificate is down, in the provider's words; the numbers are explained in ``diagnosis.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.provider.remote_clusters.diagnosis import CHAIN, NOBODY, Case
from tests.provider.remote_clusters.support import World


def peer(case: Case, side: str, **more: Any) -> dict[str, Any]:
    """A direct entry for the other environment on a side."""
    other, number = ("remote", case.number) if side == "local" else ("local", 0)
    entry = {
        "name": "peer", "type": "ECE", "trust_all": True, "certificates": case.authorities(other),
        "scope_id": case.world.simulator.installations[number].environment_id,
    }  # fmt: skip
    return {**entry, **more}


def of_account(case: Case, *ids: str) -> list[dict[str, Any]]:
    """Account trust for some clusters."""
    account = case.world.simulator.installations[0].account_id
    return [{"account_id": account, "trust_all": False, "trust_allowlist": list(ids)}]


BY_CERTIFICATE: dict[str, tuple[Callable[[Case], Any], tuple[str, ...]]] = {
    "13 not trusted here": (
        lambda case: case.trust("local", accounts=of_account(case, NOBODY)),
        ('("central") does not trust', '("logs"): its trust settings name neither'),
    ),
    "13 not trusted back": (
        lambda case: case.trust("remote", accounts=of_account(case, NOBODY)),
        ('("logs") does not trust', "back: its trust settings name neither"),
    ),
    "2 stopped": (
        lambda case: case.world.ask("POST", f"/deployments/{case.pair.remote['id']}/_shutdown"),
        ("is stopped",),
    ),
    "1 closed port": (lambda case: case.world.control.set_port(9400, open=False), ("Nothing answers at the address",)),
    "port of the other model": (
        lambda case: case.put_settings(proxy_address=case.pair.remote["cluster_id"] + ".a.ece.test:9443"),
        ("is a port of the api_key model",),
    ),
    "a secret turns the alias": (
        lambda case: case.put_secret("c29tZXRoaW5n"),
        ("which turns the alias to the API-key model",),
    ),
}


@pytest.mark.parametrize("case", BY_CERTIFICATE)
async def test_by_certificate_in_one_installation(world: World, case: str):
    """Trust is named with its direction."""
    made = Case(world)
    stored = await made.written("certificate")
    assert stored["connected"] is True
    change, words = BY_CERTIFICATE[case]
    change(made)
    text = await made.told("certificate", stored)
    assert all(word in text.partition("It may also be this")[0] for word in words), text


WRONG_PEERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "3 no entry here": ("local", {}, '("central") does not trust'),
    "3 no entry there": ("remote", {}, "back: its trust settings name neither"),
    "13 another cluster here": (
        "local",
        {"trust_all": False, "trust_allowlist": [NOBODY]},
        '("central") does not trust',
    ),
    "13 another cluster there": (
        "remote",
        {"trust_all": False, "trust_allowlist": [NOBODY]},
        "back: its trust settings name neither",
    ),
    "13 another scope": ("local", {"scope_id": "4711"}, '("central") does not trust'),
    "3 the CA of the proxies": ("local", {"certificates": "proxy"}, "its CA is missing on the local side"),
    "3 the CA of the proxies there": ("remote", {"certificates": "proxy"}, "it does not trust back"),
}


@pytest.mark.parametrize("case", WRONG_PEERS)
async def test_by_certificate_to_another_installation(world: World, case: str):
    """An entry that is missing, names somebody else, has another scope, or the CA of the wrong kind."""
    made = Case(world, 1)
    side, wrong, words = WRONG_PEERS[case]
    entries = {one: peer(made, one) for one in ("local", "remote")}
    for one, entry in entries.items():
        made.trust(one, direct=[entry])
    stored = await made.written("certificate")
    assert stored["connected"] is True
    if wrong.get("certificates") == "proxy":
        root = world.ask("GET", CHAIN, None, 1 if side == "local" else 0)["chain"][-1]
        wrong = {"certificates": [{"pem": root}]}
    made.trust(side, direct=[{**entries[side], **wrong}] if wrong else [])
    assert words in await made.told("certificate", stored)
