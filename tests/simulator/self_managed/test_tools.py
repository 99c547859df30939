"""The tools and the API of a self-managed cluster: its keystore, its certificates, its home and its names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ece_simulator import SelfManagedCluster, Simulator
from ece_simulator.self_managed.certutil import main as certutil
from tests.simulator.partners import run


def test_keystore_tool(onprem: SelfManagedCluster) -> None:
    """The verbs of a run-book, and the keystore's mode."""
    tool = "bin/elasticsearch-keystore"
    name = "cluster.remote.r.credentials"
    assert run(onprem.home, tool, "add", name, given="one\n").returncode == 0
    assert run(onprem.home, tool, "add", "--stdin", name, given="n\n").stdout.endswith("without modifying keystore.\n")
    assert run(onprem.home, tool, "show", name).stdout == "one\n"
    assert run(onprem.home, tool, "add", "--stdin", "-f", name, given="two").returncode == 0
    assert run(onprem.home, tool, "show", name).stdout == "two\n"
    assert run(onprem.home, tool, "list").stdout == f"{name}\nkeystore.seed\n"
    assert run(onprem.home, tool, "remove", name).returncode == 0
    gone = run(onprem.home, tool, "show", name)
    assert (gone.returncode, gone.stderr) == (64, f"ERROR: Setting [{name}] does not exist in the keystore.\n")
    (onprem.home / "secret").write_text("three")
    assert run(onprem.home, tool, "add-file", name, "secret").returncode == 0
    assert run(onprem.home, tool, "show", name).stdout == "three\n"
    keystore = onprem.config / "elasticsearch.keystore"
    assert keystore.stat().st_mode & 0o777 == 0o600
    keystore.unlink()
    assert "Exiting without creating" in run(onprem.home, tool, "add", "--stdin", name, given="four\n").stdout
    assert not keystore.exists()
    assert run(onprem.home, tool, "add", "-f", "--stdin", name, given="four\n").returncode == 0


def test_certutil_refuses(
    onprem: SelfManagedCluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is there already, an instances file with a wrong name, a CA without its key."""
    monkeypatch.chdir(onprem.home)
    authority = ("--ca-cert", "ca/ca.crt", "--ca-key", "ca/ca.key")

    def refused(*words: str) -> str:
        assert certutil(str(onprem.home), ["cert", "--pem", *words]) != 0
        return capsys.readouterr().err

    assert certutil(str(onprem.home), ["cert", "--pem", "--out", "x.zip", *authority]) == 0
    assert "already exists" in refused("--out", "x.zip", *authority)
    (onprem.home / "bad.yaml").write_text("instances:\n  - name: a\n    commonname: [x]\n")
    assert "unknown field [commonname]" in refused(*authority, "--in", "bad.yaml")
    assert "--ca-cert and --ca-key" in refused("--ca-cert", "ca/ca.crt")
    wrong = refused("--ca-cert", "ca/ca.crt", "--ca-key", "config/certs/node1.key")
    assert "is not the one of the CA" in wrong


def test_an_existing_home_is_read(sim: Simulator, tmp_path: Path) -> None:
    """What somebody prepared is not overwritten; the same certificates come back."""
    first = sim.add_self_managed("one", tmp_path / "es", named_nodes=True, cluster_id="c1", scope_id="site")
    second = sim.add_self_managed("two", tmp_path / "es")

    assert first.node_names == second.node_names == ["node1.node.c1.cluster.site.account"]
    assert first.ca_pem == second.ca_pem


def test_names_are_not_given_twice(sim: Simulator) -> None:
    """Logs and control name a cluster by its name."""
    sim.add_self_managed("one")
    for name in ("one", "a", "Two"):
        with pytest.raises(ValueError, match="name:"):
            sim.add_self_managed(name)


def facts_of(cluster: SelfManagedCluster) -> dict[str, Any]:
    """The facts without what is secret."""
    return {name: value for name, value in cluster.facts().items() if name != "password"}


def test_repr_and_facts_hold_no_key(onprem: SelfManagedCluster) -> None:
    """What lands in a log must not hold the password."""
    assert onprem.password not in repr(onprem)
    assert onprem.password not in str(facts_of(onprem))
