"""Deployments: what they lower to, what they refuse, how they can be wrapped and subclassed."""

from __future__ import annotations

from typing import Any

import pytest
from constructs import Construct

import ece_l1 as l1
from ece_constructs import Deployment, EceValueError, Environment, Tier, testing
from ece_constructs.cdk import TerraformOutput, TerraformStack
from tests.constructs.worlds import SOME_ID, VERSION, world


class CompanyDeployment(Deployment):
    """What a team derives: its own defaults, its own attribute."""

    team: str

    def __init__(self, scope: Construct, id_: str, *, environment: Environment, team: str) -> None:
        super().__init__(scope, id_, environment=environment, version=VERSION, tags={"team": team})
        self.team = team


class WrappedDeployment(Construct):
    """What a team wraps: a deployment with company rules around it."""

    def __init__(self, scope: Construct, id_: str, *, environment: Environment) -> None:
        super().__init__(scope, id_)
        self.inner = Deployment(self, "Resource", environment=environment, version=VERSION)


def test_everything_given_arrives() -> None:
    """Each keyword must come out under the provider's name."""
    made = world()
    Deployment(
        made.stack,
        "logs",
        environment=made.ece,
        version=VERSION,
        name="Logs of Berlin",
        template_id="storage-heavy",
        hot=Tier(size="8g", zones=2),
        warm=Tier(size="4g"),
        cold=Tier(size="4g", zones=1),
        frozen=Tier(size="4g", zones=1),
        master=Tier(size="1g", zones=3),
        coordinating=Tier(size="1g"),
        ml=Tier(size="0.5g"),
        kibana=Tier(size="1g"),
        integrations_server=Tier(size="512m"),
        tags={"team": "search"},
        deletion_protection=False,
        timeouts={"create": "30m"},
    )
    assert made.template().only("ece_deployment") == {
        "name": "Logs of Berlin",
        "version": VERSION,
        "template_id": "storage-heavy",
        "tiers": {
            "hot": {"size": "8g", "zone_count": 2},
            "warm": {"size": "4g"},
            "cold": {"size": "4g", "zone_count": 1},
            "frozen": {"size": "4g", "zone_count": 1},
            "master": {"size": "1g", "zone_count": 3},
            "coordinating": {"size": "1g"},
            "ml": {"size": "0.5g"},
        },
        "kibana": {"size": "1g"},
        "integrations_server": {"size": "512m"},
        "tags": {"team": "search"},
        "deletion_protection": False,
        "timeouts": {"create": "30m"},
        "provider": "ece.ece",
    }


def test_what_is_left_out_stays_out() -> None:
    """Defaults belong to the provider: a plan must not show what nobody wrote."""
    made = world()
    made.deployment()
    assert made.template().only("ece_deployment") == {"name": "logs", "version": VERSION, "provider": "ece.ece"}


def test_text_of_the_user_means_nothing_to_terraform() -> None:
    """A tag such as ``${x}`` would be evaluated, and ``%{`` would break the file."""
    made = world()
    Deployment(made.stack, "logs", environment=made.ece, version=VERSION, name="a ${b} %{c}", tags={"t": "${TfToken"})
    made.template().has_resource("ece_deployment", name="a $${b} %%{c}", tags={"t": "$${TfToken"})


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"version": "9.2"}, "search/x: version is '9.2': three numbers are needed, such as \"9.2.0\""),
        ({"version": ""}, "search/x: version is '': text is needed, not empty"),
        ({"name": " "}, "search/x: name is ' ': text is needed, not empty"),
        ({"hot": "8g"}, "search/x: hot is '8g': a tier is needed, such as Tier(size=\"8g\", zones=2)"),
        (
            {"hot": Tier(size="8 GB")},
            "search/x: hot.size is '8 GB': a number and the unit g (gigabytes) or m (megabytes), "
            'such as "8g", "0.5g" or "512m"; did you mean "8g"?',
        ),
        ({"kibana": Tier(size="1g", zones=0)}, "search/x: kibana.zones is 0: a whole number from 1 on is needed"),
        ({"ml": Tier(size="1g", zones=True)}, "search/x: ml.zones is True: a whole number from 1 on is needed"),
        ({"tags": "team"}, 'search/x: tags is \'team\': a mapping is needed, such as {"team": "search"}'),
        ({"tags": {"cost": 4}}, "search/x: tags['cost'] is 4: text is needed"),
        ({"deletion_protection": "no"}, "search/x: deletion_protection is 'no': True or False is needed"),
        ({"environment": "ece"}, "search/x: environment is 'ece': an Environment is needed"),
    ],
)
def test_a_wrong_value_is_named(options: dict[str, Any], text: str) -> None:
    """The error must tell construct, property, value and what is allowed, where the user wrote it."""
    made = world()
    with pytest.raises(EceValueError) as raised:
        Deployment(made.stack, "x", **{"environment": made.ece, "version": VERSION, **options})
    assert str(raised.value) == text
    assert raised.value.path == "search/x"


def test_an_id_that_is_none_is_named() -> None:
    """A deployment taken by its name instead of its id would fail late, at plan."""
    made = world()
    with pytest.raises(EceValueError, match="deployment_id is 'logs': 32 characters of 0-9 and a-f are needed, got 4"):
        Deployment.from_id(made.stack, "x", "logs", environment=made.ece)


