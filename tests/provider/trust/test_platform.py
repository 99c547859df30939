"""Trust of the platform: relationships, the default, enabling old deployments, certificates."""

from __future__ import annotations

from typing import Any

import pytest

from ece_provider.provider import EceProvider
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import DataContext
from terraform_plugin.values import Values
from tests.provider.remote_clusters.support import Refused
from tests.provider.trust.support import DEFAULT, ENABLEMENT, RELATIONSHIP, TrustWorld, validated
from tests.support.certificates import certificate

CA = certificate("paris")
OTHER_CA = certificate("paris two")
ACCOUNT = "a" * 32


def relationship(**more: Any) -> dict[str, Any]:
    """Arguments of a relationship."""
    given = {"name": "dr", "public_ca_cert": CA.pem, "account_ids": [ACCOUNT], "installation_id": "42", **more}
    return {name: value for name, value in given.items() if value is not None}


def records(world: TrustWorld) -> list[dict[str, Any]]:
    """The relationships of the platform, its own record left out."""
    found = world.ask("GET", "/platform/configuration/trust-relationships?filter=non-local&include_certificate=true")
    return list(found["trust_relationships"])


async def data(world: TrustWorld, kind: str, **config: Any) -> Values:
    """What a data source reads."""
    source = next(one for one in EceProvider().data_sources if one.type_name == kind)
    async with world.process() as process:
        context = DataContext(provider=process.runtime.configured, config={**source.schema.null(), **config})
        return await source.read(context)


async def test_the_whole_life_of_a_relationship(world: TrustWorld):
    """Made once, changed in place, compared by fingerprint, gone."""
    made = await world.apply(RELATIONSHIP, relationship())
    (record,) = records(world)
    assert record["id"] == made["id"]
    assert made["trust_by_default"] is False
    assert (await world.plan(RELATIONSHIP, relationship(public_ca_cert=f"x\n{CA.pem}\n\n"), made)).changed == set()
    changed = relationship(name="new", public_ca_cert=OTHER_CA.pem, trust_by_default=True, account_ids=None)
    made = await world.apply(RELATIONSHIP, changed, made)
    (record,) = records(world)
    assert record["id"] == made["id"]
    assert (record["name"], record["trust_by_default"], record["account_ids"]) == ("new", True, [])
    assert (await world.plan(RELATIONSHIP, changed, made)).changed == set()
    await world.destroy(RELATIONSHIP, made)
    assert records(world) == []
    await world.destroy(RELATIONSHIP, made, refresh=False)


async def test_import_of_a_relationship(world: TrustWorld):
    """By id and by identity; the plan is empty."""
    made = await world.apply(RELATIONSHIP, relationship())
    for imported in (
        await world.import_(RELATIONSHIP, made["id"]),
        await world.import_(RELATIONSHIP, identity={"id": made["id"]}),
    ):
        assert (await world.plan(RELATIONSHIP, relationship(), imported)).changed == set()
    local = world.ask("GET", "/platform/configuration/trust-relationships?filter=local")["trust_relationships"][0]
    with pytest.raises(Refused, match="The record of this installation itself"):
        await world.import_(RELATIONSHIP, local["id"])


async def test_drift_and_disappearance_of_a_relationship(world: TrustWorld):
    """Somebody changed it, then removed it."""
    made = await world.apply(RELATIONSHIP, relationship())
    path = f"/platform/configuration/trust-relationships/{made['id']}"
    world.ask("PUT", path, {"name": "theirs", "trust_by_default": True})
    assert (await world.plan(RELATIONSHIP, relationship(), made)).changed == {"name", "trust_by_default"}
    world.ask("DELETE", path)
    assert (await world.plan(RELATIONSHIP, relationship(), made)).prior is None


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}])
async def test_a_lost_answer_makes_no_second_relationship(world: TrustWorld, fault: dict[str, Any]):
    """The API has no request id: what is new and has this content is the one that was made."""
    world.relationship("dr", public_ca_cert=CA.pem)  # somebody's, of the same name
    theirs = records(world)[0]["id"]
    world.control.fail_next(operation_id="create-trust-relationship", after_effect=True, **fault)
    made = await world.apply(RELATIONSHIP, relationship())
    assert made["id"] != theirs
    assert {record["id"] for record in records(world)} == {theirs, made["id"]}


