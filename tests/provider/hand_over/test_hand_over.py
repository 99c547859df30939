"""The life of ``ece_hand_over``: files on disk, what is not ours there, and facts that change."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ece_provider.resources.hand_over.folder import RECORD
from ece_simulator import Simulator
from terraform_plugin.values import UNKNOWN
from tests.domain.hand_over.cases import MANIFEST
from tests.provider.remote_clusters.support import Refused, World

KIND = "ece_hand_over"
FOLDER = Path("hand-over/onprem")

Arguments = dict[str, Any]


def changed(arguments: Arguments, side: str, **members: Any) -> Arguments:
    """The arguments with other members of one side."""
    found = copy.deepcopy(arguments)
    found[side] |= members
    return found


def on_disk(folder: Path = FOLDER) -> dict[str, str]:
    """Every file in the folder but the record, by name."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.name != RECORD)
    return {str(file.relative_to(folder)): file.read_text() for file in files}


async def test_files_are_written_settle_and_go(world: World, arguments: Arguments, central: dict[str, Any]):
    """What the deployment tells is in them; a second plan is empty; destroy leaves nothing."""
    stored = await world.apply(KIND, arguments)
    assert stored["id"] == "hand-over/onprem"
    assert stored["route"] == "O4"
    assert sorted(on_disk()) == sorted(stored["files"])
    environment = world.simulator.installations[0].environment_id
    assert f"*.node.{central['cluster_id']}.cluster.{environment}.account" in on_disk()["trust.yml"]
    assert "BEGIN CERTIFICATE" in on_disk()["ca/central.crt"]
    assert [step["number"] for step in stored["steps"]] == list(range(1, len(stored["steps"]) + 1))
    assert (FOLDER / "certutil.sh").stat().st_mode & 0o777 == 0o755
    assert (FOLDER / "trust.yml").stat().st_mode & 0o777 == 0o644
    assert (await world.plan(KIND, arguments, stored)).changed == set()
    await world.destroy(KIND, stored)
    assert not FOLDER.exists()
    assert Path("hand-over").exists(), "only what was made for the files goes"


async def test_a_file_is_touched_only_when_its_content_changes(world: World, arguments: Arguments):
    """A new time stamp would be a new hand-over for those who watch the folder."""
    stored = await world.apply(KIND, arguments)
    before = {name: (FOLDER / name).stat().st_mtime_ns for name in stored["files"]}
    more = {**arguments, "remote": {**arguments["remote"], "node_names": ["es01", "es02", "es03"]}}
    assert (await world.plan(KIND, more, stored)).changed >= {"files", "steps"}
    after = await world.apply(KIND, more, stored)
    differing = {name for name in after["files"] if (FOLDER / name).stat().st_mtime_ns != before.get(name)}
    assert differing == {"README.md", "instances.yaml", "trust.yml"}


async def test_a_file_that_is_no_longer_wanted_goes(world: World, arguments: Arguments):
    """A stale trust file would be installed by somebody."""
    stored = await world.apply(KIND, arguments)
    after = await world.apply(KIND, changed(arguments, "remote", new_certificates=False), stored)
    assert stored["files"].keys() - after["files"].keys() == {"certutil.sh", "instances.yaml"}
    assert sorted(on_disk()) == sorted(after["files"])


@pytest.mark.parametrize("harm", ["changed", "missing", "folder"])
async def test_a_changed_or_missing_file_is_written_again(world: World, arguments: Arguments, harm: str):
    """The files are what Terraform says they are."""
    stored = await world.apply(KIND, arguments)
    before = on_disk()
    if harm == "changed":
        (FOLDER / "trust.yml").write_text("trust.subject_name: ['*']\n")
    elif harm == "missing":
        (FOLDER / "ca" / "central.crt").unlink()
    else:
        FOLDER.rename("elsewhere")
    planned = await world.plan(KIND, arguments, stored)
    assert "up_to_date" in planned.changed
    assert any("missing or not as they were written" in text for text in planned.warnings)
    after = await world.apply(KIND, arguments, stored)
    assert on_disk() == before
    assert after.state == stored.state


async def test_a_fact_that_changes_is_a_plan(world: World, arguments: Arguments):
    """A new CA of the deployment must reach the other side before it is used."""
    stored = await world.apply(KIND, arguments)
    world.control.rotate_internal_ca()
    planned = await world.plan(KIND, arguments, stored)
    assert "files" in planned.changed
    assert any("ca/central.crt" in text for text in planned.warnings)
    after = await world.apply(KIND, arguments, stored)
    assert on_disk()["ca/central.crt"].count("BEGIN") > 1 or after["files"] != stored["files"]
    assert (await world.plan(KIND, arguments, after)).changed == set()


