"""What goes wrong with deployments, filters and associations, in one configuration, on every Terraform."""

from __future__ import annotations

from typing import Any

from tests.support.ece import Ece, small_deployment
from tests.support.terraform import matrix

FILTER, ASSOCIATION, DEPLOYMENT = "ece_traffic_filter", "ece_traffic_filter_association", "ece_deployment"
FAULTS: dict[str, dict[str, Any]] = {
    "f401": {"status": 401, "code": "root.unauthenticated"},
    "f403": {"status": 403, "code": "root.unauthorized"},
    "f404": {"status": 404, "code": "root.resource_not_found"},
    "f409": {"status": 409, "code": "root.conflict"},
    "f429": {"status": 429, "retry_after": 0},
    "f500": {"status": 500},
    "dropped": {"drop": True},
}
"""A rule set each, and what the API says when it is changed."""
STEP, MESSAGE = "rolling-upgrade", "No capacity is left"


def rules(source: str, **more: Any) -> dict[str, Any]:
    """Arguments of an IP rule set."""
    return {"type": "ip", "rules": [{"source": source}], **more}


class Troubles:
    """Two deployments with filters, and what happens to them step by step."""

    def __init__(self, ece: Ece) -> None:
        self.ece = ece
        ece.ws.env["ECE_MAX_RETRIES"] = "0"

    def write(
        self, *, description: str | None = None, size: str = "4g", on: str = "logs", kind: str = "ip", wait: str = "1m"
    ) -> None:
        """The configuration, with what changes in the steps."""
        shop = small_deployment(name="shop", tiers={"hot": {"size": size}}, timeouts={"update": wait})
        spare = rules("192.0.2.9") if kind == "ip" else {"type": kind, "rules": [{"cluster_id": "f" * 32}]}
        self.ece.write(
            {
                DEPLOYMENT: {"logs": small_deployment(tiers={"hot": {"size": size}}), "shop": shop},
                FILTER: {
                    **{name: rules("192.0.2.0/24", name=name, description=description) for name in FAULTS},
                    "spare": {"name": "spare", **spare},
                },
                ASSOCIATION: {
                    name: {
                        "deployment_id": f"${{{DEPLOYMENT}.{on if name == 'f409' else 'logs'}.id}}",
                        "traffic_filter_id": f"${{{FILTER}.{name}.id}}",
                    }
                    for name in ("f401", "f409")
                },
            }
        )

    def refuse(self) -> None:
        """Wrong input of every kind of object: each error stands at its object, and nothing was written."""
        wrong = {
            DEPLOYMENT: {"logs": small_deployment(version="9.2"), "shop": small_deployment(tiers={"hot": {}})},
            FILTER: {"spare": rules("300.0.0.0/8", name="spare")},
            ASSOCIATION: {"f401": {"deployment_id": "logs", "traffic_filter_id": "0" * 32}},
        }
        self.ece.write(wrong)
        with self.ece.expect_writes():
            told = self.ece.ws.plan(fails=True).result
        for address, words in (
            (f"{DEPLOYMENT}.logs", "version"),
            (f"{FILTER}.spare", "300.0.0.0/8"),
            (f"{ASSOCIATION}.f401", "deployment_id"),
        ):
            assert words in told.error_text_at(address), told.errors

    def create(self) -> None:
        """Filters and associations of one deployment come at the same time; then nothing is left to do."""
        self.write()
        self.ece.ws.apply()
        assert len(self.ece.associations()) == 2
        self.ece.assert_clean()

    def fail(self) -> None:
        """A refused read; then a failed plan, a plan that takes too long, and every error of a write, in one apply."""
        ece = self.ece
        stored = set(ece.ws.resources())
        ece.control.fail_next(method="GET", status=403, code="root.unauthorized", count=None)
        assert "403" in ece.ws.plan(fails=True).result.error_text
        ece.control.clear_faults()
        assert set(ece.ws.resources()) == stored, "what may not be read is not gone"
        for name, fault in FAULTS.items():
            id = ece.resource(f"{FILTER}.{name}")["id"]
            ece.control.fail_next(operation_id="update-traffic-filter-ruleset", path=id, count=None, **fault)
        ece.control.fail_plan(STEP, MESSAGE, deployment="logs")
        ece.control.set_plan_speed("infinite", deployment="shop")
        self.write(description="changed", size="8g", wait="1s")
        told = ece.ws.apply(fails=True)
        assert {each.address for each in told.errors} == {
            *(f"{FILTER}.{name}" for name in FAULTS), f"{DEPLOYMENT}.logs", f"{DEPLOYMENT}.shop"
        }  # fmt: skip
        assert MESSAGE in told.error_text_at(f"{DEPLOYMENT}.logs")
        assert "timeouts.update" in told.error_text_at(f"{DEPLOYMENT}.shop")
        assert set(ece.ws.resources()) == stored
        assert not any(ece.resource(address).tainted for address in stored)

    def go_on(self) -> None:
        """The next apply ends what was begun: nothing is lost, and nothing is there twice."""
        ece = self.ece
        ece.control.clear_faults()
        ece.control.set_plan_speed(0)
        self.write(description="changed", size="8g")
        ece.ws.apply()
        assert {each["description"] for name, each in ece.rulesets().items() if name in FAULTS} == {"changed"}
        assert {ece.elasticsearch(name)["sizes"]["hot_content"]["size"] for name in ("logs", "shop")} == {8192}
        ece.assert_clean()

    def drift(self) -> None:
        """Renamed, rewritten and removed by others: the plan shows it, and the apply repairs it."""
        ece = self.ece
        logs, f401, f409 = (ece.resource(f"{kind}.{name}")["id"] for kind, name in (
            (DEPLOYMENT, "logs"), (FILTER, "f401"), (FILTER, "f409")
        ))  # fmt: skip
        ece.control.mark(logs, name="theirs")
        theirs = {"name": "f401", "region": "ece-region", "include_by_default": False}
        ece.ask("PUT", f"/deployments/traffic-filter/rulesets/{f401}", {**theirs, **rules("0.0.0.0/0")})
        ece.control.take_away("association", f"{f409}/{logs}")
        ece.control.take_away("ruleset", ece.resource(f"{FILTER}.spare")["id"])
        plan = ece.ws.plan()
        assert plan.actions == {
            f"{DEPLOYMENT}.logs": "update",
            f"{FILTER}.f401": "update",
            f"{ASSOCIATION}.f409": "create",
            f"{FILTER}.spare": "create",
        }
        ece.ws.apply()
        ece.assert_clean()

    def replace(self) -> None:
        """Another type of filter, another deployment of an association: what cannot change in place."""
        ece = self.ece
        self.write(description="changed", size="8g", on="shop", kind="remote_cluster")
        plan = ece.ws.plan()
        assert set(plan.actions) == {f"{FILTER}.spare", f"{ASSOCIATION}.f409"}
        assert all("delete" in action or action == "replace" for action in plan.actions.values())
        ece.ws.apply()
        assert ece.rulesets()["spare"]["type"] == "remote_cluster"
        ece.ws.destroy()
        assert (ece.deployments(), ece.rulesets(), ece.associations()) == ({}, {}, set())


@matrix("invalid input", "errors of the API", "failed plan and time-out", "drift and disappearance", "replace")
def test_what_goes_wrong_with_deployments_and_filters(ece: Ece):
    """Each trouble is told where it belongs, and the next apply ends where it should."""
    troubles = Troubles(ece)
    troubles.refuse()
    troubles.create()
    troubles.fail()
    troubles.go_on()
    troubles.drift()
    troubles.replace()
