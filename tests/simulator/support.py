"""Calls to a simulated installation in which every reply is held against the API document."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, FormatChecker

from ece_simulator import Installation, ManualClock, Reply, Request, Simulator

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = json.loads((ROOT / "spec" / "simulator" / "apidocs.json").read_text(encoding="utf-8"))
RECORDED = Path(__file__).parent / "recorded"
RULESETS = "/deployments/traffic-filter/rulesets"
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")

formats = FormatChecker(formats=())


@formats.checks("date-time")
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or DATE_TIME.match(value) is not None


@cache
def operations() -> dict[str, dict[str, Any]]:
    """Operations of the document by id."""
    return {o["operationId"]: o for methods in DOCUMENT["paths"].values() for o in methods.values()}


@cache
def _validator(schema: str) -> Draft4Validator:
    whole = {**json.loads(schema), "definitions": DOCUMENT["definitions"]}
    return Draft4Validator(whole, format_checker=formats)


def without_nulls(value: Any) -> Any:
    """ECE sends null for optional fields; a required one is then found missing."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def violations(operation_id: str, reply: Reply) -> list[str]:
    """What in a reply the document does not allow."""
    response = operations()[operation_id]["responses"].get(str(reply.status))
    if response is None and reply.status < 400:
        return [f"{operation_id}: status {reply.status} is not in the document"]
    schema = (response or {}).get("schema", {"$ref": "#/definitions/BasicFailedReply"})
    promised = set((response or {}).get("headers", {})) - set(reply.headers)
    found = [f"{operation_id} {reply.status}: header {name} is missing" for name in promised]
    errors = _validator(json.dumps(schema)).iter_errors(without_nulls(reply.json()))
    return found + [f"{operation_id} {reply.status} {e.json_path}: {e.message}" for e in errors]


def _from_behind(operation_id: str, reply: Reply) -> bool:
    """The management channel passes on Elasticsearch's own replies, whatever the document says of them."""
    return operation_id.endswith("-proxy-requests") and "x-elastic-product" in reply.headers


class Api:
    """One installation seen by one caller."""

    def __init__(self, simulator: Simulator, installation: int = 0, authorization: str | None = None) -> None:
        self.simulator = simulator
        self.installation: Installation = simulator.installations[installation]
        self.authorization = authorization or f"ApiKey {self.installation.api_key}"
        self.headers: dict[str, str] = {}

    def as_role(self, role: str) -> Api:
        """The same installation with the key of another role."""
        return Api(self.simulator, 0, f"ApiKey {self.installation.api_keys[role]}")

    def call(self, method: str, target: str, body: Any = None, *, expect: int = 200) -> Any:
        """The decoded reply; fails on another status or a reply the document does not allow."""
        headers = {"Authorization": self.authorization, "X-Management-Request": "true"}
        request = Request.make(method, f"/api/v1{target}", headers=headers, body=body)
        reply = self.installation.handle(request)
        assert reply.status == expect, f"{method} {target}: {reply.status} {reply.body.decode()[:2000]}"
        number = int(reply.headers["x-cloud-request-id"].removeprefix("sim-"))
        operation_id = self.simulator.control.calls(since=number - 1)[0]["operation_id"]
        if operation_id in operations() and not _from_behind(operation_id, reply):
            assert violations(operation_id, reply) == []
        self.headers = reply.headers
        return reply.json()

    def get(self, target: str, **options: Any) -> Any:
        """GET."""
        return self.call("GET", target, **options)

    def post(self, target: str, body: Any = None, **options: Any) -> Any:
        """POST."""
        return self.call("POST", target, body, **options)

    def put(self, target: str, body: Any, **options: Any) -> Any:
        """PUT."""
        return self.call("PUT", target, body, **options)

    def delete(self, target: str, **options: Any) -> Any:
        """DELETE."""
        return self.call("DELETE", target, **options)

    def codes(self, method: str, target: str, body: Any = None, *, expect: int) -> list[str]:
        """Error codes of a refused call."""
        reply = self.call(method, target, body, expect=expect)
        codes = [error["code"] for error in reply["errors"]]
        assert self.headers["x-cloud-error-codes"].split(",") == list(dict.fromkeys(codes))
        return codes

    def refused_fields(self, method: str, target: str, body: Any, *, expect: int = 400) -> list[str]:
        """The places a refusal complains about."""
        reply = self.call(method, target, body, expect=expect)
        return [field for error in reply["errors"] for field in error.get("fields", ())]

    def create(self, name: str = "logs", **changes: Any) -> str:
        """A new deployment with Elasticsearch and Kibana; its plans are pending."""
        return str(self.post("/deployments", {**create_body(name), **changes}, expect=201)["id"])

    def created(self, name: str = "logs", **changes: Any) -> str:
        """A new deployment whose plans have ended."""
        deployment_id = self.create(name, **changes)
        self.simulator.control.advance(100)
        return deployment_id

    def update_body(self, deployment_id: str) -> dict[str, Any]:
        """The update that changes nothing: the current plans, safe to send again."""
        found = self.get(f"/deployments/{deployment_id}?clear_transient=true&enrich_with_template=false")
        keep = ("ref_id", "region", "elasticsearch_cluster_ref_id")
        resources = {
            kind: [
                {**{k: r[k] for k in keep if k in r}, "plan": r["info"]["plan_info"]["current"]["plan"]}
                for r in payloads
            ]
            for kind, payloads in found["resources"].items()
        }
        return {"name": found["name"], "prune_orphans": False, "resources": resources}

    def info(self, deployment_id: str, kind: str = "elasticsearch", query: str = "") -> Any:
        """The info object of one resource."""
        return self.get(f"/deployments/{deployment_id}?{query}")["resources"][kind][0]["info"]


def simulator(installations: int = 1, **options: Any) -> Simulator:
    """A simulator on a manual clock whose plans take 10 seconds."""
    return Simulator(installations, clock=ManualClock(), **{"plan_seconds": 10, **options})


def basic(user: str, password: str) -> str:
    """An Authorization header with a password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def create_body(name: str = "logs", version: str = "9.2.0", memory: int = 4096) -> dict[str, Any]:
    """A create request as a client would write it: one hot tier, one Kibana."""
    hot = {
        "id": "hot_content",
        "instance_configuration_id": "data.default",
        "node_roles": ["master", "ingest", "data_hot", "data_content", "remote_cluster_client", "transform"],
        "size": {"value": memory, "resource": "memory"},
        "zone_count": 1,
    }
    search = {
        "ref_id": "main-elasticsearch",
        "region": "ece-region",
        "plan": {
            "cluster_topology": [hot],
            "elasticsearch": {"version": version},
            "deployment_template": {"id": "default"},
        },
    }
    return {"name": name, "resources": {"elasticsearch": [search], "kibana": [stateless("kibana", "kibana", 1024)]}}


def stateless(kind: str, configuration: str, memory: int, version: str = "9.2.0") -> dict[str, Any]:
    """A payload of any kind but Elasticsearch."""
    size = {"value": memory, "resource": "memory"}
    element = {"instance_configuration_id": configuration, "size": size, "zone_count": 1}
    return {
        "ref_id": f"main-{kind}",
        "elasticsearch_cluster_ref_id": "main-elasticsearch",
        "region": "ece-region",
        "plan": {"cluster_topology": [element], kind: {"version": version}},
    }


def ruleset(name: str = "office", **changes: Any) -> dict[str, Any]:
    """A rule set request."""
    rules = [{"source": "192.0.2.0/24", "description": "office"}]
    body = {"name": name, "type": "ip", "region": "ece-region", "include_by_default": False, "rules": rules}
    return {**body, **changes}
