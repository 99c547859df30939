"""Trust settings of deployments, platform trust relationships, certificates of the platform."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ece_simulator import Simulator
from tests.simulator.pems import PKCS8, bundle, certificate, fingerprint, key_pem, pem
from tests.simulator.support import Api, create_body, simulator

INVALID = "deployments.elasticsearch.invalid_trust_settings"
RELATIONSHIPS = "/platform/configuration/trust-relationships"
TLS = "/platform/configuration/security/tls"
EXTRA = "/platform/configuration/security/extra_certs"


def with_trust(api: Api, deployment: str, **lists: Any) -> dict[str, Any]:
    """An update that changes nothing but the trust."""
    body = api.update_body(deployment)
    body["resources"]["elasticsearch"][0]["settings"] = {"trust": lists}
    return body


def put_trust(api: Api, deployment: str, **lists: Any) -> None:
    """Writes trust and waits for the plan."""
    api.put(f"/deployments/{deployment}", with_trust(api, deployment, **lists))
    api.simulator.control.advance(100)


def trust_of(api: Api, deployment: str) -> Any:
    """The trust a read shows."""
    return api.info(deployment, query="show_settings=true")["settings"]["trust"]


def direct(*authorities: Any, **changes: Any) -> dict[str, Any]:
    """A direct entry of an Elastic environment."""
    entry = {
        "name": "other", "type": "ECE", "trust_all": True, "scope_id": "1234567890",
        "certificates": [{"pem": pem(authority)} for authority in authorities],
    }  # fmt: skip
    return {name: value for name, value in {**entry, **changes}.items() if value is not None}


def refused(api: Api, deployment: str, entry: dict[str, Any]) -> tuple[str, str]:
    """Place (below the entry) and message of the one complaint about a direct entry."""
    reply = api.call("PUT", f"/deployments/{deployment}", with_trust(api, deployment, direct=[entry]), expect=400)
    (error,) = reply["errors"]
    assert error["code"] == INVALID
    return error["fields"][0].rpartition("direct[0]")[2].lstrip("."), error["message"]


def test_given_trust_is_the_whole_truth(api: Api) -> None:
    """Lists left out are emptied: whoever forgets the accounts cuts the connections inside the ECE."""
    deployment = api.created()
    attempt = api.info(deployment)["plan_info"]["current"]["plan_attempt_id"]

    api.put(f"/deployments/{deployment}", with_trust(api, deployment, direct=[direct(certificate())]))

    assert api.info(deployment)["plan_info"]["pending"]["plan_attempt_id"] != attempt
    api.simulator.control.advance(100)
    shown = trust_of(api, deployment)
    assert (shown["accounts"], shown["external"]) == (None, None)
    assert shown["direct"][0]["scope_id"] == "1234567890"


def test_stale_version_and_last_write_wins(api: Api) -> None:
    """Two writers with `version` cannot lose each other's entries; without it they can."""
    deployment = api.created()
    api.get(f"/deployments/{deployment}")
    seen = api.headers["x-cloud-resource-version"]
    mine, other = (with_trust(api, deployment, direct=[direct(certificate(n), name=n)]) for n in ("mine", "other"))

    api.put(f"/deployments/{deployment}?version={seen}", other)
    assert api.codes("PUT", f"/deployments/{deployment}?version={seen}", mine, expect=409) == [
        "deployments.version_conflict"
    ]
    assert api.codes("PUT", f"/deployments/{deployment}", mine, expect=400) == ["deployments.resource_plan_state_error"]
    api.simulator.control.advance(100)
    api.put(f"/deployments/{deployment}", mine)

    assert [entry["name"] for entry in trust_of(api, deployment)["direct"]] == ["mine"]


def test_direct_entry_gets_uid_and_metadata(api: Api) -> None:
    """What ECE adds to an entry, and what stays when it comes back with its uid."""
    deployment, authority = api.created(), certificate()

    put_trust(api, deployment, direct=[direct(authority)])
    entry = trust_of(api, deployment)["direct"][0]
    put_trust(api, deployment, direct=[{**entry, "name": "renamed"}])

    again = trust_of(api, deployment)["direct"][0]
    assert (again["uid"], again["name"], len(again["uid"])) == (entry["uid"], "renamed", 32)
    metadata = again["certificates"][0]["metadata"]
    assert metadata["fingerprint"] == fingerprint(authority)
    assert metadata["also_trusted_by"] == []
    assert metadata["valid_to"] > metadata["valid_from"]


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"scope_id": None}, "scope_id", "scope_id is required"),
        ({"scope_id": None, "trust_all": False, "trust_allowlist": ["c" * 32]}, "scope_id", "scope_id is required"),
        ({"scope_id": None, "trust_all": False}, "additional_node_names", "required when there is no scope_id"),
        ({"scope_id": "Upper"}, "scope_id", "no scope id"),
        ({"additional_node_names": ["node*"]}, "additional_node_names", "Wildcards"),
        ({"type": "proxy"}, "", r"Trust of type \[proxy\]"),
        ({"name": " "}, "name", "empty"),
        ({"certificates": []}, "certificates", "At least one"),
        ({"certificates": [{"pem": "x"}]}, "certificates[0].pem", "no certificate in PEM form"),
        ({"certificates": [{"pem": pem(certificate()) + key_pem(PKCS8)}]}, "certificates[0].pem", "private key"),
        ({"certificates": [{"pem": pem(certificate()) * 2}]}, "certificates[0].pem", "exactly one"),
        ({"certificates": [{"pem": pem(certificate(days=-1))}]}, "certificates[0].pem", "expired"),
        ({"certificates": [{"pem": pem(certificate(authority=False))}]}, "certificates[0].pem", "authority"),
        ({"uid": "f" * 32}, "uid", "no trust with the uid"),
    ],
)
def test_wrong_direct_entries(api: Api, changes: dict[str, Any], place: str, words: str) -> None:
    """Each rule of a direct entry is told with its place, and nothing of the write happens."""
    deployment = api.created()

    found = refused(api, deployment, direct(certificate(), **changes))

    assert found[0] == place
    assert re.search(words, found[1]), found[1]
    assert trust_of(api, deployment)["accounts"][0]["trust_all"] is True


