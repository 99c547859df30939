"""What goes wrong with keys, secrets, connections and trust, in one configuration, on every Terraform."""

from __future__ import annotations

from typing import Any

from tests.support.certificates import certificate
from tests.support.connections import CONNECTION, KEY, Pair
from tests.support.ece import Ece
from tests.support.terraform import matrix
from tests.support.trust import ACCOUNT, DIRECT, RELATIONSHIP, SOMEBODY, account, direct, trust

NAME = "s3.client.backup.secret_key"
SECRET, TRUST, SLOW, PEERS = "ece_keystore_secret.s", f"{DIRECT}.t", f"{DIRECT}.u", f"{ACCOUNT}.a"
STEP, MESSAGE = "apply-plan-settings", "There is no room"
KEYSTORE = "set-deployment-es-resource-keystore"


class Troubles:
    """A connection by key, a secret and trust of three deployments, and what happens to them step by step."""

    def __init__(self, ece: Ece) -> None:
        self.ece, self.pair = ece, Pair(ece)
        self.shop, self.audit = (ece.control.seed(name=name) for name in ("shop", "audit"))
        ece.ws.env |= {"ECE_MAX_RETRIES": "0", "BACKUP_KEY": "value"}

    def write(self, *, changed: bool = False, wait: str = "1m") -> None:
        """The configuration, before and after a change of every object."""
        pair = self.pair
        entry = {"name": "new" if changed else "orders"}
        access = {"search": [{"names": ["logs-*", "more-*"] if changed else ["logs-*"]}]}
        connection = pair.connection(skip_unavailable=not changed, timeouts={"create": "1m", "update": wait})
        secret = {"deployment_id": pair.local_id, "name": NAME, "value_env": "BACKUP_KEY", "value_wo_version": 1}
        self.ece.write(
            {
                **pair.both(pair.key(access=access), connection),
                "ece_keystore_secret": {"s": {**secret, "value_wo_version": 2 if changed else 1}},
                DIRECT: {"t": direct(self.shop, **entry), "u": direct(self.audit, timeouts={"update": wait}, **entry)},
                ACCOUNT: {"a": account(pair.remote, *((pair.local["cluster_id"],) if changed else ()))},
            }
        )

    def refused(self, resources: dict[str, Any], *words: tuple[str, str]) -> str:
        """A plan that fails: at each object the words, and nothing written; all that was said."""
        self.ece.write(resources)
        with self.ece.expect_writes():
            told = self.ece.ws.plan(fails=True).result
        for address, expected in words:
            assert expected in told.error_text_at(address), (address, told.errors)
        return told.error_text

    def refuse(self) -> None:
        """Wrong input of every kind of object: first what the text shows, then what the installation is asked for."""
        pair = self.pair
        mixed = {"search": [{"names": ["a"], "query": "{}"}], "replication": [{"names": ["a"]}]}
        private = certificate("ours")
        paris = {"deployment_id": pair.remote_id, "environment": "paris"}
        listed = pair.connection("certificate", managed_through="platform", remote=paris)
        unnamed = direct(self.shop, scope_id=None, cluster_ids=None, trust_all=True)
        self.refused(
            {
                "ece_cross_cluster_api_key": {"k": pair.key(access={}), "mixed": pair.key(access=mixed)},
                "ece_remote_cluster": {"c": pair.connection("certificate", alias="Logs EU"), "listed": listed},
                "ece_keystore_secret": {"s": {"deployment_id": pair.local_id, "name": NAME}},
                DIRECT: {"t": direct(self.shop, private.pem + private.key_pem), "unnamed": unnamed},
                RELATIONSHIP: {"r": {"name": "r", "public_ca_cert": "none", "installation_id": "4"}},
            },
            (KEY, "gives access to nothing"),
            ("ece_cross_cluster_api_key.mixed", "Document and field security"),
            (CONNECTION, "lower-case"),
            (SECRET, "Exactly one of"),
            ("ece_remote_cluster.listed", "two deployments of one ECE"),
            (TRUST, "private key"),
            (f"{DIRECT}.unnamed", "scope_id"),
            (f"{RELATIONSHIP}.r", "public_ca_cert"),
        )
        states = self.ece.state()["deployments"].values()
        system = next(each for each in states if each["system_owned"])
        old = self.ece.control.seed(name="old", version="8.13.4")
        local = {"deployment_id": pair.local_id, "alias": "old"}
        keys = {"k": pair.key(remote=paris), "old": pair.key(remote={"deployment_id": old["id"]}, local=local)}
        elsewhere = {"name": "e", "type": "remote_cluster", "rules": [{"environment_id": "1234567890"}]}
        expired, leaf = certificate("old", days=-1), certificate("leaf", is_ca=False)
        self.refused(
            {
                "ece_cross_cluster_api_key": keys,
                "ece_traffic_filter": {"e": elsewhere},
                ACCOUNT: {"a": account(pair.remote, self.shop["id"]), "b": account(self.shop, SOMEBODY)},
                DIRECT: {
                    "t": direct(system),
                    "expired": direct(self.shop, expired.pem),
                    "leaf": direct(self.audit, leaf.pem),
                },
            },
            (KEY, "it has: none"),
            ("ece_cross_cluster_api_key.old", "8.14"),
            ("ece_traffic_filter.e", "names a foreign environment"),
            (f"{DIRECT}.expired", "certificates"),
            (f"{DIRECT}.leaf", "certificates"),
            (PEERS, self.shop["cluster_id"]),
            (f"{ACCOUNT}.b", "not the id of an Elasticsearch cluster"),
            (TRUST, "belongs to Elastic Cloud Enterprise itself"),
        )
        owners = {"c": pair.connection("certificate"), "d": pair.connection("certificate")}
        assert "two owners" in self.refused({"ece_remote_cluster": owners})

    def fail_to_create(self) -> None:
        """Every write is refused, each in its way; then one apply makes each object once."""
        ece, pair = self.ece, self.pair
        control = ece.control
        control.fail_next(path="_security/cross_cluster/api_key", status=403, code="root.unauthorized", count=None)
        control.fail_next(operation_id=KEYSTORE, status=500, count=None)
        control.fail_next(writes=True, path=self.shop["id"], status=401, code="root.unauthenticated", count=None)
        control.fail_next(writes=True, path=self.audit["id"], drop=True, count=None)
        update = f"deployments/{pair.remote_id}$"
        control.fail_next(writes=True, path=update, status=429, retry_after=0, count=None)
        self.write()
        told = ece.ws.apply(fails=True)
        assert {each.address for each in told.errors} == {KEY, SECRET, TRUST, SLOW, PEERS}
        control.clear_faults()
        ece.ws.apply()
        self.assert_one_of_each("orders")

    def assert_one_of_each(self, entry: str) -> None:
        """Nothing is lost and nothing double, and nothing is left to do."""
        ece, pair = self.ece, self.pair
        assert pair.live_keys() == [ece.resource(KEY)["key_id"]]
        assert len(pair.secret_names()) == 2
        assert pair.is_connected()
        for name in ("shop", "audit"):
            assert [each["name"] for each in trust(ece, name)["direct"]] == [entry]
        ece.assert_clean()

    def fail_to_change(self) -> None:
        """A failed plan, one that takes too long, a connection that does not come up, a write that is refused."""
        ece = self.ece
        stored = set(ece.ws.resources())
        ece.control.fail_plan(STEP, MESSAGE, deployment="shop")
        ece.control.set_plan_speed("infinite", deployment="audit")
        ece.control.set_port(9443, open=False)
        ece.control.fail_next(operation_id=KEYSTORE, status=409, code="root.conflict", count=None)
        self.write(changed=True, wait="2s")
        told = ece.ws.apply(fails=True)
        assert MESSAGE in told.error_text_at(TRUST)
        assert STEP in told.error_text_at(TRUST)
        assert "timeouts.update" in told.error_text_at(SLOW)
        assert "is not connected" in told.error_text_at(CONNECTION)
        assert "connect_exception" in told.error_text_at(CONNECTION)
        assert told.error_text_at(SECRET) != ""
        assert set(ece.ws.resources()) == stored
        assert not any(ece.resource(address).tainted for address in stored)

    def go_on(self) -> None:
        """The next apply ends what was begun; what others remove is made again; a destroy leaves nothing."""
        ece, pair = self.ece, self.pair
        ece.control.clear_faults()
        ece.control.set_plan_speed(0)
        ece.control.set_port(9443, open=True)
        self.write(changed=True)
        ece.ws.apply()
        self.assert_one_of_each("new")
        ece.control.take_away("trust", f"{self.shop['id']}/direct/new")
        assert ece.ws.plan().actions == {TRUST: "create"}
        ece.ws.apply()
        self.assert_one_of_each("new")
        ece.ws.destroy()
        assert (pair.live_keys(), pair.secret_names(), pair.settings()) == ([], [], {})
        assert all(trust(ece, name)["direct"] == [] for name in ("shop", "audit"))


@matrix("invalid input", "errors of the API", "failed plan and time-out")
def test_what_goes_wrong_with_connections_and_trust(ece: Ece):
    """Each trouble is told where it belongs, and the next apply ends where it should."""
    troubles = Troubles(ece)
    troubles.refuse()
    troubles.fail_to_create()
    troubles.fail_to_change()
    troubles.go_on()
