"""The Elasticsearch part of a deployment: the two ways to it, settings, keys, secrets, documents."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Request, Simulator
from tests.simulator.clusters import SEARCH_LOGS, Cluster, connect_by_key, seed
from tests.simulator.support import Api, simulator

KEYS = "_security/cross_cluster/api_key"


@pytest.fixture
def one(sim: Simulator) -> Cluster:
    """A deployment."""
    return seed(sim)


def settings(cluster: Cluster) -> Any:
    """The persistent settings, flat."""
    return cluster.call("GET", "_cluster/settings?flat_settings=true")["persistent"]


def put(cluster: Cluster, expect: int = 200, **remote: Any) -> Any:
    """Writes settings of the alias `r`."""
    body = {"persistent": {f"cluster.remote.r.{name}": value for name, value in remote.items()}}
    return cluster.call("PUT", "_cluster/settings", body, expect=expect)


# the ways in


def test_channel_needs_its_header(sim: Simulator, one: Cluster) -> None:
    """Without X-Management-Request nothing gets through; a viewer may not use it at all."""
    target = f"/api/v1/deployments/{one.id}/elasticsearch/_main/proxy/"

    authorization = {"Authorization": one.api.authorization}
    assert one.api.installation.handle(Request.make("GET", target, headers=authorization)).status == 400
    viewer = one.api.as_role("ece_deployment_viewer")
    assert viewer.codes("GET", target.removeprefix("/api/v1"), expect=403) == ["root.unauthorized.rbac"]


def test_channel_can_be_refused(sim: Simulator, one: Cluster) -> None:
    """Some installations may not let anybody through (open question); the direct port still works."""
    sim.switches.management_channel = "refused"

    target = f"/deployments/{one.id}/elasticsearch/_main/proxy/_remote/info"
    assert one.api.codes("GET", target, expect=403) == ["root.unauthorized"]
    password = one.api.post(f"/deployments/{one.id}/elasticsearch/_main/_reset-password")["password"]
    assert one.direct("GET", "_remote/info", password=password) == (200, {})


@pytest.mark.parametrize("path", ["", "/", "%2F"])
def test_root_and_unknown_calls(one: Cluster, path: str) -> None:
    """`GET /` in all forms clients write it; what is not there is Elasticsearch's own refusal."""
    told = one.call("GET", path)

    assert (told["version"]["number"], told["cluster_name"]) == ("9.2.0", one.cluster_id)
    assert len(told["cluster_uuid"]) == 22
    assert "no handler found for uri [/_cat/indices]" in one.error("GET", "_cat/indices")
    assert "Incorrect HTTP method" in one.error("POST", "_remote/info", expect=405)
    assert "unrecognized parameter: [flat]" in one.error("GET", "_cluster/settings?flat=true")


def test_errors_of_the_channel_itself(sim: Simulator, one: Cluster) -> None:
    """ECE's own refusals keep ECE's form."""
    target = "elasticsearch/_main/proxy/_remote/info"
    missing = f"/deployments/{'f' * 32}/{target}"
    assert one.api.codes("GET", missing, expect=404) == ["deployments.deployment_not_found"]
    other = f"/deployments/{one.id}/elasticsearch/nope/proxy/_remote/info"
    assert one.api.codes("GET", other, expect=404) == ["deployments.deployment_resource_not_found"]
    sim.control.mark(one.id, system_owned=True)
    one.call("GET", "_remote/info")
    write = f"/deployments/{one.id}/elasticsearch/_main/proxy/_cluster/settings"
    assert one.api.codes("PUT", write, {}, expect=403) == ["deployments.system_owned"]
    sim.control.mark(one.id, system_owned=False)
    one.api.post(f"/deployments/{one.id}/_shutdown")
    assert one.api.codes("GET", f"/deployments/{one.id}/{target}", expect=503) == ["clusters.cluster_not_available"]


def test_log_of_calls_knows_writes(sim: Simulator, one: Cluster) -> None:
    """A search by POST is no write; `unknown_fields` stays empty for parameters of Elasticsearch."""
    one.call("PUT", "i/_doc/1?refresh=true", {"n": 1}, expect=201)
    one.call("POST", "i/_search", {})
    one.call("GET", "_remote/info?pretty=true")
    one.call("POST", "_nodes/reload_secure_settings")

    calls = sim.control.calls()
    assert [call["is_write"] for call in calls] == [True, False, False, True]
    assert [call["unknown_fields"] for call in calls] == [[]] * 4


