"""Terraform with our provider against a running simulator: one object that a test asks and asserts with.

The simulator runs in the test's own process, so what it holds and which calls came is read without any network.
"""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ece_provider import PROVIDER_ADDRESS, VERSION
from ece_simulator import Simulator
from ece_simulator.message import Request
from terraform_plugin.testing import Mirror, Plan, Result, StoredResource, TerraformBinary, Workspace
from terraform_plugin.testing.process import wait_until
from tests.support.secret_hunt import Finding, SecretHunt

PROVIDER_COMMAND = (sys.executable, "-I", "-c", "import sys; from ece_provider.__main__ import main; sys.exit(main())")
"""As the project's launcher starts it."""

SHARED_SECONDS = 2.0
"""How old an answer may be that several objects use."""


def ece_mirror(folder: Path, command: Sequence[str] = PROVIDER_COMMAND) -> Mirror:
    """A mirror that holds our provider."""
    mirror = Mirror(folder)
    mirror.add(PROVIDER_ADDRESS, VERSION, command)
    return mirror


class Ece:
    """A workspace, its provider's environment, and the simulator behind it."""

    def __init__(
        self, folder: Path, binary: TerraformBinary, mirror: Mirror, simulator: Simulator, *, trace: bool = False
    ) -> None:
        self.simulator = simulator
        self.control = simulator.control
        self.installation = simulator.installations[0]
        self.ws = Workspace(folder, binary, mirror, self.credentials(), trace=trace)

    def credentials(self, prefix: str = "ECE", installation: int = 0) -> dict[str, str]:
        """Environment variables that lead to an installation; polls are short, as plans are in tests."""
        place = self.simulator.installations[installation]
        return {
            f"{prefix}_ENDPOINT": place.endpoint,
            f"{prefix}_API_KEY": place.api_key,
            f"{prefix}_CA_FILE": place.ca_file,
            f"{prefix}_POLL_INTERVAL": "100ms",
        }

    # configuration

    def write(self, resources: Mapping[str, Mapping[str, Any]], **blocks: Any) -> None:
        """Write ``{"ece_deployment": {"logs": {…}}}``; further blocks of Terraform (``output``, ``data``) by name."""
        given = {kind: named for kind, named in resources.items() if named}
        self.ws.write({**({"resource": given} if given else {}), **blocks})

    def apply(self, resources: Mapping[str, Mapping[str, Any]], **blocks: Any) -> Result:
        """Write and apply."""
        self.write(resources, **blocks)
        return self.ws.apply()

    def resource(self, address: str) -> StoredResource:
        """A resource of the state."""
        return self.ws.resource(address)

    def assert_clean(self) -> Plan:
        """Nothing is left to do after a refresh."""
        plan = self.ws.plan()
        assert plan.is_empty, plan.describe()
        return plan

    def assert_clean_with(self, at_most: int) -> None:
        """Nothing is left to do, and to find that out takes few calls: objects share what is read of one thing.

        An answer is shared for two seconds, so a plan that takes longer may ask once more in every further two.
        """
        since = self.last_call()
        seconds = self.assert_clean().result.seconds
        words = call_words(self.calls(since))
        assert len(words) <= at_most * (1 + int(seconds / SHARED_SECONDS)), (seconds, words)

    # what the simulator holds and saw

    def state(self, installation: str = "a") -> dict[str, Any]:
        """The simulator's snapshot of an installation."""
        snapshot: dict[str, Any] = self.control.state()[installation]
        return snapshot

    def deployments(self) -> dict[str, dict[str, Any]]:
        """Deployments by name, the platform's own left out."""
        return {name: found for name, found in self.state()["deployments"].items() if not found["system_owned"]}

    def deployment(self, name: str) -> dict[str, Any]:
        """One deployment; KeyError when there is none of this name."""
        return self.deployments()[name]

    def elasticsearch(self, name: str) -> dict[str, Any]:
        """The Elasticsearch resource of a deployment."""
        resources = self.deployment(name)["resources"].values()
        found: dict[str, Any] = next(resource for resource in resources if resource["kind"] == "elasticsearch")
        return found

    def rulesets(self) -> dict[str, dict[str, Any]]:
        """Rule sets by name; AssertionError when a name is there twice."""
        found = list(self.state()["rulesets"].values())
        names = [ruleset["name"] for ruleset in found]
        assert len(set(names)) == len(names), f"a rule set was made twice: {names}"
        return {ruleset["name"]: ruleset for ruleset in found}

    def associations(self) -> set[tuple[str, str]]:
        """Pairs of rule set id and deployment id."""
        return {(found["ruleset_id"], found["id"]) for found in self.state()["associations"]}

    def last_call(self) -> int:
        """Number of the newest call, 0 when there was none."""
        calls = self.control.calls()
        return int(calls[-1]["index"]) if calls else 0

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        """Calls after number ``since``."""
        found: list[dict[str, Any]] = self.control.calls(since)
        return found

    def writes(self, since: int = 0) -> list[str]:
        """The writing operations that were answered well, in order."""
        calls = self.control.calls(since, writes=True)
        return [call["operation_id"] for call in calls if call["took_effect"]]

    @contextlib.contextmanager
    def expect_writes(self, *operations: str) -> Iterator[None]:
        """Inside the block exactly these writes take effect, in any order; reads and refused calls do not count."""
        since = self.last_call()
        yield
        seen = self.writes(since)
        assert Counter(seen) == Counter(operations), f"writes: {seen}"

    @contextlib.contextmanager
    def no_calls(self) -> Iterator[None]:
        """Inside the block the API is not called at all."""
        since = self.last_call()
        yield
        assert [call["operation_id"] for call in self.calls(since)] == []

    def wait_for_write(self, operation: str, since: int = 0) -> dict[str, Any]:
        """Wait until a writing operation took effect and was answered; its entry in the call log."""

        def answered() -> dict[str, Any] | None:
            calls = self.control.calls(since, writes=True)
            return next((call for call in calls if call["operation_id"] == operation and call["answered"]), None)

        found: dict[str, Any] = wait_until(answered, operation)
        return found

    def no_unknown_fields(self) -> None:
        """No request held a member that the API's document does not know."""
        wrong = {
            call["operation_id"]: call["unknown_fields"] for call in self.control.calls() if call["unknown_fields"]
        }
        assert wrong == {}

    def ask(self, method: str, target: str, body: Any = None, installation: int = 0) -> Any:
        """A call that somebody else makes, as an administrator; the decoded reply."""
        place = self.simulator.installations[installation]
        headers = {"authorization": f"ApiKey {place.api_key}"}
        request = Request.make(method, f"/api/v1{target}", headers=headers, body=body)
        reply = place.handle(request)
        assert reply.status < 300, f"{method} {target}: {reply.status} {reply.body!r}"
        return reply.json() if reply.body else None

    def made_ruleset(self, arguments: Mapping[str, Any] | None = None) -> str:
        """A rule set that somebody makes in the console; its id."""
        body = {**(OFFICE if arguments is None else arguments), "region": "ece-region", "include_by_default": False}
        return str(self.ask("POST", "/deployments/traffic-filter/rulesets", body)["id"])

    # secrets

    def secrets(self) -> dict[str, str]:
        """Every secret that the run used, by name."""
        found = {}
        for place in self.simulator.installations:
            found[f"password of {place.name}"] = place.password
            found |= {f"API key {role} of {place.name}": key for role, key in place.api_keys.items()}
        return found

    def hunt(self, secrets: Mapping[str, str] | None = None, *results: Result) -> list[Finding]:
        """Every secret found in the workspace (state, plans, logs, journal) and in what was printed."""
        hunt = SecretHunt(self.secrets() if secrets is None else secrets)
        found = hunt.in_folder(self.ws.folder)
        for result in results:
            found += hunt.in_text(result.stdout + result.stderr, "printed by " + " ".join(result.command))
        return found


def call_words(calls: list[dict[str, Any]]) -> list[str]:
    """Calls as operation ids; behind the management channel as method and path."""
    words = []
    for call in calls:
        _, separator, path = str(call["path"]).partition("/proxy/")
        words.append(f"{call['method']} {path}" if separator else str(call["operation_id"]))
    return words


def small_deployment(**more: Any) -> dict[str, Any]:
    """Arguments of the smallest deployment that tests may also destroy."""
    given = {"name": "logs", "version": "9.2.0", "tiers": {"hot": {"size": "4g"}}, "deletion_protection": False, **more}
    return {name: value for name, value in given.items() if value is not None}


def one_deployment(**more: Any) -> dict[str, Any]:
    """A configuration with one deployment; None leaves an argument out."""
    return {"ece_deployment": {"a": small_deployment(**more)}}


OFFICE: dict[str, Any] = {
    "name": "office",
    "type": "ip",
    "rules": [{"source": "192.0.2.0/24", "description": "office"}],
}
"""Arguments of an IP rule set."""


def peers(*cluster_ids: str) -> dict[str, Any]:
    """Arguments of a rule set for remote clusters."""
    return {"name": "peers", "type": "remote_cluster", "rules": [{"cluster_id": id} for id in cluster_ids]}
