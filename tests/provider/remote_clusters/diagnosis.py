"""Pairs of deployments for the diagnosis of a connection, and what somebody does to them.

The numbers in these tests are those of Elastic's page on troubleshooting remote clusters, in the order of its log
lines: 1 nothing answers, 2 closed by remote, 3 no trust with the server, 4 to 7 a key at the port of the certificate
model, 8 no key sent, 9 an ordinary key, 10 a key that is refused, 11 and 12 rights of a search, 13 names that do not
match, 14 filters.
"""

from __future__ import annotations

from typing import Any

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.support import KEY, REMOTE, World

CHAIN = "/platform/configuration/security/tls/proxy"
RULESETS = "/deployments/traffic-filter/rulesets"
NOBODY = "0" * 32


class Case:
    """A pair of deployments, maybe in two installations, and what somebody does to them."""

    def __init__(self, world: World, number: int = 0, **parts: Any) -> None:
        self.world = world
        self.number = number
        world.config = {"environments": {"dr": {"kind": "ece", **world.settings(1)}}} if number else {}
        self.pair = Pair(world, world.control.seed(name="central"), world.control.seed(number, name="logs", **parts))
        self.side = {"deployment_id": self.pair.remote["id"], "environment": "dr" if number else None}

    async def written(self, model: str, *, with_key: bool = True) -> Any:
        """The connection in state, whether it is connected or not."""
        if model == "api_key" and with_key:
            await self.world.apply(KEY, self.pair.key(remote=self.side))
        arguments = self.arguments(model, wait_for_connected=False)
        stored = await self.world.apply(REMOTE, arguments)
        stored.state["wait_for_connected"] = True
        return stored

    def arguments(self, model: str, **more: Any) -> dict[str, Any]:
        """Of the connection."""
        return self.pair.connection(model, remote=self.side, **more)

    async def told(self, model: str, stored: Any) -> str:
        """What the next plan says of the connection, which must be down."""
        planned = await self.world.plan(REMOTE, self.arguments(model), stored)
        assert planned.prior is not None
        assert planned.prior["connected"] is False
        return "\n".join(planned.warnings)

    def put_settings(self, **values: Any) -> None:
        """Settings of the alias by hand."""
        body = {"persistent": {f"cluster.remote.logs.{name}": value for name, value in values.items()}}
        self.world.elasticsearch(self.pair.local["id"], "PUT", "_cluster/settings", body)

    def put_secret(self, value: str, alias: str = "logs") -> None:
        """Somebody overwrites the secret, and Elasticsearch reads its keystore again."""
        body = {"secrets": {f"cluster.remote.{alias}.credentials": {"value": value}}}
        self.world.ask("PATCH", f"/deployments/{self.pair.local['id']}/elasticsearch/_main/keystore", body)
        self.world.elasticsearch(self.pair.local["id"], "POST", "_nodes/reload_secure_settings")

    def there(self, method: str, path: str, body: Any = None) -> Any:
        """A call of Elasticsearch of the remote side."""
        return self.world.elasticsearch(self.pair.remote["id"], method, path, body, self.number)

    def live_key(self) -> str:
        """The id of the only key."""
        (key,) = self.world.live_keys(self.pair.remote["id"], self.number)
        return str(key["id"])

    def trust(self, side: str, **lists: Any) -> None:
        """Trust of a side as somebody writes it, by list."""
        owner = getattr(self.pair, side)
        number = self.number if side == "remote" else 0
        found = self.world.ask("GET", f"/deployments/{owner['id']}?show_settings=true", None, number)
        resource = found["resources"]["elasticsearch"][0]
        payload = {
            "ref_id": resource["ref_id"],
            "region": resource["region"],
            "plan": resource["info"]["plan_info"]["current"]["plan"],
            "settings": {"trust": {"accounts": [], "external": [], "direct": [], **lists}},
        }
        body = {"prune_orphans": False, "resources": {"elasticsearch": [payload]}}
        self.world.ask("PUT", f"/deployments/{owner['id']}", body, number)

    def authorities(self, side: str) -> list[dict[str, str]]:
        """The CAs of a side's nodes."""
        number = self.number if side == "remote" else 0
        path = f"/deployments/{getattr(self.pair, side)['id']}/certificate-authority"
        return [{"pem": one["pem"]} for one in self.world.ask("GET", path, None, number)["public_certificates"]]

    def show(self, chain: str) -> None:
        """The remote's proxies show another chain."""
        place = self.world.simulator.installations[self.number]
        from ece_simulator.message import Request

        headers = {"authorization": f"ApiKey {place.api_key}"}
        reply = place.handle(Request.make("POST", f"/api/v1{CHAIN}", headers=headers, body=chain.encode()))
        assert reply.status == 202, reply.body
