"""Key, secret and connections of both models in one configuration: one whole life on every Terraform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, Result, StoredResource, TerraformBinary
from tests.support.connections import CONNECTION, KEY, Pair
from tests.support.ece import Ece
from tests.support.terraform import BEFORE_WRITE_ONLY, MATRIX_VERSIONS, matrix

SECRET = "ece_keystore_secret.s"
BY_CERTIFICATE = "ece_remote_cluster.d"
KEY_ENTRY, NAME = "cluster.remote.logs.credentials", "s3.client.backup.secret_key"
VALUE_WRITTEN = ("set-deployment-es-resource-keystore", "post-deployment-resource-proxy-requests")
"""An entry of the keystore, and the reload of secure settings."""
FROM_ENV, FROM_FILE, FROM_WO = "value-from-environment", "value-from-the-file", "value-write-only"

HUNTED = tuple(dict.fromkeys((*BEFORE_WRITE_ONLY, *MATRIX_VERSIONS)))
"""The matrix, and the last Terraform that would keep a write-only value in clear."""


def traced(folder: Path, terraform: TerraformBinary, mirror: Mirror, simulator: Simulator) -> Ece:
    """A workspace whose runs log all they can."""
    ece = Ece(folder / "workspace", terraform, mirror, simulator, trace=True)
    ece.ws.init()
    return ece


def everything(pair: Pair, *, secret: dict[str, Any] | None, key: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A key with its connection, a connection by certificate, and an entry of the keystore."""
    by_certificate = pair.connection("certificate", alias="orders", timeouts=None, **more)
    found = {
        **pair.both(pair.key(rotate_after="20d", **key), pair.connection(timeouts=None, **more)),
        "ece_keystore_secret": {"s": {"deployment_id": pair.local_id, "name": NAME, **(secret or {})}},
    }
    found["ece_remote_cluster"]["d"] = by_certificate
    if secret is None:
        del found["ece_keystore_secret"]
    return found


def held(ece: Ece) -> Any:
    """The value in the simulator's keystore."""
    found = next(one for one in ece.installation.world.deployments.values() if one.name == "central")
    return found.elasticsearch.keystore[NAME]["value"]


class Life:
    """One configuration from its first apply to its end, step by step."""

    def __init__(self, ece: Ece, folder: Path) -> None:
        self.ece = ece
        self.pair = Pair(ece)
        self.file = folder / "secret"
        self.file.write_text(f"{FROM_FILE}\n")
        self.said: list[Result] = []
        self.config: dict[str, Any] = {}

    def stored(self) -> dict[str, StoredResource]:
        """All objects in state."""
        return {address: self.ece.resource(address) for address in (KEY, CONNECTION, BY_CERTIFICATE, SECRET)}

    def create(self) -> None:
        """Ids, addresses, both sides; then nothing is left to do."""
        ece, pair = self.ece, self.pair
        ece.ws.env["BACKUP_KEY"] = FROM_ENV
        self.said.append(ece.apply(everything(pair, secret={"value_env": "BACKUP_KEY"}, key={"expiration": "90d"})))
        made = self.stored()
        names = {KEY: "logs", CONNECTION: "logs", BY_CERTIFICATE: "orders", SECRET: NAME}
        assert {one: made[one]["id"] for one in names} == {
            one: f"{pair.local_id}/main-elasticsearch/{name}" for one, name in names.items()
        }
        assert made[CONNECTION]["connected"] is made[BY_CERTIFICATE]["connected"] is True
        assert made[CONNECTION]["proxy_address"].endswith(":9443")
        assert made[BY_CERTIFICATE]["proxy_address"].endswith(":9400")
        assert pair.live_keys() == [made[KEY]["key_id"]]
        assert pair.secret_names() == sorted([KEY_ENTRY, NAME])
        assert held(ece) == FROM_ENV
        ece.assert_clean()

    def change(self) -> None:
        """Everything in place: access and a new key, settings, another value."""
        ece, pair, before = self.ece, self.pair, self.stored()
        access = {"search": [{"names": ["logs-*"]}], "replication": [{"names": ["orders"]}]}
        self.config = everything(
            pair,
            secret={"value_file": str(self.file), "value_wo_version": 2},
            key={"expiration": "30d", "access": access},
            skip_unavailable=False,
        )
        ece.write(self.config)
        plan = ece.ws.plan()
        assert plan.actions == dict.fromkeys(before, "update")
        assert plan.changes[KEY].changed == {"access", "expiration", "key_id", "expires_at"}
        assert plan.changes[CONNECTION].changed == plan.changes[BY_CERTIFICATE].changed == {"skip_unavailable"}
        self.said.append(ece.ws.apply())
        key = ece.resource(KEY)
        assert key["id"] == before[KEY]["id"]
        assert pair.live_keys() == [key["key_id"]] != [before[KEY]["key_id"]]
        assert pair.settings()["skip_unavailable"] == pair.settings("orders")["skip_unavailable"] == "false"
        assert held(ece) == FROM_FILE

    def drift(self) -> None:
        """Changed and taken away by somebody: shown, and made good."""
        ece, pair = self.ece, self.pair
        widened = {"access": {"search": [{"names": ["*"]}]}}
        path = f"_security/cross_cluster/api_key/{ece.resource(KEY)['key_id']}"
        pair.elasticsearch(pair.remote, "PUT", path, widened)
        pair.put_settings(server_name="wrong.example.com")
        ece.control.take_away("settings", f"{pair.local_id}/orders")
        ece.control.take_away("secret", f"{pair.local_id}/{NAME}")
        plan = ece.ws.plan()
        assert plan.actions == {KEY: "update", CONNECTION: "update", BY_CERTIFICATE: "create", SECRET: "create"}
        assert plan.changes[KEY].changed == {"access"}
        assert plan.changes[CONNECTION].changed == {"server_name", "connected"}
        self.said.append(ece.ws.apply())
        assert pair.is_connected()
        assert pair.is_connected("orders")
        ece.assert_clean()

    def adopt(self) -> None:
        """Forgotten and imported by id: nothing is written but the value, and what is generated plans clean."""
        ece, before = self.ece, self.stored()
        ece.ws.run("state", "rm", *before)
        ids = {address: found["id"] for address, found in before.items()}
        ids[KEY] += f",-/{self.pair.remote_id}/main-elasticsearch/{before[KEY]['key_id']}"
        connections = {"c": self.config["ece_remote_cluster"]["c"]}
        config = {**self.config, "ece_remote_cluster": connections}
        ece.write(config, **{"import": [{"to": address, "id": id} for address, id in ids.items()]})
        # Terraform 1.8 writes the file and then stumbles over nested computed members; then it is content with it.
        old = not ece.ws.binary.at_least("1.9")
        ece.ws.run("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf", fails=old)
        with ece.expect_writes(*VALUE_WRITTEN):
            self.said.append(ece.ws.apply())
        assert ece.resource(KEY)["key_id"] == before[KEY]["key_id"]
        assert ece.resource(BY_CERTIFICATE)["remote"]["deployment_id"] == self.pair.remote_id

    def end(self) -> None:
        """All of it gone; no file, no log and no output of any run holds a key or a value."""
        ece, pair = self.ece, self.pair
        made = {**pair.key_secrets(), "environment": FROM_ENV, "file": FROM_FILE}
        assert len(made) >= 6
        self.said.append(ece.ws.destroy())
        assert pair.settings() == pair.settings("orders") == {}
        assert pair.live_keys() == pair.secret_names() == []
        assert ece.ws.trace_text().count("ece_client") > 10, "the hunt must have something to search"
        assert ece.hunt(made, *self.said) == []
        ece.no_unknown_fields()