def test_password_of_the_create_reply_and_its_reset(sim: Simulator, api: Api) -> None:
    """The direct port takes the user elastic; a reset ends the old password."""
    made = api.post("/deployments?template_id=default", {"name": "x", "version": "9.2.0"}, expect=201)
    sim.control.advance(100)
    search = next(r for r in made["resources"] if r["kind"] == "elasticsearch")
    password = search["credentials"]["password"]
    cluster = Cluster(api, made["id"], search["id"], "x")

    status, told = cluster.direct("GET", "_security/_authenticate", password=password)
    assert (status, told["username"], told["roles"]) == (200, "elastic", ["superuser"])
    new = api.post(f"/deployments/{made['id']}/elasticsearch/{search['ref_id']}/_reset-password")["password"]
    assert cluster.direct("GET", "", password=password)[0] == 401
    assert cluster.direct("GET", "", password=new)[0] == 200
    cluster.call("POST", "_security/user/elastic/_password", {"password": "by hand"})
    assert cluster.direct("GET", "", password="by hand")[0] == 200
    assert cluster.call("GET", "_security/_authenticate")["username"] == "found-internal-admin-proxy"


def test_unknown_host_at_9243(one: Cluster) -> None:
    """The proxy finds a deployment by host name or by its header, and says so where it does not."""
    nobody = Cluster(one.api, one.id, "f" * 32, "nobody")

    assert nobody.direct("GET", "", password="x") == (404, {"ok": False, "message": "Unknown resource."})


# cluster settings


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"mode": "tunnel"}, "No enum constant"),
        ({"proxy_address": "h:9443"}, "[required=PROXY, configured=SNIFF]"),
        ({"mode": "proxy", "proxy_address": "h"}, "configured as [host:port], found [h]"),
        ({"mode": "proxy", "proxy_address": "h:"}, "configured as [host:port]"),
        ({"mode": "proxy", "proxy_address": "h:x"}, "failed to parse port"),
        ({"mode": "proxy", "proxy_address": "h:0"}, "port number must be > 0"),
        ({"mode": "proxy", "proxy_address": "2001:db8::1:9443"}, "configured as [host:port]"),
        ({"mode": "proxy", "proxy_address": "h:1", "seeds": ["h:1"]}, "[required=SNIFF, configured=PROXY]"),
        ({"mode": "proxy", "proxy_address": "h:1", "skip_unavailable": "yes"}, "only [true] or [false]"),
        ({"mode": "proxy", "proxy_address": "h:1", "proxy_socket_connections": 0}, "must be >= 1"),
        ({"skip_unavailable": True}, "if remote cluster is not enabled"),
        ({"mode": "proxy", "transport.ping_schedule": "5s"}, "if remote cluster is not enabled"),
        (
            {"mode": "proxy", "proxy_address": "h:1", "nope": 1},
            "persistent setting [cluster.remote.r.nope], not recognized",
        ),
    ],
)
def test_refused_remote_settings(one: Cluster, given: dict[str, Any], words: str) -> None:
    """Elasticsearch's validation, and all or nothing."""
    assert words in put(one, expect=400, **given)["error"]["reason"]
    assert settings(one) == {}


def test_settings_are_set_shown_and_removed(one: Cluster) -> None:
    """Values come back as texts, flat or nested; null removes, also by wildcard; leftovers are refused."""
    told = put(one, mode="proxy", proxy_address="[2001:db8::1]:9443", server_name="h.test", skip_unavailable=True)

    assert told["acknowledged"] is True
    shown = one.call("GET", "_cluster/settings")
    assert shown["persistent"]["cluster"]["remote"]["r"] == {
        "mode": "proxy", "proxy_address": "[2001:db8::1]:9443", "server_name": "h.test", "skip_unavailable": "true",
    }  # fmt: skip
    assert shown["transient"] == {}
    filtered = one.call("GET", "_cluster/settings?filter_path=persistent.cluster.*")
    assert list(filtered) == ["persistent"]
    assert "[required=PROXY, configured=SNIFF]" in put(one, expect=400, mode=None)["error"]["reason"]
    assert "not enabled" in put(one, expect=400, proxy_address=None)["error"]["reason"]
    put(one, proxy_address=None, skip_unavailable=None)
    assert set(settings(one)) == {"cluster.remote.r.mode", "cluster.remote.r.server_name"}
    assert one.call("GET", "_remote/info") == {}
    one.call("PUT", "_cluster/settings", {"persistent": {"cluster.remote.r.*": None}})
    assert settings(one) == {}
    assert "no settings to update" in one.error("PUT", "_cluster/settings", {"persistent": {}})


