"""Deployments as clusters: calls of their Elasticsearch, and the steps that connect two of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ece_simulator import Request, Simulator
from tests.simulator.support import Api, basic

SEARCH_LOGS = {"search": [{"names": ["logs-*"]}]}


@dataclass(frozen=True)
class Cluster:
    """A seeded deployment of one installation, seen through the management channel."""

    api: Api
    id: str
    cluster_id: str
    name: str

    @property
    def host(self) -> str:
        """The endpoint's host name."""
        return f"{self.cluster_id}.{self.api.installation.world.domain}"

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """A call of Elasticsearch through ECE."""
        return self.api.call(method, f"/deployments/{self.id}/elasticsearch/_main/proxy/{path}", body, expect=expect)

    def error(self, method: str, path: str, body: Any = None, *, expect: int = 400) -> str:
        """The reason of a refusal by Elasticsearch."""
        return str(self.call(method, path, body, expect=expect)["error"]["reason"])

    def direct(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str = "elastic",
        password: str,
        source: str = "192.0.2.9",
    ) -> Any:
        """A call at 9243; status and decoded body."""
        headers = {"Authorization": basic(user, password), "Host": f"{self.host}:9243"}
        reply = self.api.installation.handle_direct(
            Request.make(method, f"/{path}", headers=headers, body=body), source
        )
        return reply.status, reply.json()

    def put_secrets(self, **secrets: str | None) -> None:
        """Writes keystore entries of remote clusters by alias; None removes one."""
        body = {f"cluster.remote.{alias}.credentials": {"value": value} for alias, value in secrets.items()}
        body = {name: entry if entry["value"] is not None else {} for name, entry in body.items()}
        self.api.call("PATCH", f"/deployments/{self.id}/elasticsearch/_main/keystore", {"secrets": body})

    def put_remote(self, alias: str, remote: Cluster, port: int = 9443, **settings: Any) -> None:
        """Writes the settings of a remote cluster."""
        own = {"mode": "proxy", "proxy_address": f"{remote.host}:{port}", "server_name": remote.host}
        remotes = {alias: {"skip_unavailable": False, **own, **settings}}
        self.call("PUT", "_cluster/settings", {"persistent": {"cluster": {"remote": remotes}}})

    def make_key(self, access: Any = None, **more: Any) -> Any:
        """A cross-cluster key of this cluster."""
        return self.call(
            "POST", "_security/cross_cluster/api_key", {"name": "k", "access": access or SEARCH_LOGS, **more}
        )

    def put_trust(self, **lists: Any) -> None:
        """Writes trust (all lists) and lets the plan end."""
        body = self.api.update_body(self.id)
        body["resources"]["elasticsearch"][0]["settings"] = {"trust": lists}
        self.api.put(f"/deployments/{self.id}", body)
        self.api.simulator.control.advance(100)

    def connected(self, alias: str) -> bool:
        """What `_remote/info` says now."""
        return bool(self.call("GET", "_remote/info")[alias]["connected"])

    def log(self) -> str:
        """What its nodes wrote since the last `clear_connections`."""
        lines = self.api.simulator.control.elasticsearch_log(self.cluster_id)
        return "\n".join(line["message"] for line in lines)

    def authorities(self) -> list[dict[str, str]]:
        """The CAs that sign its nodes, as trust entries want them."""
        found = self.api.get(f"/deployments/{self.id}/certificate-authority")["public_certificates"]
        return [{"pem": certificate["pem"]} for certificate in found]


def seed(sim: Simulator, installation: int = 0, name: str = "one", **parts: Any) -> Cluster:
    """A finished deployment."""
    made = sim.control.seed(installation=installation, name=name, kinds=[], **parts)
    return Cluster(Api(sim, installation), made["id"], made["cluster_id"], name)


def connect_by_key(local: Cluster, remote: Cluster, alias: str = "r", access: Any = None) -> Any:
    """Key, secret, settings; returns the key."""
    key = remote.make_key(access)
    local.put_secrets(**{alias: key["encoded"]})
    local.put_remote(alias, remote)
    return key


def proxy_root(cluster: Cluster) -> str:
    """The root of the proxies of a cluster's installation."""
    return str(cluster.api.get("/platform/configuration/security/tls/proxy")["chain"][-1])


def trust_proxy_of(local: Cluster, remote: Cluster) -> None:
    """Lets a deployment trust the private CA of another installation's proxies."""
    entry = {"name": "proxy", "type": "proxy", "trust_all": False, "certificates": [{"pem": proxy_root(remote)}]}
    local.put_trust(direct=[entry])


def introduce(one: Cluster, other: Cluster) -> str:
    """A platform trust relationship: `one`'s installation gets to know the other's; its id."""
    here = "/platform/configuration/trust-relationships"
    (local,) = other.api.get(f"{here}?filter=local&include_certificate=true")["trust_relationships"]
    body = {name: local[name] for name in ("public_ca_cert", "account_ids", "installation_id")}
    return str(one.api.post(here, {"name": "other", **body}, expect=201)["id"])


Step = Callable[[], None]