@matrix("lifecycle", "drift and disappearance", "import by id", "generated configuration", versions=HUNTED)
def test_the_life_of_keys_secrets_and_connections(
    tmp_path: Path, terraform: TerraformBinary, mirror: Mirror, simulator: Simulator
):
    """Create, update, drift, disappearance, import, destroy; nothing that the runs wrote holds a secret."""
    life = Life(traced(tmp_path, terraform, mirror, simulator), tmp_path)
    life.create()
    life.change()
    life.drift()
    life.adopt()
    life.end()


@matrix("import by identity")
def test_import_by_identity(ece: Ece):
    """The identity is the local side; remote deployment, model and key are found."""
    pair = Pair(ece)
    ece.ws.env["BACKUP_KEY"] = FROM_ENV
    config = everything(pair, secret={"value_env": "BACKUP_KEY"}, key={"expiration": "90d"})
    ece.apply(config)
    before = {address: ece.resource(address) for address in (KEY, CONNECTION, BY_CERTIFICATE, SECRET)}
    ece.ws.run("state", "rm", *before)
    names = {KEY: {"alias": "logs"}, CONNECTION: {"alias": "logs"}, BY_CERTIFICATE: {"alias": "orders"}}
    names[SECRET] = {"name": NAME}
    identities = {address: {"deployment_id": pair.local_id, **name} for address, name in names.items()}
    ece.write(config, **{"import": [{"to": address, "identity": one} for address, one in identities.items()]})
    with ece.expect_writes(*VALUE_WRITTEN):
        ece.ws.apply()
    for address, identity in identities.items():
        assert ece.resource(address).identity == {**identity, "ref_id": "main-elasticsearch"}
    ece.assert_clean()


@matrix("write-only")
def test_a_write_only_value(tmp_path: Path, terraform: TerraformBinary, mirror: Mirror, simulator: Simulator):
    """It reaches the keystore, and neither state nor plan nor log; a new version writes again."""
    ece = traced(tmp_path, terraform, mirror, simulator)
    ece.ws.env["TF_VAR_value"] = FROM_WO
    variable = {"value": {"type": "string", "ephemeral": True}}
    deployment = ece.control.seed(name="central")["id"]

    def config(version: int) -> dict[str, Any]:
        entry = {"deployment_id": deployment, "name": NAME, "value_wo": "${var.value}", "value_wo_version": version}
        return {"ece_keystore_secret": {"s": entry}}

    said = [ece.apply(config(1), variable=variable)]
    assert held(ece) == FROM_WO
    ece.assert_clean()
    ece.ws.env["TF_VAR_value"] = f"{FROM_WO}-2"
    said.append(ece.apply(config(2), variable=variable))
    assert held(ece) == f"{FROM_WO}-2"
    said.append(ece.ws.destroy())
    assert ece.hunt({"write-only": FROM_WO}, *said) == []


@matrix("write-only refused", versions=BEFORE_WRITE_ONLY)
def test_a_write_only_value_is_refused_where_it_would_land_in_state(ece: Ece):
    """Terraform below 1.11 ignores the flag; the message names the other ways."""
    deployment = ece.control.seed(name="central")["id"]
    ece.write({"ece_keystore_secret": {"s": {"deployment_id": deployment, "name": NAME, "value_wo": FROM_WO}}})
    text = ece.ws.plan(fails=True).result.error_text
    assert "value_env" in text
    assert "value_file" in text
    assert not (ece.ws.folder / "terraform.tfstate").exists()