@pytest.mark.parametrize(("version", "skips"), [("8.14.3", False), ("8.15.5", True), ("9.2.0", True)])
def test_default_of_skip_unavailable(sim: Simulator, version: str, skips: bool) -> None:
    """It changed with 8.15."""
    cluster = seed(sim, version=version)
    put(cluster, mode="proxy", proxy_address="h:9443")

    assert cluster.call("GET", "_remote/info")["r"]["skip_unavailable"] is skips


def test_remote_info_of_both_modes(one: Cluster) -> None:
    """The members that clients read."""
    put(one, mode="proxy", proxy_address="h:9443", server_name="h", proxy_socket_connections=5)
    body = {"persistent": {"cluster.remote.s.seeds": ["h:9300"]}}
    one.call("PUT", "_cluster/settings", body)

    told = one.call("GET", "_remote/info")

    assert told["r"] == {
        "connected": False, "mode": "proxy", "proxy_address": "h:9443", "server_name": "h",
        "num_proxy_sockets_connected": 0, "max_proxy_socket_connections": 5, "initial_connect_timeout": "30s",
        "skip_unavailable": True,
    }  # fmt: skip
    assert (told["s"]["mode"], told["s"]["seeds"], told["s"]["connected"]) == ("sniff", ["h:9300"], False)
    assert "fetching nodes from external cluster [s] failed" in one.log()


# keys


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"access": SEARCH_LOGS}, "name is required"),
        ({"name": "k"}, "Required [access]"),
        ({"name": "k", "access": None}, "access doesn't support values of type: VALUE_NULL"),
        ({"name": "k", "access": {}}, "must specify non-empty access"),
        ({"name": "k", "access": {"search": [], "replication": []}}, "must specify non-empty access"),
        ({"name": "k", "access": {"search": [{"names": []}]}}, "at least one index name"),
        ({"name": "k", "access": {"search": [{}]}}, "Required [names]"),
        ({"name": "k", "access": {"find": []}}, "unknown field [find]"),
        ({"name": "k", "access": {"replication": [{"names": ["a"], "query": "{}"}]}}, "replication does not support"),
        (
            {"name": "k", "access": {"search": [{"names": ["a"], "query": "{}"}], "replication": [{"names": ["a"]}]}},
            "search does not support document or field level security if replication is assigned",
        ),
        ({"name": "k", "access": SEARCH_LOGS, "expiration": "soon"}, "as a time value"),
        ({"name": "k", "access": SEARCH_LOGS, "metadata": {"_x": 1}}, "may not start with [_]"),
        ({"name": "k", "access": SEARCH_LOGS, "role": {}}, "unknown field [role]"),
    ],
)
def test_refused_keys(one: Cluster, body: dict[str, Any], words: str) -> None:
    """Each rule of a cross-cluster key."""
    assert words in one.error("POST", KEYS, body)
    assert one.call("GET", "_security/api_key")["api_keys"] == []


def test_life_of_a_key(sim: Simulator, one: Cluster) -> None:
    """Made, shown without its secret, changed, found by id and name, invalidated, never unique by name."""
    key = one.make_key(expiration="30d", metadata={"managed_by": "us"})
    assert set(key) == {"id", "name", "api_key", "encoded", "expiration"}

    (shown,) = one.call("GET", f"_security/api_key?id={key['id']}")["api_keys"]
    assert key["api_key"] not in str(shown)
    assert shown["access"] == {"search": [{"names": ["logs-*"], "allow_restricted_indices": False}]}
    assert (shown["type"], shown["invalidated"], shown["metadata"]) == ("cross_cluster", False, {"managed_by": "us"})
    assert shown["expiration"] - shown["creation"] == 30 * 86_400_000
    assert shown["role_descriptors"]["cross_cluster"]["cluster"] == ["cross_cluster_search"]

    here = f"{KEYS}/{key['id']}"
    assert one.call("PUT", here, {"access": {"replication": [{"names": ["orders"]}]}})["updated"] is True
    assert one.call("PUT", here, {"metadata": {"managed_by": "us"}})["updated"] is False
    (shown,) = one.call("GET", "_security/api_key?name=k&active_only=true")["api_keys"]
    assert set(shown["access"]) == {"replication"}
    assert "must update at least one" in one.error("PUT", here, {})

    twin = one.make_key()
    assert [k["id"] for k in one.call("GET", "_security/api_key?name=k*")["api_keys"]] == [key["id"], twin["id"]]
    gone = one.call("DELETE", "_security/api_key", {"ids": [key["id"], "unknown"]})
    assert gone == {"invalidated_api_keys": [key["id"]], "previously_invalidated_api_keys": [], "error_count": 0}
    again = one.call("DELETE", "_security/api_key", {"ids": [key["id"]]})
    assert again["previously_invalidated_api_keys"] == [key["id"]]
    assert "cannot update invalidated API key" in one.error("PUT", here, {"metadata": {}})
    assert [k["id"] for k in one.call("GET", "_security/api_key?active_only=true")["api_keys"]] == [twin["id"]]
    assert one.call("GET", "_security/api_key?id=unknown", expect=404) == {"api_keys": []}
    assert one.call("GET", "_security/api_key?name=unknown") == {"api_keys": []}