async def test_an_upgrade_is_no_plan(world: World, arguments: Arguments, central: dict[str, Any]):
    """Versions that nobody gave stand in no file: a changed version is one change in a whole plan, not two."""
    stored = await world.apply(KIND, arguments)
    assert "| version |" not in on_disk()["README.md"]
    given = await world.apply(KIND, changed(arguments, "local", version="9.2.0"), stored)
    assert "| version | 9.2.0 | - |" in on_disk()["README.md"]
    assert (await world.plan(KIND, changed(arguments, "local", version="9.2.0"), given)).changed == set()


async def test_files_of_others_stop_everything_before_the_first_write(world: World, arguments: Arguments):
    """A customer's trust.yml is not overwritten."""
    FOLDER.mkdir(parents=True)
    (FOLDER / "trust.yml").write_text("mine\n")
    with pytest.raises(Refused, match=r"holds trust\.yml, which this hand-over did not write") as refused:
        await world.apply(KIND, arguments)
    assert refused.value.paths == {"folder"}
    assert on_disk() == {"trust.yml": "mine\n"}


async def test_files_of_others_beside_ours_stay(world: World, arguments: Arguments):
    """Also when everything of ours goes; and what somebody changed is left, with a word."""
    stored = await world.apply(KIND, arguments)
    (FOLDER / "notes.txt").write_text("mine\n")
    (FOLDER / "ca" / "theirs.crt").write_text("mine\n")
    (FOLDER / "trust.yml").write_text("changed\n")
    await world.destroy(KIND, stored, refresh=False)
    assert on_disk() == {"notes.txt": "mine\n", "ca/theirs.crt": "mine\n", "trust.yml": "changed\n"}
    assert any("trust.yml" in text for text in world.warnings)


async def test_two_connections_do_not_share_a_folder(world: World, arguments: Arguments):
    """Each would remove the files of the other."""
    await world.apply(KIND, arguments)
    with pytest.raises(Refused, match='that of alias "onprem"'):
        await world.apply(KIND, {**arguments, "alias": "other"})


async def test_an_apply_that_broke_off_is_taken_up(world: World, arguments: Arguments):
    """State was lost after the files were written: the same object writes on."""
    await world.apply(KIND, arguments)
    (FOLDER / "trust.yml").write_text("half\n")
    stored = await world.apply(KIND, arguments)
    assert on_disk()["trust.yml"].startswith("# Whom")
    assert sorted(on_disk()) == sorted(stored["files"])


async def test_a_folder_that_cannot_be_written_is_told(world: World, arguments: Arguments):
    """With the place, and state that knows what was begun."""
    Path("hand-over").write_text("a file\n")
    with pytest.raises(Refused, match="The folder of the hand-over cannot be used"):
        await world.apply(KIND, arguments)


async def test_import_by_folder_ends_in_an_empty_plan(world: World, arguments: Arguments):
    """The folder tells what it was made of."""
    stored = await world.apply(KIND, arguments)
    imported = await world.import_(KIND, "hand-over/onprem")
    assert imported.state == stored.state
    assert (await world.plan(KIND, arguments, imported)).changed == set()
    assert (await world.import_(KIND, identity={"id": "hand-over/onprem"})).state == stored.state


@pytest.mark.parametrize(
    "content", [None, "{", '{"inputs": 3, "files": {}}', '{"inputs": {}, "files": {"../theirs": "0"}}']
)
async def test_import_of_a_folder_that_tells_nothing(world: World, content: str | None):
    """No guessing."""
    if content is not None:
        FOLDER.mkdir(parents=True)
        (FOLDER / RECORD).write_text(content)
    with pytest.raises(Refused, match=r"holds no|damaged"):
        await world.import_(KIND, str(FOLDER))


async def test_another_folder_replaces(world: World, arguments: Arguments):
    """The old one is cleared."""
    stored = await world.apply(KIND, arguments)
    await world.apply(KIND, {**arguments, "folder": "elsewhere"}, stored)
    assert not FOLDER.exists()
    assert on_disk(Path("elsewhere"))


async def test_a_deployment_that_is_gone_leaves_the_files(world: World, arguments: Arguments, central: dict[str, Any]):
    """The files are still needed to undo the steps; destroy works."""
    stored = await world.apply(KIND, arguments)
    world.control.take_away("deployment", central["id"])
    planned = await world.plan(KIND, arguments, stored)
    assert planned.changed == set()
    assert any("files stay as they are" in text for text in planned.warnings)
    await world.destroy(KIND, stored)
    assert not FOLDER.exists()


