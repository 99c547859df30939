"""Environments: provider blocks per stack, aliases, and what blocks know of each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from constructs import Construct

from ece_constructs import Deployment, EceValueError, Environment, testing
from ece_constructs.cdk import TerraformStack
from tests.constructs.worlds import VERSION, world


def test_one_environment_serves_two_stacks() -> None:
    """A provider block belongs to one stack; a resource that names the block of another one cannot be written."""
    made = world("one")
    two = TerraformStack(made.app, "two")
    made.deployment("a"), made.deployment("b"), made.deployment("c", two)
    template = made.template()
    assert template.stack("one").providers() == template.stack("two").providers() == [{"alias": "ece"}]
    template.stack("two").has_resource("ece_deployment", provider="ece.ece")


def test_aliases_are_made_of_the_path() -> None:
    """Two environments called ``ece`` in different scopes would share one block, and one of them the wrong ECE."""
    made = world()
    inner = Environment(Construct(made.stack, "team b"), "ece", env_prefix="B")
    Deployment(made.stack, "x", environment=inner, version=VERSION)
    made.deployment()
    assert sorted(block["alias"] for block in made.template().providers()) == ["ece", "search_team-b_ece"]


def test_paths_that_give_one_alias_are_refused() -> None:
    """``a_b/c`` and ``a/b_c`` become the same alias."""
    made = world()
    Environment(Construct(made.stack, "a_b"), "c", env_prefix="ONE")
    with pytest.raises(EceValueError, match="search/a/b_c: id is 'b_c': gives the alias search_a_b_c of search/a_b/c"):
        Environment(Construct(made.stack, "a"), "b_c", env_prefix="TWO")


def test_everything_given_arrives() -> None:
    """Each keyword must come out under the provider's name; files as absolute paths, as Terraform runs elsewhere."""
    made = world()
    options: dict[str, Any] = {
        "env_prefix": "PARIS_ECE",
        "endpoint": "https://ece.example.com:12443",
        "ca_pem": "PEM ${x}",
        "ca_fingerprint": "AB",
        "insecure": True,
        "region": "ece-region",
        "request_timeout": "30s",
        "max_retries": 2,
        "poll_interval": "1s",
    }
    files: dict[str, Any] = {
        "ca_file": "ca.pem",
        "client_cert_file": Path("/etc/cert.pem"),
        "client_key_file": "/etc/key.pem",
    }
    paris = Environment(made.stack, "paris", **options, **files)
    Deployment(made.stack, "x", environment=paris, version=VERSION)
    (block,) = made.template().providers()
    assert block.pop("environments") == {"ece": {"kind": "ece", "env_prefix": "ECE"}}
    assert block == {
        **options,
        "alias": "search_paris",
        "ca_pem": "PEM $${x}",
        "ca_file": str(Path.cwd() / "ca.pem"),
        "client_cert_file": "/etc/cert.pem",
        "client_key_file": "/etc/key.pem",
    }


def test_every_block_lists_all_other_environments() -> None:
    """Also one that nothing uses any more: its last connection can only be destroyed by somebody who can reach it."""
    made = world()
    Environment(made.app, "Paris-2", env_prefix="PARIS_ECE", endpoint="https://paris.example.com:12443", region="r")
    made.deployment()
    (block,) = made.template().providers()
    assert block == {
        "alias": "ece",
        "environments": {
            "Paris-2": {
                "kind": "ece",
                "env_prefix": "PARIS_ECE",
                "endpoint": "https://paris.example.com:12443",
                "region": "r",
            }
        },
    }


def test_environments_made_later_are_listed_too() -> None:
    """The order in which a program makes things must not change what is written."""
    made = world()
    made.deployment()
    Environment(made.stack, "late", env_prefix="LATE")
    (block,) = made.template().providers()
    assert list(block["environments"]) == ["search_late"]


def test_two_environments_may_not_share_the_default_variables() -> None:
    """Both would log in to the same ECE, and objects of one would be looked for in the other."""
    made = world()
    second = Environment(made.app, "second", endpoint="https://second.example.com")
    made.deployment()
    Deployment(made.stack, "x", environment=second, version=VERSION)
    with pytest.raises(RuntimeError, match="second and ece would both read ECE_API_KEY: give env_prefix to all"):
        made.template()


def test_one_unnamed_environment_beside_named_ones_is_fine() -> None:
    """All but one need a prefix, not all."""
    made = world()
    paris = Environment(made.app, "paris", env_prefix="PARIS")
    Deployment(made.stack, "x", environment=paris, version=VERSION)
    made.deployment()
    assert len(made.template().providers()) == 2


def test_nothing_secret_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials are read by the provider when Terraform runs, never by the program that synthesizes."""
    monkeypatch.setenv("ECE_API_KEY", "c2VjcmV0LWtleQ")
    made = world()
    made.deployment()
    assert "c2VjcmV0LWtleQ" not in json.dumps(made.template().json())


def test_the_version_constraint_lets_patches_in() -> None:
    """A version given as well would drop the constraint, and pin every stack to one release."""
    made = world()
    made.deployment()
    required = made.template().json()["search"]["terraform"]["required_providers"]
    assert required == {"ece": {"source": "terraform.local/ece/ece", "version": "~> 0.1"}}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"env_prefix": ""}, "paris: env_prefix is '': text is needed, not empty"),
        ({"egress": "192.0.2.1"}, "paris: egress is '192.0.2.1': a list is needed: ['192.0.2.1']"),
        ({"egress": [5]}, "paris: egress is [5]: addresses as text are needed; a list known only later is not"),
        ({"insecure": "yes"}, "paris: insecure is 'yes': True or False is needed"),
        ({"ca_file": 5}, "paris: ca_file is 5: the path of a file is needed"),
    ],
)
def test_a_wrong_value_is_named(options: dict[str, Any], text: str) -> None:
    """The error must tell construct, property, value and what is allowed."""
    with pytest.raises(EceValueError) as raised:
        Environment(testing.app(), "paris", **options)
    assert str(raised.value) == text


def test_egress_must_be_addresses() -> None:
    """A host name in egress would be refused by ECE long after the plan was approved."""
    with pytest.raises(EceValueError, match=r"paris: egress is 'gw.example.com': .*DNS names are not allowed"):
        Environment(testing.app(), "paris", egress=["gw.example.com"])


def test_a_misspelt_attribute_is_refused() -> None:
    """An environment cannot be changed after it was made, not even by mistake."""
    ece = world().ece
    with pytest.raises(AttributeError, match="Environment has no attribute 'endpont'"):
        ece.endpont = "https://x"  # type: ignore[attr-defined]


def test_lookup_is_made_once_per_stack() -> None:
    """The data source is shared: each read of it asks the installation several things."""
    made = world()
    first, second = made.ece.lookup(made.stack), made.ece.lookup(Construct(made.stack, "deep"))
    assert first is second
    assert list(made.template().data_sources("ece_environment")) == ["data.ece_environment.EceEnvironment-ece"]