def test_expired_keys_cannot_be_updated(sim: Simulator, one: Cluster) -> None:
    """Expiry goes by the clock, and an expired key cannot be revived."""
    key = one.make_key(expiration="1h")
    sim.control.advance(3600)

    assert "cannot update expired API key" in one.error("PUT", f"{KEYS}/{key['id']}", {"expiration": "1d"})
    assert one.call("GET", "_security/api_key?active_only=true")["api_keys"] == []
    assert len(one.call("GET", "_security/api_key")["api_keys"]) == 1


def test_keys_belong_to_their_maker(one: Cluster) -> None:
    """A key made through ECE cannot be changed by the user elastic, and no key makes keys."""
    key = one.make_key()
    password = one.api.post(f"/deployments/{one.id}/elasticsearch/_main/_reset-password")["password"]

    status, told = one.direct("PUT", f"{KEYS}/{key['id']}", {"metadata": {}}, password=password)
    assert (status, "no API key owned by requesting user" in str(told)) == (404, True)
    _, rest = one.direct("POST", "_security/api_key", {"name": "rest"}, password=password)
    header = {"authorization": f"ApiKey {rest['encoded']}", "host": f"{one.host}:9243"}

    made = Request.make("POST", f"/{KEYS}", headers=header, body={"name": "k", "access": SEARCH_LOGS})
    reply = one.api.installation.handle_direct(made)
    assert (reply.status, "An API key cannot be used to create" in str(reply.json())) == (400, True)
    refused = Request.make("GET", "/", headers={**header, "authorization": f"ApiKey {key['encoded']}"})
    assert one.api.installation.handle_direct(refused).status == 401
    assert "while expected type is [cross_cluster]" in str(
        one.direct("PUT", f"{KEYS}/{rest['id']}", {"metadata": {}}, password=password)
    )


def test_secrets_load_at_once_from_8_14_on(sim: Simulator) -> None:
    """Before 8.14 only a restart lets the nodes read a secret; reload does not help there."""
    for version, at_once in (("8.14.3", True), ("8.13.4", False)):
        cluster = seed(sim, name=version, version=version)
        put(cluster, mode="proxy", proxy_address="h:9443")

        def loaded(cluster: Cluster = cluster) -> bool:
            return "cluster_credentials" in cluster.call("GET", "_remote/info")["r"]

        cluster.put_secrets(r="secret")
        cluster.call("POST", "_nodes/reload_secure_settings")
        assert loaded() is at_once
        cluster.api.post(f"/deployments/{cluster.id}/elasticsearch/_main/_restart", expect=202)
        sim.control.advance(100)
        assert loaded() is True
        cluster.put_secrets(r=None)
        assert loaded() is not at_once


# users, roles, documents


def test_rights_of_users(one: Cluster) -> None:
    """Native users do what their roles allow, and no more."""
    password = one.api.post(f"/deployments/{one.id}/elasticsearch/_main/_reset-password")["password"]
    role = {"cluster": ["monitor"], "indices": [{"names": ["logs-*"], "privileges": ["read"]}]}
    assert one.call("PUT", "_security/role/viewer", role) == {"role": {"created": True}}
    one.call("PUT", "_security/user/ann", {"password": "secret-word", "roles": ["viewer"]})
    one.call("PUT", "logs-1/_doc/1", {"n": 1}, expect=201)

    def status(method: str, path: str, body: Any = None) -> int:
        return int(one.direct(method, path, body, user="ann", password="secret-word")[0])

    assert one.call("GET", "_security/role/viewer") == {"viewer": role}
    assert status("GET", "_remote/info") == 200
    assert status("GET", "logs-1/_search") == 200
    assert status("GET", "other/_search") == 403
    assert status("PUT", "logs-1/_doc/2", {}) == 403
    assert status("PUT", "_cluster/settings", {}) == 403
    assert one.direct("DELETE", "_security/user/ann", password=password) == (200, {"found": True})
    assert one.direct("DELETE", "_security/user/elastic", password=password)[0] == 404
    assert one.call("DELETE", "_security/role/viewer") == {"found": True}
    assert status("GET", "_remote/info") == 401


