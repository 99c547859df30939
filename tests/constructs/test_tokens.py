"""Every option takes a token: a value that Terraform knows later must not be judged, split or rounded at synth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import TerraformVariable

from ece_constructs import Deployment, Environment, IpFilter, RemoteClusterFilter, Tier
from ece_constructs._checks import known
from ece_constructs.cdk import Token
from tests.constructs.worlds import SOME_ID, VERSION, World, world

TEXT = "${var.v}"


def variable(made: World) -> TerraformVariable:
    """Something unknown of any type."""
    return TerraformVariable(made.stack, "v", type="any")


@pytest.mark.parametrize(
    ("option", "form", "expected"),
    [
        ("version", "string", {"version": TEXT}),
        ("name", "string", {"name": TEXT}),
        ("template_id", "string", {"template_id": TEXT}),
        ("tags", "map", {"tags": TEXT}),
        ("timeouts", "map", {"timeouts": TEXT}),
        ("deletion_protection", "any", {"deletion_protection": TEXT}),
        *((tier, "size", {"tiers": {tier: {"size": TEXT}}}) for tier in ("hot", "warm", "cold", "frozen")),
        *((tier, "size", {"tiers": {tier: {"size": TEXT}}}) for tier in ("master", "coordinating", "ml")),
        ("hot", "zones", {"tiers": {"hot": {"size": "8g", "zone_count": TEXT}}}),
        ("kibana", "size", {"kibana": {"size": TEXT}}),
        ("integrations_server", "zones", {"integrations_server": {"size": "8g", "zone_count": TEXT}}),
    ],
)
def test_options_of_a_deployment(option: str, form: str, expected: dict[str, Any]) -> None:
    """Sizes, zones and versions often come from another stack's outputs."""
    made = world()
    Deployment(
        made.stack, "logs", **{"environment": made.ece, "version": VERSION, option: shaped(variable(made), form)}
    )
    made.template().has_resource("ece_deployment", **expected)


def shaped(value: TerraformVariable, form: str) -> Any:
    """The variable in the form that an option wants."""
    forms: dict[str, Callable[[], Any]] = {
        "string": lambda: value.string_value,
        "any": lambda: value.value,
        "number": lambda: value.number_value,
        "list": lambda: value.list_value,
        "map": lambda: Token.as_string_map(value.value),
        "size": lambda: Tier(size=value.string_value),
        "zones": lambda: Tier(size="8g", zones=value.number_value),
    }
    return forms[form]()


@pytest.mark.parametrize(
    ("option", "form", "expected"),
    [
        ("sources", "one", {"rules": [{"source": TEXT}]}),
        ("sources", "list", {"rules": '${[ for key, val in toset(var.v): {"source" = val}]}'}),
        ("name", "string", {"name": TEXT}),
        ("description", "string", {"description": TEXT}),
        ("include_by_default", "any", {"include_by_default": TEXT}),
    ],
)
def test_options_of_an_ip_filter(option: str, form: str, expected: dict[str, Any]) -> None:
    """Addresses often come from a network stack, one by one or as a whole list."""
    made = world()
    given = variable(made)
    value = [given.string_value] if form == "one" else shaped(given, form)
    options: dict[str, Any] = {"sources": ["192.0.2.1"], option: value}
    IpFilter(made.stack, "f", environment=made.ece, **options)
    made.template().has_resource("ece_traffic_filter", **expected)


def test_options_of_a_filter_for_remote_clusters() -> None:
    """Ids of foreign clusters and environments are outputs of other programs."""
    made = world()
    unknown = variable(made).string_value
    RemoteClusterFilter(
        made.stack, "f", environment=made.ece, cluster_ids=[unknown], environment_ids=[unknown], name=unknown
    )
    made.template().has_resource(
        "ece_traffic_filter", name=TEXT, rules=[{"cluster_id": TEXT}, {"environment_id": TEXT}]
    )


@pytest.mark.parametrize(
    ("option", "form"),
    [
        *((name, "string") for name in ("env_prefix", "endpoint", "ca_file", "ca_pem", "ca_fingerprint", "region")),
        *((name, "string") for name in ("client_cert_file", "client_key_file", "request_timeout", "poll_interval")),
        ("insecure", "any"),
        ("max_retries", "number"),
    ],
)
def test_options_of_an_environment(option: str, form: str) -> None:
    """An ECE made in the same apply is reached by what its stack outputs."""
    made = world()
    other = Environment(made.stack, "other", **{"env_prefix": "OTHER", option: shaped(variable(made), form)})
    Deployment(made.stack, "logs", environment=other, version=VERSION)
    (provider,) = made.template().providers()
    assert provider[option] == TEXT


def test_an_egress_address_may_be_a_token() -> None:
    """Addresses of a gateway are known after apply."""
    made = world()
    paris = Environment(made.stack, "paris", env_prefix="PARIS", egress=[variable(made).string_value])
    made.deployment().allow_from(made.office(), Deployment(made.stack, "orders", environment=paris, version=VERSION))
    made.template().has_resource("ece_traffic_filter", rules=[{"source": TEXT, "description": "paris"}])


def test_an_imported_id_may_be_a_token() -> None:
    """The id of a deployment may come from another program's state."""
    made = world()
    unknown = variable(made).string_value
    Deployment.from_id(made.stack, "archive", unknown, environment=made.ece)
    assert [block["id"] for block in made.template().data_sources("ece_deployment").values()] == [TEXT]


def test_a_token_inside_text_stays_one() -> None:
    """Escaping must protect the user's text and leave the token in it alone."""
    made = world()
    Deployment(
        made.stack, "logs", environment=made.ece, version=VERSION, name=f"${{a}}-{variable(made).string_value}-%{{b}}"
    )
    made.template().has_resource("ece_deployment", name="$${a}-${var.v}-%%{b}")


def test_known_looks_everywhere() -> None:
    """The library's own test overlooks tokens inside mappings, and number tokens look like numbers."""
    value = variable(world())
    unknown = [
        value.string_value,
        f"a-{value.string_value}",
        value.number_value,
        value.list_value,
        value.value,
        {"a": [{"b": value.string_value}]},
        {value.string_value: "b"},
        (1, value.number_value),
        Token.as_string_map(value.value),
    ]
    assert [known(each) for each in unknown] == [False] * len(unknown)
    plain = ["${x}", "", -5, 2.5, True, None, ["a"], {"a": {"b": 1}}, -1.7e308, SOME_ID]
    assert [known(each) for each in plain] == [True] * len(plain)