@pytest.mark.parametrize("create_first", [False, True])
async def test_a_replacement_by_itself_keeps_the_files(world: World, arguments: Arguments, create_first: bool):
    """The half that removes must not take away what the other half writes."""
    stored = await world.apply(KIND, arguments)
    before = {name: (FOLDER / name).stat().st_mtime_ns for name in stored["files"]}
    after = await world.apply(KIND, arguments, stored, replace=True, create_first=create_first)
    assert after["files"] == stored["files"]
    assert {name: (FOLDER / name).stat().st_mtime_ns for name in after["files"]} == before


async def test_two_objects_of_one_plan_do_not_share_a_folder(world: World, arguments: Arguments):
    """However the folder is spelled."""
    async with world.process() as process:
        await process.plan(KIND, world.given(KIND, arguments), None)
        other = {**arguments, "alias": "other", "folder": "./hand-over//onprem"}
        with pytest.raises(Refused, match="This folder has two owners"):
            await process.plan(KIND, world.given(KIND, other), None)


# sides


async def test_the_proxies_authority_goes_to_those_who_connect(world: World, central: dict[str, Any]):
    """API keys: the local side must know who signed the proxies' certificate."""
    arguments = {
        "folder": "ho", "alias": "central", "security_model": "api_key", "secret_file": "secrets/central",
        "local": {"kind": "self_managed", "name": "onprem"},
        "remote": {"kind": "ece", "name": "central", "deployment_id": central["id"]},
    }  # fmt: skip
    stored = await world.apply(KIND, arguments)
    chain = world.ask("GET", "/platform/configuration/security/tls/proxy")["chain"]
    assert on_disk(Path("ho"))["ca/central.crt"].strip() == chain[-1].strip()
    assert f"cluster.remote.central.server_name: {central['cluster_id']}." in on_disk(Path("ho"))["elasticsearch.yml"]
    public = changed(arguments, "remote", public_ca=True)
    after = await world.apply(KIND, public, stored)
    assert "ca/central.crt" not in after["files"]


async def test_a_deployment_of_another_installation(world: World, central: dict[str, Any], simulator: Simulator):
    """Both sides are read, each in its environment; what is left by hand is the network."""
    world.config = {"environments": {"dr": {"kind": "ece", **world.settings(1)}}}
    orders = world.control.seed(1, name="orders")
    arguments = {
        "folder": "ho", "alias": "orders", "security_model": "certificate",
        "local": {"kind": "ece", "name": "central", "deployment_id": central["id"]},
        "remote": {"kind": "ece", "name": "orders", "deployment_id": orders["id"], "environment": "dr"},
    }  # fmt: skip
    stored = await world.apply(KIND, arguments)
    assert stored["route"] == "O2"
    assert sorted(stored["files"]) == ["README.md", "network.csv"]
    world.config = {"environments": {"paris": {"kind": "ece", **world.settings(1)}}}
    renamed = changed(arguments, "remote", environment="paris")
    after = await world.apply(KIND, renamed, stored)
    assert after["files"] == stored["files"]
    assert simulator.installations[1].environment_id in on_disk(Path("ho"))["README.md"]


async def test_one_installation_is_told_apart(world: World, central: dict[str, Any]):
    """Its hosts must reach their own load balancer."""
    logs = world.control.seed(name="logs")
    arguments = {
        "folder": "ho", "alias": "logs", "security_model": "api_key",
        "local": {"kind": "ece", "name": "central", "deployment_id": central["id"]},
        "remote": {"kind": "ece", "name": "logs", "deployment_id": logs["id"]},
    }  # fmt: skip
    assert (await world.apply(KIND, arguments))["route"] == "O1"
    assert "to its own load balancer" in on_disk(Path("ho"))["network.csv"]


async def test_a_key_that_is_made_by_hand(world: World, central: dict[str, Any]):
    """The request follows the access."""
    arguments = {
        "folder": "ho", "alias": "onprem", "security_model": "api_key", "secret_file": "key",
        "access": {"search": [{"names": ["a-*"]}]},
        "local": {"kind": "ece", "name": "central", "deployment_id": central["id"]},
        "remote": {"kind": "self_managed", "name": "onprem", "address": "onprem.example.com"},
    }  # fmt: skip
    stored = await world.apply(KIND, arguments)
    assert '"a-*"' in on_disk(Path("ho"))["create_key.console"]
    assert (await world.plan(KIND, arguments, stored)).changed == set()
    after = await world.apply(KIND, {**arguments, "access": {"search": [{"names": ["b-*"]}]}}, stored)
    assert '"b-*"' in on_disk(Path("ho"))["create_key.console"]
    assert (await world.import_(KIND, "ho")).state == after.state