def test_outputs_are_references() -> None:
    """What only Terraform knows must come out as a reference, the endpoint as well as the cluster id."""
    made = world()
    logs = made.deployment()
    for name in ("deployment_id", "ref_id", "cluster_id", "cloud_id", "endpoint", "https_url", "kibana_url"):
        TerraformOutput(made.stack, name, value=getattr(logs, name))
    outputs = {name: block["value"] for name, block in made.template().outputs().items()}
    address = "ece_deployment.logs_0B6081B1"
    assert outputs == {
        "deployment_id": f"${{{address}.id}}",
        **{
            name: f"${{{address}.{name}}}"
            for name in ("ref_id", "cluster_id", "cloud_id", "endpoint", "https_url", "kibana_url")
        },
    }


def test_an_imported_deployment_is_only_read() -> None:
    """``from_id`` must never make or change the deployment; its id is known without reading."""
    made = world()
    archive = Deployment.from_id(made.stack, "archive", SOME_ID, environment=made.ece)
    TerraformOutput(made.stack, "cluster", value=archive.cluster_id)
    template = made.template()
    assert template.resources("ece_deployment") == {}
    assert template.data_sources("ece_deployment") == {
        "data.ece_deployment.archive_A318A092": {"id": SOME_ID, "provider": "ece.ece"}
    }
    assert archive.deployment_id == SOME_ID
    assert template.outputs()["cluster"]["value"] == "${data.ece_deployment.archive_A318A092.cluster_id}"


def test_names_follow_the_path_below_the_stack() -> None:
    """Two wrapped deployments must not both be called ``deployment``; ``Resource`` and ``Default`` say nothing."""
    made = world()
    names = [
        made.deployment("Logs").name,
        made.deployment("Deployment", Construct(made.stack, "Team A")).name,
        WrappedDeployment(made.stack, "orders", environment=made.ece).inner.name,
        made.deployment("Default").name,
    ]
    assert names == ["logs", "team a-deployment", "orders", "search"]


def test_a_subclass_behaves_as_a_deployment() -> None:
    """Teams give defaults by subclassing; address and verbs stay those of a deployment."""
    made = world()
    logs = CompanyDeployment(made.stack, "logs", environment=made.ece, team="search")
    logs.allow_from(made.office())
    template = made.template()
    template.has_resource("ece_deployment", name="logs", tags={"team": "search"})
    assert "ece_deployment.logs_0B6081B1" in template.addresses()
    assert logs.team == "search"


def test_a_wrapped_deployment_can_be_a_peer() -> None:
    """A company's wrapper hands out the deployment inside; allowing it must work like any other."""
    made = world()
    inner = WrappedDeployment(made.stack, "orders", environment=made.ece).inner
    made.deployment().allow_from(inner, made.office())
    made.template().has_resource("ece_traffic_filter", name="logs-peers", count=1)


def test_a_misspelt_attribute_is_refused() -> None:
    """Python would accept ``deployment.versoin = …`` in silence, and nothing would change."""
    logs = world().deployment()
    with pytest.raises(AttributeError, match="Deployment has no attribute 'versoin'"):
        logs.versoin = "9.3.0"  # type: ignore[attr-defined]


def test_a_property_cannot_be_set() -> None:
    """Values are given once, to the constructor; a later assignment would not reach the file."""
    logs = world().deployment()
    with pytest.raises(AttributeError, match=r"Deployment\.name cannot be set: give it to the constructor"):
        logs.name = "other"  # type: ignore[misc]


def test_the_terraform_resource_is_at_hand() -> None:
    """What the construct does not offer is reached through its resource, also as the default child."""
    made = world()
    logs = made.deployment()
    assert isinstance(logs.resource, l1.Deployment)
    assert logs.node.default_child is logs.resource
    logs.resource.add_override("lifecycle.ignore_changes", ["tags"])
    made.template().has_resource("ece_deployment", lifecycle={"ignore_changes": ["tags"]})


def test_an_address_can_be_overridden_after_use() -> None:
    """Objects moved from plain Terraform keep their address, even when others refer to the deployment already."""
    made = world()
    logs = made.deployment()
    logs.allow_from(made.office(), made.deployment("central"))
    logs.resource.override_logical_id("logs")
    template = made.template()
    assert "ece_deployment.logs" in template.addresses()
    template.has_resource("ece_traffic_filter_association", count=2, deployment_id="${ece_deployment.logs.id}")


def test_an_environment_of_another_app_is_refused() -> None:
    """Its provider would stand in a stack that is never written."""
    with pytest.raises(EceValueError, match="an environment of the same app is needed"):
        Deployment(world().stack, "x", environment=world().ece, version=VERSION)


def test_a_deployment_outside_a_stack_is_refused() -> None:
    """Below the app itself nothing is written."""
    app = testing.app()
    with pytest.raises(ValueError, match="x: a construct with resources belongs below a TerraformStack"):
        Deployment(app, "x", environment=Environment(app, "ece"), version=VERSION)


def test_stacks_with_equal_ids_below_do_not_collide() -> None:
    """Paths, not ids, tell deployments apart."""
    made = world("one")
    two = TerraformStack(made.app, "two")
    made.deployment("logs"), made.deployment("logs", two)
    assert made.template().addresses() == ["one: ece_deployment.logs_0B6081B1", "two: ece_deployment.logs_0B6081B1"]
