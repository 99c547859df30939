"""Partners outside of ECE with real Terraform: the examples of the page about them, deployed as they are."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from ece_simulator import SelfManagedCluster, Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from tests.support.certificates import server_chain
from tests.support.ece import Ece

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "terraform" / "partners"
SERVER = {
    "remote_cluster_server.enabled": "true",
    "xpack.security.remote_cluster_server.ssl.key": "certs/server.key",
    "xpack.security.remote_cluster_server.ssl.certificate": "certs/server.crt",
}


def example(name: str) -> str:
    """The text of an example."""
    return (EXAMPLES / f"{name}.tf").read_text(encoding="utf-8")


def self_managed(ece: Ece, **lines: str) -> SelfManagedCluster:
    """A cluster with further lines in its configuration, and its credentials in the environment of Terraform."""
    made = ece.simulator.add_self_managed(home=ece.ws.folder.parent / "es", documents={"orders-1": {"1": {"n": 1}}})
    ece.ws.env |= {
        "ONPREM_ENDPOINT": made.endpoint,
        "ONPREM_USERNAME": made.username,
        "ONPREM_PASSWORD": made.password,
        "ONPREM_CA_FILE": str(made.ca_file),
    }
    add_lines(made, lines)
    return made


def add_lines(cluster: SelfManagedCluster, lines: dict[str, str]) -> None:
    """What the cluster's administrator writes, followed by a restart."""
    yml = cluster.config / "elasticsearch.yml"
    yml.write_text(yml.read_text() + "".join(f"{name}: {value}\n" for name, value in lines.items()))
    assert cluster.restart(), cluster.log()


def test_a_deployment_searches_in_a_self_managed_cluster(ece: Ece) -> None:
    """Key made there, trust, connection, an answered search; all of it goes again, and no secret is left behind."""
    onprem = self_managed(ece)
    add_lines(onprem, SERVER)
    (ece.ws.folder / "onprem-ca.crt").write_text(onprem.ca_pem)
    ece.ws.write(example("self_managed_outbound"))
    done = ece.ws.apply()
    ece.assert_clean()
    central = ece.resource("ece_deployment.central")["id"]
    found = ece.ask("GET", f"/deployments/{central}")
    assert found["name"] == "central"
    assert ece.resource("ece_remote_cluster.orders")["connected"] is True
    keys = onprem.call("GET", "_security/api_key?active_only=true")["api_keys"]
    assert [key["name"] for key in keys] == ["central-to-onprem"]
    assert ece.hunt({**ece.secrets(), "password of onprem": onprem.password}, done) == []
    ece.ws.destroy()
    assert onprem.call("GET", "_security/api_key?active_only=true")["api_keys"] == []


def test_a_self_managed_cluster_searches_in_a_deployment(ece: Ece) -> None:
    """The deploy passes before anybody delivered the key; the next plan tells that the connection stands."""
    onprem = self_managed(ece)
    place = ece.installation
    (onprem.config / "certs" / "ece.crt").write_bytes(Path(place.proxy_ca_file).read_bytes())
    add_lines(onprem, {"xpack.security.remote_cluster_client.ssl.certificate_authorities": "[certs/ece.crt]"})
    ece.ws.write(example("self_managed_inbound"))
    done = ece.ws.apply()
    assert ece.resource("ece_remote_cluster.logs")["connected"] is False
    file = ece.ws.folder / "secrets" / "logs"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    command = [onprem.home / "bin" / "elasticsearch-keystore", "add", "--stdin", "cluster.remote.logs.credentials"]
    with file.open(encoding="utf-8") as secret:
        subprocess.run(command, stdin=secret, check=True, capture_output=True)
    onprem.call("POST", "_nodes/reload_secure_settings")
    encoded = file.read_text(encoding="utf-8")
    file.rename(ece.ws.folder.parent / "delivered")
    ece.ws.apply()
    assert ece.resource("ece_remote_cluster.logs")["connected"] is True
    assert ece.resource("ece_cross_cluster_api_key.logs")["secret_present"] is False
    ece.assert_clean()
    assert ece.hunt({**ece.secrets(), "the key": encoded}, done) == []
    ece.ws.destroy()
    assert "logs" not in onprem.call("GET", "_remote/info")


def test_a_cluster_that_is_known_by_name(ece: Ece) -> None:
    """Nothing of it is asked; the file comes and goes with the object."""
    ece.ws.write(example("by_name"))
    ece.ws.apply()
    ece.assert_clean()
    assert ece.resource("ece_cross_cluster_api_key.logs")["id"] == "-/onprem/logs"
    file = ece.ws.folder / "secrets" / "logs"
    assert file.exists()
    ece.ws.destroy()
    assert not file.exists()


def test_keys_are_left_nowhere_but_in_their_file(
    tmp_path: Path, terraform: TerraformBinary, mirror: Mirror, simulator: Simulator
) -> None:
    """A private key goes to ECE and a cross-cluster key into its file: neither is in state, plan, or a log of all."""
    ece = Ece(tmp_path / "traced", terraform, mirror, simulator, trace=True)
    ece.ws.init()
    chain = server_chain()
    ece.ws.env["PROXY_KEY"] = chain.key_pem
    ece.write(
        {
            "ece_platform_certificate": {"p": {"chain_pem": chain.pems, "private_key_env": "PROXY_KEY"}},
            "ece_cross_cluster_api_key": {
                "k": {
                    "name": "k",
                    "access": {"search": [{"names": ["*"]}]},
                    "remote": {"deployment_id": ece.control.seed(name="logs")["id"]},
                    "local": {"name": "onprem", "alias": "logs", "secret_file": str(tmp_path / "secret")},
                }
            },
        }
    )
    done = ece.ws.apply()
    encoded = (tmp_path / "secret").read_text(encoding="utf-8")
    lines = dict(enumerate(chain.key_pem.splitlines()[1:-1]))
    ours = chain.traditional_key_pem.splitlines()[1:-1]
    secrets = {f"line {number} of the private key": line for number, line in lines.items() if len(line) > 40}
    secrets |= {f"line {number} as sent": line for number, line in enumerate(ours) if len(line) > 40}
    assert ece.hunt({**ece.secrets(), **secrets, "the key": encoded}, done) == []
    assert ece.resource("ece_platform_certificate.p")["user_supplied"] is True


@pytest.mark.own_process
def test_elastic_cloud_hosted_in_both_directions(ece: Ece) -> None:
    """Trust, keystore and settings there, keys on both sides; two connections, and an empty plan."""
    cloud = ece.simulator.add_hosted()
    shop = ece.control.seed(installation=cloud.name, name="shop", kinds=[])
    password = str(cloud.world.deployments[shop["id"]].elasticsearch.password)
    ece.ws.env |= {
        "ECH_ENDPOINT": cloud.endpoint,
        "ECH_API_KEY": cloud.api_key,
        "ECH_CA_FILE": cloud.ca_file,
        "SHOP_PASSWORD": password,
        "TF_VAR_shop_id": shop["id"],
        "HTTPS_PROXY": ece.simulator.gateway_endpoint,
        "SSL_CERT_FILE": cloud.proxy_ca_file,
    }
    ece.ws.write(example("hosted"))
    done = ece.ws.apply()
    ece.assert_clean()
    for name in ("orders", "shop"):
        assert ece.resource(f"ece_remote_cluster.{name}")["connected"] is True
    assert ece.hunt({**ece.secrets(), "password": password, "key of the organization": cloud.api_key}, done) == []
    ece.ws.destroy()