def test_documents_and_searches(one: Cluster) -> None:
    """Enough of documents to show that a search across a connection answers."""
    assert one.call("PUT", "logs-1/_doc/1?refresh=true", {"level": "error", "n": 1}, expect=201)["result"] == "created"
    assert one.call("PUT", "logs-1/_doc/1", {"level": "error", "n": 2})["result"] == "updated"
    one.call("PUT", "logs-2/_doc/1", {"level": "info"}, expect=201)

    def found(path: str, query: Any = None) -> list[str]:
        hits = one.call("POST", f"{path}/_search", {"query": query} if query else None)["hits"]["hits"]
        return [hit["_index"] for hit in hits]

    assert found("logs-*") == ["logs-1", "logs-2"]
    assert found("logs-*,-logs-2") == ["logs-1"]
    assert found("_all", {"bool": {"filter": [{"term": {"level": "info"}}]}}) == ["logs-2"]
    assert found("*", {"bool": {"must_not": {"exists": {"field": "n"}}}}) == ["logs-2"]
    assert found("none-*") == []
    assert "no such index [nope]" in one.error("GET", "nope/_search", expect=404)
    assert "no such remote cluster: [r]" in one.error("GET", "r:logs/_search", expect=404)
    assert "unknown query [fuzzy]" in one.error("POST", "logs-1/_search", {"query": {"fuzzy": {}}})
    assert "Invalid index name" in one.error("PUT", "Upper/_doc/1", {})
    one.call("DELETE", "logs-2")
    assert found("logs-*") == ["logs-1"]


def test_document_and_field_security_of_a_key(sim: Simulator, one: Cluster) -> None:
    """What a key hides stays hidden, and wildcards see only what the key opens."""
    documents = {"logs-1": {"1": {"tag": "a", "name": "x", "age": 3}, "2": {"tag": "b"}}, "orders": {"1": {}}}
    remote = seed(sim, name="remote", documents=documents)
    fields = {"grant": ["*"], "except": ["age"]}
    entry = {"names": ["logs-*"], "query": {"term": {"tag": "a"}}, "field_security": fields}
    connect_by_key(one, remote, access={"search": [entry]})

    hits = one.call("GET", "r:*/_search")["hits"]["hits"]

    assert [(hit["_index"], hit["_source"]) for hit in hits] == [("r:logs-1", {"tag": "a", "name": "x"})]


def test_follow_needs_replication(sim: Simulator, one: Cluster) -> None:
    """A key for searches opens no replication; versions count too."""
    remote = seed(sim, name="remote", documents={"orders": {"1": {"n": 1}}})
    key = connect_by_key(one, remote, access={"search": [{"names": ["orders"]}]})
    body = {"remote_cluster": "r", "leader_index": "orders"}

    assert "on indices [orders]" in one.error("PUT", "copy/_ccr/follow", body, expect=403)
    remote.call("PUT", f"{KEYS}/{key['id']}", {"access": {"replication": [{"names": ["orders"]}]}})
    one.call("PUT", "copy/_ccr/follow", body)
    assert one.call("GET", "copy/_search")["hits"]["total"]["value"] == 1
    assert "follower index" in one.error("PUT", "copy/_doc/1", {}, expect=403)
    assert "on indices [orders]" in one.error("GET", "r:orders/_search", expect=403)
    older = seed(sim, name="older", version="9.1.0")
    connect_by_key(older, remote, access={"replication": [{"names": ["orders"]}]})
    assert "older than the leader" in older.error("PUT", "copy/_ccr/follow", body)


def test_old_versions_have_no_keys() -> None:
    """Cross-cluster keys came with 8.10."""
    cluster = seed(simulator(), version="7.17.29")

    assert "no handler found" in cluster.error("POST", KEYS, {"name": "k", "access": SEARCH_LOGS})