async def test_no_secret_is_read(world: World, central: dict[str, Any]):
    """The file of the key is named; what it holds is nowhere."""
    Path("key").write_text("the-secret-itself")
    arguments = {
        "folder": "ho", "alias": "central", "security_model": "api_key", "secret_file": "key",
        "local": {"kind": "eck", "name": "shop", "cluster_name": "shop", "namespace": "elastic",
                  "manifest": json.dumps(MANIFEST)},
        "remote": {"kind": "ece", "name": "central", "deployment_id": central["id"]},
    }  # fmt: skip
    stored = await world.apply(KIND, arguments)
    everything = json.dumps(stored.state) + "".join(on_disk(Path("ho")).values()) + (Path("ho") / RECORD).read_text()
    assert "the-secret-itself" not in everything
    assert "credentials=key" in on_disk(Path("ho"))["keystore.sh"]


# bad input


def _remote(**members: Any) -> Callable[[Arguments], Arguments]:
    return lambda arguments: changed(arguments, "remote", **members)


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        (_remote(address=None), "remote.address", "address is missing"),
        (_remote(ca_pem=None), "remote.ca_pem", "certificate model rests on"),
        (_remote(node_names=None), "remote.node_names", r"reject each other.*\(V44\)"),
        (_remote(deployment_id="0" * 32), "remote.deployment_id", "is no deployment"),
        (_remote(manifest="{}"), "remote.manifest", "does not go with kind self_managed"),
        (_remote(kind="eck", cluster_name="a", namespace="b", manifest="no"), "remote.manifest", "is no JSON"),
        (_remote(kind="eck", cluster_name="a", namespace="b"), "remote.manifest", "replaces a list as a whole"),
        (_remote(name="central"), "remote.name", "could not be told apart"),
        (_remote(egress=["example.com"]), "remote.egress", "Not an address"),
        (lambda arguments: changed(arguments, "local", kind="ech", home="/x"), "local.home", "does not go with"),
    ],
)
async def test_a_wrong_fact_fails_the_plan_at_its_place(
    world: World, arguments: Arguments, change: Callable[[Arguments], Arguments], path: str, words: str
):
    """Before anything is written, with what to change."""
    with pytest.raises(Refused, match=words) as refused:
        await world.plan(KIND, change(arguments))
    assert path in refused.value.paths
    assert not FOLDER.exists()


async def test_unknown_facts_are_planned_without(world: World, arguments: Arguments):
    """A deployment that is made in the same apply, certificates of another object."""
    unknown = changed(changed(arguments, "local", deployment_id=UNKNOWN), "remote", ca_pem=UNKNOWN, node_names=UNKNOWN)
    assert (await world.plan(KIND, unknown)).changed >= {"files", "steps"}


async def test_a_deployment_that_does_not_exist(world: World, arguments: Arguments):
    """Told at its attribute, nothing written."""
    with pytest.raises(Refused, match="There is no deployment"):
        await world.apply(KIND, changed(arguments, "local", deployment_id="0" * 32))
    assert not FOLDER.exists()


async def test_a_deployment_of_another_kind(world: World, arguments: Arguments):
    """Ports, certificates and filters differ by kind: a wrong word would be a wrong run-book."""
    with pytest.raises(Refused, match='environment of kind "ece"') as refused:
        await world.apply(KIND, changed(arguments, "local", kind="ech"))
    assert refused.value.paths == {"local.kind"}


@pytest.mark.parametrize("name", ["dr", "nowhere"])
async def test_a_partner_is_reached_as_a_cluster(world: World, arguments: Arguments, name: str):
    """Settings would be left to Terraform, which has no way there."""
    world.config = {"environments": {"dr": {"kind": "ece", **world.settings(1)}}}
    with pytest.raises(Refused, match=r"The provider has: dr\.") as refused:
        await world.plan(KIND, changed(arguments, "remote", environment=name))
    assert refused.value.paths == {"remote.environment"}


def test_the_page_shows_the_example_that_is_deployed():
    """A snippet that nobody runs teaches arguments that do not exist."""
    root = Path(__file__).resolve().parents[3]
    page = (root / "docs" / "provider" / "hand_over.md").read_text(encoding="utf-8")
    example = (root / "examples" / "terraform" / "ece_hand_over.tf").read_text(encoding="utf-8")
    assert page.startswith("# ece_hand_over\n")
    assert example.strip() in page