def test_trust_of_a_new_deployment_is_judged_too(api: Api) -> None:
    """A create with a wrong entry makes nothing."""
    body = create_body()
    body["resources"]["elasticsearch"][0]["settings"] = {"trust": {"direct": [direct(certificate(), scope_id=None)]}}

    assert api.codes("POST", "/deployments", body, expect=400) == [INVALID]


def test_dots_in_scope_ids_are_a_question(sim: Simulator, api: Api) -> None:
    """The guide for Kubernetes uses them, the document forbids them."""
    deployment = api.created()
    put_trust(api, deployment, direct=[direct(certificate("k8s"), scope_id="default.es.local", type="generic")])

    sim.switches.scope_id_with_dots = False

    assert refused(api, deployment, direct(certificate(), scope_id="default.es.local"))[0] == "scope_id"


def test_ids_of_nobody_are_accepted_silently(api: Api) -> None:
    """ECE verifies no id in an allowlist; a deployment id there is the classic mistake."""
    deployment = api.created()
    entry = {"account_id": api.installation.account_id, "trust_all": False, "trust_allowlist": [deployment, "f" * 32]}

    put_trust(api, deployment, accounts=[entry])

    assert trust_of(api, deployment)["accounts"][0]["trust_allowlist"] == [deployment, "f" * 32]


def test_one_certificate_one_uid(sim: Simulator, api: Api) -> None:
    """A CA that another deployment trusts must come with that entry's uid and with all its certificates."""
    first, second = api.created("first"), api.created("second")
    old, new = certificate("old"), certificate("new")
    put_trust(api, first, direct=[direct(old, new)])
    uid = trust_of(api, first)["direct"][0]["uid"]

    place, words = refused(api, second, direct(old))
    assert (place, uid in words) == ("uid", True)
    assert "must carry all" in refused(api, second, direct(old, uid=uid))[1]
    put_trust(api, second, direct=[direct(old, new, uid=uid, name="mine")])

    entry = trust_of(api, second)["direct"][0]
    assert (entry["uid"], entry["name"]) == (uid, "mine")
    assert entry["certificates"][0]["metadata"]["also_trusted_by"] == [first]


def test_known_certificate_can_be_merged(sim: Simulator, api: Api) -> None:
    """The other reading of the release note: the entry joins the one that is there."""
    sim.switches.known_certificate_without_uid = "merge"
    first, second = api.created("first"), api.created("second")
    put_trust(api, first, direct=[direct(certificate("old"), certificate("new"))])
    entry = trust_of(api, first)["direct"][0]

    put_trust(api, second, direct=[direct(certificate("x"), certificates=entry["certificates"][:1])])

    merged = trust_of(api, second)["direct"][0]
    assert (merged["uid"], len(merged["certificates"])) == (entry["uid"], 2)


def test_changed_certificates_reach_the_others(api: Api) -> None:
    """ECE 3.5.0: editing the certificates of an entry changes other deployments, and their version."""
    first, second = api.created("first"), api.created("second")
    put_trust(api, first, direct=[direct(certificate("old"))])
    entry = trust_of(api, first)["direct"][0]
    put_trust(api, second, direct=[entry])
    api.get(f"/deployments/{first}")
    before = api.headers["x-cloud-resource-version"]

    more = [*entry["certificates"], {"pem": pem(certificate("new"))}]
    put_trust(api, second, direct=[{**entry, "certificates": more}])

    assert len(trust_of(api, first)["direct"][0]["certificates"]) == 2
    api.get(f"/deployments/{first}")
    assert api.headers["x-cloud-resource-version"] > before