async def test_a_killed_run_is_picked_up(world: TrustWorld):
    """Neither the answer nor a look came through; the next apply adopts what was made."""
    world.control.fail_next(operation_id="create-trust-relationship", after_effect=True, drop=True)
    world.control.fail_next(operation_id="get-trust-relationships", skip=1, status=500, count=None)
    with pytest.raises(Refused):
        await world.apply(RELATIONSHIP, relationship())
    world.control.clear_faults()
    made = await world.apply(RELATIONSHIP, relationship())
    assert [record["id"] for record in records(world)] == [made["id"]]


BAD = {
    "private key": ({"public_ca_cert": CA.pem + CA.key_pem}, "public_ca_cert"),
    "no certificate": ({"public_ca_cert": "x"}, "public_ca_cert"),
    "nobody": ({"account_ids": None, "installation_id": None}, "installation_id"),
    "blanks": ({"account_ids": ["a b"]}, "account_ids"),
    "blanks in the installation": ({"installation_id": "4 2"}, "installation_id"),
    "name": ({"name": ""}, "name"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named(case: str):
    """Without the API."""
    arguments, path = BAD[case]
    diagnostics = validated(RELATIONSHIP, relationship(**arguments))
    assert path in {str(item.path) for item in diagnostics}


@pytest.mark.parametrize(
    ("pem", "text"),
    [
        (certificate("old", days=-1).pem, "expired"),
        (certificate("leaf", is_ca=False).pem, "Not a CA"),
        (CA.pem + OTHER_CA.pem, "More than one certificate"),
    ],
)
async def test_certificates_that_cannot_be_trusted_are_refused_in_the_plan(world: TrustWorld, pem: str, text: str):
    """Before anything is sent."""
    with pytest.raises(Refused, match=text) as refused:
        await world.plan(RELATIONSHIP, relationship(public_ca_cert=pem))
    assert refused.value.paths == {"public_ca_cert"}


async def test_default_trust(world: TrustWorld):
    """Taken over, changed, drift; a destroy leaves it and says so."""
    account_id = world.control.state()["a"]["account"]["id"]
    made = await world.apply(DEFAULT, {"trust_all": False})
    assert made["id"] == account_id
    assert world.control.state()["a"]["account"]["trust_all"] is False
    world.ask("PUT", "/account", {"trust": {"trust_all": True}})
    assert (await world.plan(DEFAULT, {"trust_all": False}, made)).changed == {"trust_all"}
    made = await world.apply(DEFAULT, {"trust_all": False}, made)
    async with world.process() as process:
        reply = await process.plan(DEFAULT, None, made)
    assert any("go on trusting no other" in item.detail for item in reply.diagnostics)
    since = world.mark()
    await world.destroy(DEFAULT, made)
    assert world.writes(since) == []
    assert world.control.state()["a"]["account"]["trust_all"] is False


async def test_import_of_default_trust(world: TrustWorld):
    """By the account id; that of another account is refused."""
    account_id = world.control.state()["a"]["account"]["id"]
    for imported in (
        await world.import_(DEFAULT, account_id),
        await world.import_(DEFAULT, identity={"id": account_id}),
    ):
        assert (await world.plan(DEFAULT, {"trust_all": True}, imported)).changed == set()
    with pytest.raises(Refused, match="Another account"):
        await world.import_(DEFAULT, "0" * 32)
    with pytest.raises(Refused, match="Invalid import id"):
        await world.import_(DEFAULT, "x")


def old(world: TrustWorld, **parts: Any) -> dict[str, Any]:
    """A deployment from before ECE 2.9.0."""
    return world.seed("old", created_before_2_9_0=True, **parts)


async def test_enabling_an_old_deployment(world: TrustWorld):
    """Warnings in the plan, which changes nothing; done once; a destroy forgets."""
    deployment = old(world)
    arguments = {"deployment_id": deployment["id"]}
    planned = await world.plan(ENABLEMENT, arguments)
    assert planned.warnings
    assert world.writes() == []
    made = await world.apply(ENABLEMENT, arguments)
    assert made["id"] == f"{deployment['id']}/main-elasticsearch"
    assert world.writes().count("enable-deployment-resource-ccr") == 1
    assert (await world.plan(ENABLEMENT, arguments, made)).changed == set()
    since = world.mark()
    await world.destroy(ENABLEMENT, made)
    assert world.writes(since) == []


@pytest.mark.parametrize("form", ["{0}", "{0}/main-elasticsearch", "identity"])
async def test_an_import_takes_it_for_done(world: TrustWorld, form: str):
    """Nothing tells whether it was; the plan is empty and nothing is called."""
    deployment = old(world)
    if form == "identity":
        made = await world.import_(ENABLEMENT, identity={"deployment_id": deployment["id"], "ref_id": None})
    else:
        made = await world.import_(ENABLEMENT, form.format(deployment["id"]))
    assert (await world.plan(ENABLEMENT, {"deployment_id": deployment["id"]}, made)).changed == set()
    assert world.writes() == []
    world.control.take_away("deployment", deployment["id"])
    async with world.process() as process:
        assert (await process.refresh(ENABLEMENT, made))[0] is None


async def test_a_failed_enablement_is_told(world: TrustWorld):
    """With step and message; the object is tainted, the next apply does it again."""
    deployment = old(world)
    world.control.fail_plan("apply-plan-settings", "No room")
    with pytest.raises(Refused, match="No room") as refused:
        await world.apply(ENABLEMENT, {"deployment_id": deployment["id"]})
    assert refused.value.left is not None
    await world.apply(ENABLEMENT, {"deployment_id": deployment["id"]}, refused.value.left)


async def test_a_lost_answer_enables_once(world: TrustWorld):
    """Whether a second call does harm is not documented."""
    deployment = old(world)
    world.control.fail_next(operation_id="enable-deployment-resource-ccr", skip=1, drop=True, after_effect=True)
    await world.apply(ENABLEMENT, {"deployment_id": deployment["id"]})
    calls = [call for call in world.control.calls() if call["operation_id"] == "enable-deployment-resource-ccr"]
    assert len([call for call in calls if "validate_only" not in call["query"]]) == 1


async def test_no_enablement_of_what_does_not_exist_or_is_not_ours(world: TrustWorld):
    """In the plan, or before the call."""
    with pytest.raises(Refused) as refused:
        await world.plan(ENABLEMENT, {"deployment_id": "9" * 32})
    assert refused.value.paths == {"deployment_id"}
    system = world.seed("security", system_owned=True)
    with pytest.raises(Refused, match="belongs to Elastic Cloud Enterprise itself"):
        await world.apply(ENABLEMENT, {"deployment_id": system["id"]})
    with pytest.raises(Refused, match="Invalid import id"):
        await world.import_(ENABLEMENT, "old")


async def test_certificate_authority_of_a_deployment(world: TrustWorld):
    """All CAs, the one in use first, and the pattern with the environment id in it."""
    logs = world.seed()
    found = await data(world, "ece_certificate_authority", deployment_id=logs["id"])
    told = world.ask("GET", f"/deployments/{logs['id']}/certificate-authority")
    assert sorted(found["certificates_pem"]) == sorted(each["pem"] for each in told["public_certificates"])
    assert found["certificates"][0]["active"] is True
    assert len(found["certificates"][0]["fingerprint"]) == 64
    assert logs["cluster_id"] in found["trust_restriction"]
    assert found["environment_id"] == world.control.state()["a"]["environment_id"]
    with pytest.raises(DiagnosticError, match="No such deployment"):
        await data(world, "ece_certificate_authority", deployment_id="0" * 32)


async def test_proxy_certificate(world: TrustWorld):
    """The chain as it is shown, its CA last."""
    found = await data(world, "ece_proxy_certificate")
    told = world.ask("GET", "/platform/configuration/security/tls/proxy")
    assert found["chain_pem"] == told["chain"]
    assert found["ca_pem"] == told["chain"][-1]
    assert found["user_supplied"] is told["user_supplied"]
