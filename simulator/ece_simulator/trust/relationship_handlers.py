"""Calls on platform trust relationships (`/platform/configuration/trust-relationships`). None of them makes a plan."""

from __future__ import annotations

from ece_simulator.call import Answer, Call
from ece_simulator.clock import iso
from ece_simulator.problems import Problem
from ece_simulator.trust.relationships import INVALID, Relationship, check_certificate, local_record


def get_trust_relationships(call: Call) -> Answer:
    """GET …/trust-relationships; `filter` is all, local or non-local."""
    records = [local_record(call.world), *call.world.relationships.values()]
    wanted = {"all": (True, False), "local": (True,), "non-local": (False,)}[call.query["filter"]]
    certificate = call.query["include_certificate"]
    shown = [record.view(dates=True, certificate=certificate) for record in records if record.local in wanted]
    return Answer({"trust_relationships": shown})


def create_trust_relationship(call: Call) -> Answer:
    """POST …/trust-relationships."""
    if not call.body["name"].strip():
        raise Problem(400, INVALID, "The name is empty", ["name"])
    check_certificate(call.world, call.body["public_ca_cert"])
    now = call.world.agenda.now
    record = Relationship(call.world.ids.hex32(), "", created=now, modified=now)
    record.take(call.body)
    call.world.relationships[record.id] = record
    return _answer(record, dates=False, certificate=False, status=201)


def get_trust_relationship(call: Call) -> Answer:
    """GET …/trust-relationships/{id}."""
    return _answer(_record(call), dates=True, certificate=call.query["include_certificate"])


def update_trust_relationship(call: Call) -> Answer:
    """PUT …/trust-relationships/{id}: fields that are given change; the CA takes effect at once (inferred)."""
    record = _foreign(call)
    if call.body.get("public_ca_cert") is not None:
        check_certificate(call.world, call.body["public_ca_cert"])
    record.take(call.body)
    record.version += 1
    record.modified = call.world.agenda.now
    return _answer(record, dates=False, certificate=False)


def delete_trust_relationship(call: Call) -> Answer:
    """DELETE …/trust-relationships/{id}?version=; entries of deployments stay behind unless the switch says else."""
    record = _foreign(call)
    given = call.query["version"]
    if given is not None and given != record.version:
        text = f"The trust relationship [{record.id}] has version [{record.version}], the request was for [{given}]"
        raise Problem(409, "trust_relationships.version_conflict", text, ["version"])  # status and code inferred
    call.world.relationships.pop(record.id)
    if call.world.switches.external_trust_after_delete == "clean":
        for deployment in call.world.deployments.values():
            for resource in deployment.of_kind("elasticsearch"):
                entries = resource.settings["trust"]["external"]
                entries[:] = [e for e in entries if e["trust_relationship_id"] != record.id]
                resource.settle_trust()
    return Answer()


def _record(call: Call) -> Relationship:
    wanted = call.path["trust_relationship_id"]
    if wanted == call.world.local_relationship_id:
        return local_record(call.world)
    record = call.world.relationships.get(wanted)
    if record is None:
        raise Problem(404, "trust_relationships.not_found", f"The trust relationship [{wanted}] was not found")
    return record


def _foreign(call: Call) -> Relationship:
    record = _record(call)
    if record.local:  # that it is refused is inferred
        raise Problem(400, INVALID, "The record of the local environment cannot be changed")
    return record


def _answer(record: Relationship, *, dates: bool, certificate: bool, status: int = 200) -> Answer:
    headers = {
        "x-cloud-resource-version": str(record.version),
        "x-cloud-resource-created": iso(record.created),
        "x-cloud-resource-last-modified": iso(record.modified),
    }
    return Answer(record.view(dates=dates, certificate=certificate), status, headers)