def test_relationships() -> None:
    """Two installations introduce each other; the record of an installation holds what the other needs."""
    sim = simulator(2)
    berlin, paris = Api(sim, 0), Api(sim, 1)
    (local,) = berlin.get(f"{RELATIONSHIPS}?filter=local&include_certificate=true")["trust_relationships"]
    assert (local["local"], local["installation_id"]) == (True, berlin.installation.environment_id)
    assert local["account_ids"] == [berlin.installation.account_id]
    body = {name: local[name] for name in ("public_ca_cert", "account_ids", "installation_id")}

    made = paris.post(RELATIONSHIPS, {"name": "berlin", **body}, expect=201)
    here = f"{RELATIONSHIPS}/{made['id']}"
    assert paris.put(here, {"name": "renamed"})["name"] == "renamed"
    assert paris.headers["x-cloud-resource-version"] == "2"
    assert paris.get(f"{here}?include_certificate=true")["public_ca_cert"] == local["public_ca_cert"]
    assert "public_ca_cert" not in paris.get(here)
    assert len(paris.get(f"{RELATIONSHIPS}?filter=non-local")["trust_relationships"]) == 1

    deployment = paris.created()
    put_trust(paris, deployment, external=[{"trust_relationship_id": made["id"], "trust_all": True}])
    assert trust_of(paris, deployment)["external"][0]["name"] == "renamed"
    assert paris.codes("DELETE", f"{here}?version=1", expect=409) == ["trust_relationships.version_conflict"]
    paris.delete(f"{here}?version=2")
    assert paris.codes("GET", here, expect=404) == ["trust_relationships.not_found"]
    # the entry dangles; sending it again changes nothing, a new one is refused
    entry = trust_of(paris, deployment)["external"][0]
    put_trust(paris, deployment, external=[entry])
    unknown = with_trust(paris, deployment, external=[entry, {"trust_relationship_id": "f" * 32, "trust_all": True}])
    assert paris.codes("PUT", f"/deployments/{deployment}", unknown, expect=400) == [INVALID]


def test_refused_relationships(api: Api) -> None:
    """Keys, things that are no CA, several CAs, and changes of the local record."""
    for text in (key_pem(), pem(certificate(authority=False)), pem(certificate()) * 2, "x"):
        assert api.refused_fields("POST", RELATIONSHIPS, {"name": "x", "public_ca_cert": text}) == ["public_ca_cert"]
    local = api.get(f"{RELATIONSHIPS}?filter=local")["trust_relationships"][0]["id"]
    assert api.get(f"{RELATIONSHIPS}/{local}")["local"] is True
    api.codes("PUT", f"{RELATIONSHIPS}/{local}", {"name": "x"}, expect=400)
    api.codes("DELETE", f"{RELATIONSHIPS}/{local}", expect=400)


def test_deleted_relationship_may_clean_up(sim: Simulator, api: Api) -> None:
    """Whether entries go with their record is not documented."""
    sim.switches.external_trust_after_delete = "clean"
    body = {"name": "x", "public_ca_cert": pem(certificate())}
    made = api.post(RELATIONSHIPS, body, expect=201)["id"]
    deployment = api.created()
    put_trust(api, deployment, external=[{"trust_relationship_id": made, "trust_all": True}])

    api.delete(f"{RELATIONSHIPS}/{made}")

    assert trust_of(api, deployment)["external"] is None


@pytest.mark.parametrize(("kind", "length"), [("private", 2), ("public", 3)])
def test_chain_of_the_proxies(kind: str, length: int) -> None:
    """Server first, root last; a public chain has an intermediate, and was uploaded, as ECE makes private ones only."""
    shown = Api(simulator(proxy_ca=kind)).get(f"{TLS}/proxy")

    assert (len(shown["chain"]), shown["user_supplied"], shown["api_managed"]) == (length, kind == "public", True)
    assert shown["chain_status"]["expiration_date"]


def test_upload_of_a_chain(api: Api) -> None:
    """The proxies' chain can be replaced by a whole one with a traditional RSA key; internalca cannot."""
    made = bundle("*.example.test")

    assert api.call("POST", f"{TLS}/proxy", made.text.encode(), expect=202) == {"service": "proxy"}

    shown = api.get(f"{TLS}/proxy")
    assert (shown["user_supplied"], shown["chain"][-1]) == (True, made.root)
    assert "KEY" not in "".join(shown["chain"])
    assert api.get(f"{TLS}/internalca")["api_managed"] is False
    for text in (
        key_pem(PKCS8) + made.root,
        made.root + key_pem(),
        key_pem() + pem(certificate(authority=False, issuer="x")),
    ):
        assert api.codes("POST", f"{TLS}/proxy", text.encode(), expect=400) == ["cert.invalid_cert_chain"]
    api.codes("POST", f"{TLS}/internalca", made.text.encode(), expect=400)


def test_extra_certificates(api: Api) -> None:
    """Stored, listed, removed; keys are dropped."""
    made = bundle("*.example.test")
    api.put(f"{EXTRA}/star", made.text.encode())

    assert api.get(EXTRA)["certs"]["star"]["chain"][-1] == made.root
    assert api.codes("PUT", f"{EXTRA}/bad", b"x", expect=400) == ["cert.unknown_cert_algorithm"]
    api.delete(f"{EXTRA}/star")
    assert api.codes("GET", f"{EXTRA}/star", expect=404) == ["cert.not_found"]
