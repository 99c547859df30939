"""The generated classes: what they write, in JSON and HCL, and what they refuse."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import Any

import pytest
from constructs import Construct

import ece_l1 as l1
from ece_constructs import cdk
from ece_constructs.cdk import TerraformStack
from tests.constructs.worlds import World, world
from tools.generate_l1 import RESERVED


class Kind(Enum):
    """A choice in user code."""

    IP = "ip"


def provider_in(made: World) -> l1.EceProvider:
    """A provider block without an environment around it."""
    return l1.EceProvider(made.stack, "ece", endpoint="https://ece.example.com")


def test_two_aliases_in_plain_l1() -> None:
    """The base class forgets an alias: both blocks and all resources would come out as ``ece``."""
    made = world()
    for alias in ("one", "two"):
        provider = l1.EceProvider(made.stack, alias, alias=alias, env_prefix=alias.upper())
        l1.Deployment(made.stack, f"d-{alias}", name=alias, version="9.2.0", provider=provider)
    template = made.template()
    assert template.providers() == [{"alias": "one", "env_prefix": "ONE"}, {"alias": "two", "env_prefix": "TWO"}]
    template.has_resource("ece_deployment", name="two", provider="ece.two")


def test_an_alias_can_be_set_later() -> None:
    """Aspects and wrappers may give it."""
    made = world()
    provider = provider_in(made)
    provider.alias = "late"
    assert made.template().providers() == [{"alias": "late", "endpoint": "https://ece.example.com"}]


def test_keys_of_the_user_stay_as_they_are() -> None:
    """The library turns keys of provider blocks into snake case: ``Paris-2`` would be another environment."""
    made = world()
    l1.EceProvider(made.stack, "ece", environments={"Paris-2": {"kind": "ece", "env_prefix": "PARIS"}})
    assert made.template().providers() == [{"environments": {"Paris-2": {"kind": "ece", "env_prefix": "PARIS"}}}]


def test_overrides_work() -> None:
    """The way out for whatever a class does not offer, on resources and on the provider."""
    made = world()
    provider = provider_in(made)
    provider.add_override("max_retries", 7)
    l1.Deployment(made.stack, "d", name="d", version="9.2.0").add_override("tags.team", "search")
    template = made.template()
    assert template.providers() == [{"endpoint": "https://ece.example.com", "max_retries": 7}]
    template.has_resource("ece_deployment", tags={"team": "search"})


def test_python_values_become_json() -> None:
    """Tuples, sets, networks and the like crash the library far from where they were written."""
    made = world()
    provider_in(made)
    l1.TrafficFilter(
        made.stack,
        "f",
        name="f",
        type=Kind.IP,  # type: ignore[arg-type]
        rules=({"source": IPv4Network("192.0.2.0/24")},),  # type: ignore[typeddict-item]
    )
    l1.Deployment(made.stack, "d", name="d", version="9.2.0", tags=MappingProxyType({"A": "b", "none": None}))  # type: ignore[dict-item]
    l1.TrafficFilterAssociation(made.stack, "a", deployment_id="d", traffic_filter_id="f", requires={"b", "a"})  # type: ignore[arg-type]
    template = made.template()
    template.has_resource("ece_traffic_filter", type="ip", rules=[{"source": "192.0.2.0/24"}])
    assert template.only("ece_deployment")["tags"] == {"A": "b"}
    template.has_resource("ece_traffic_filter_association", requires=["a", "b"])


def test_large_numbers_are_not_rounded() -> None:
    """Between Python and the library numbers are floats; Terraform reads digits as well."""
    made = world()
    l1.EceProvider(made.stack, "ece", max_retries=2**53 + 1)
    assert made.template().providers() == [{"max_retries": "9007199254740993"}]


@dataclass
class Something:
    """A value without a JSON form."""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": Something()}, r"search/d: tags\['a'\]: Something has no JSON form"),
        ({"a": datetime.date(2025, 1, 1)}, r"search/d: tags\['a'\]: date has no JSON form"),
        ({"a": [b"x"]}, r"search/d: tags\['a'\]\[0\]: bytes has no JSON form"),
    ],
)
def test_what_has_no_json_form_is_named_at_once(value: Any, text: str) -> None:
    """At synth the same mistake would hide all validations and tell no place."""
    with pytest.raises(TypeError, match=text):
        l1.Deployment(world().stack, "d", name="d", version="9.2.0", tags=value)


def test_a_construct_is_no_value() -> None:
    """``deployment_id=deployment`` instead of its id would send the library round in circles."""
    made = world()
    with pytest.raises(TypeError, match="search/a: deployment_id: Deployment has no JSON form; use one of its attri"):
        l1.TrafficFilterAssociation(
            made.stack,
            "a",
            deployment_id=made.deployment(),  # type: ignore[arg-type]
            traffic_filter_id="f",
        )


def test_a_deferred_value_is_asked_for_at_the_end() -> None:
    """Lists that grow while the program runs are written as they are in the end; None leaves the argument out."""
    made = world()
    provider_in(made)
    rules: list[Any] = []
    l1.TrafficFilter(
        made.stack,
        "f",
        name="f",
        type="ip",
        description=l1.Deferred(lambda: None),
        rules=l1.Deferred(lambda: [{"source": each} for each in rules]),
    )
    rules.append("192.0.2.1")
    assert made.template().only("ece_traffic_filter") == {"name": "f", "type": "ip", "rules": [{"source": "192.0.2.1"}]}


def test_a_deferred_reference_crosses_stacks() -> None:
    """A reference made anew at each asking would not know that it crosses, and would dangle without any error."""
    made = world("one")
    provider = provider_in(made)
    two = TerraformStack(made.app, "two")
    l1.EceProvider(two, "ece")
    first = l1.Deployment(made.stack, "d", name="d", version="9.2.0", provider=provider)
    l1.Deployment(two, "d", name=l1.Deferred(lambda: f"{first.name}-2"), version=l1.Deferred(lambda: first.version))
    block = made.template().stack("two").only("ece_deployment")
    assert block["name"].startswith("${data.terraform_remote_state.")
    assert block["version"].startswith("${data.terraform_remote_state.")


def test_arguments_can_be_read_and_not_written() -> None:
    """Policies look at what was given (``every deployment has a tag team``)."""
    deployment = l1.Deployment(world().stack, "d", name="d", version="9.2.0", tags={"team": "search"})
    assert deployment.arguments["tags"] == {"team": "search"}
    with pytest.raises(TypeError):
        deployment.arguments["name"] = "x"  # type: ignore[index]
    with pytest.raises(AttributeError, match=r"Deployment\.name cannot be set"):
        deployment.name = "x"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="Deployment has no attribute 'nmae'"):
        deployment.nmae = "x"  # type: ignore[attr-defined]


def test_depends_on_takes_blocks() -> None:
    """The one way to order what does not refer to each other."""
    made = world()
    provider_in(made)
    first = l1.Deployment(made.stack, "a", name="a", version="9.2.0")
    l1.Deployment(made.stack, "b", name="b", version="9.2.0", depends_on=[first], lifecycle={"prevent_destroy": True})
    made.template().has_resource(
        "ece_deployment", name="b", depends_on=["ece_deployment.a"], lifecycle={"prevent_destroy": True}
    )


def test_hcl_holds_what_json_holds() -> None:
    """Without a method of its own the library writes empty blocks; and it guesses at text that looks like HCL."""
    made = world()
    deployment = l1.Deployment(
        made.stack,
        "d",
        name='[x] "quoted" $${y}',
        version="9.2.0",
        tags={"Aa": "line\nline", "b.c": "{z}"},
        tiers={"hot": {"size": "8g", "zone_count": 2}},
        deletion_protection=False,
    )
    provider = provider_in(made)
    provider.alias = "here"
    l1.TrafficFilterAssociation(
        made.stack, "a", deployment_id=deployment.id, traffic_filter_id="123", requires=[f"x-{deployment.id}", "y"]
    )
    hcl = normalized(cdk.Testing.synth_hcl(made.stack))
    for expected in (
        'name = "[x] \\"quoted\\" $${y}"',
        'tags = { Aa = "line\\nline" "b.c" = "{z}" }',
        'tiers = { hot = { size = "8g" zone_count = 2 } }',
        "deletion_protection = false",
        'deployment_id = "${ece_deployment.d.id}"',
        'traffic_filter_id = "123"',
        'requires = [ "x-${ece_deployment.d.id}", "y", ]',
        'provider "ece" { endpoint = "https://ece.example.com" alias = "here" }',
    ):
        assert expected in hcl


def normalized(text: str) -> str:
    """The text with single blanks."""
    return " ".join(text.split())


def test_reserved_names_cover_the_base_classes() -> None:
    """An argument named like a member of the library's classes would override it and crash the synth."""
    members = {
        name
        for base in (l1.Deployment, l1.DataDeployment, l1.EceProvider)
        for parent in base.__mro__[1:]
        for name in vars(parent)
        if not name.startswith("_") and name.islower()
    }
    assert members - RESERVED == set()


def test_constructs_are_told_by_their_class() -> None:
    """Aspects look for ``isinstance(node, l1.Deployment)`` among all constructs of a tree."""
    made = world()
    made.deployment("a", Construct(made.stack, "team"))
    found = [node for node in made.app.node.find_all() if isinstance(node, l1.Deployment)]
    assert [node.node.path for node in found] == ["search/team/a/Resource"]
