"""``allow_from``: rule sets, associations and their order, in one stack and across stacks."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ece_constructs import Deployment, EceValueError, Environment, IpFilter, RemoteClusterFilter
from ece_constructs.cdk import App, TerraformStack
from tests.constructs.worlds import SOME_ID, VERSION, World, world

ALLOW_OFFICE = "${ece_traffic_filter_association.logs_Allow_office_4ADEBB5C.id}"
PEERS = "ece_traffic_filter.logs_Peers_8A6C3CA1"


def paris_in(made: World, *egress: str) -> Environment:
    """A second environment."""
    return Environment(made.app, "paris", env_prefix="PARIS_ECE", egress=egress or ("203.0.113.0/28",))


def orders_in(made: World, stack: TerraformStack | None = None, *egress: str) -> Deployment:
    """A deployment of the second environment."""
    return Deployment(stack or made.stack, "orders", environment=paris_in(made, *egress), version=VERSION)


def test_a_filter_is_attached_once() -> None:
    """Naming a filter again is not a second association, which ECE would answer for but Terraform could not hold."""
    made = world()
    logs, office = made.deployment(), made.office()
    logs.allow_from(office)
    logs.allow_from(office, office)
    assert made.template().only("ece_traffic_filter_association") == {
        "deployment_id": "${ece_deployment.logs_0B6081B1.id}",
        "traffic_filter_id": "${ece_traffic_filter.office_8E60430F.id}",
        "provider": "ece.ece",
    }


def test_one_filter_serves_many_deployments() -> None:
    """Rule sets are limited to 512: an office is one, whoever uses it."""
    made = world()
    office = made.office()
    for number in range(3):
        made.deployment(f"d{number}").allow_from(office)
    template = made.template()
    assert len(template.resources("ece_traffic_filter")) == 1
    assert len(template.resources("ece_traffic_filter_association")) == 3


def test_peers_of_one_stack_share_a_rule_set() -> None:
    """One set per deployment and kind; another peer adds a rule, not a set."""
    made = world()
    logs = made.deployment()
    logs.allow_from(made.deployment("central"), made.office())
    logs.allow_from(made.deployment("audit"), logs_archive(made))
    assert made.template().resources("ece_traffic_filter")[PEERS] == {
        "name": "logs-peers",
        "type": "remote_cluster",
        "provider": "ece.ece",
        "rules": [
            {
                "cluster_id": "${data.ece_deployment.archive_A318A092.cluster_id}",
                "description": "${data.ece_deployment.archive_A318A092.name}",
            },
            {"cluster_id": "${ece_deployment.audit_A48D740E.cluster_id}", "description": "audit"},
            {"cluster_id": "${ece_deployment.central_358EFA7F.cluster_id}", "description": "central"},
        ],
    }


def logs_archive(made: World) -> Any:
    """An imported deployment of the same environment."""
    return Deployment.from_id(made.stack, "archive", SOME_ID, environment=made.ece)


def test_addresses_come_before_clusters_whatever_the_order_of_calls() -> None:
    """Sets for clusters alone lock out all users: they must wait for the sets of users, in every order."""
    results = []
    for order in itertools.permutations(range(4)):
        made = world()
        logs = made.deployment()
        peers = RemoteClusterFilter(made.stack, "peers", environment=made.ece, cluster_ids=[SOME_ID])
        sources: list[Any] = [made.office(), made.deployment("central"), orders_in(made), peers]
        for index in order:
            logs.allow_from(sources[index])
        results.append(made.template().json())
    assert all(result == results[0] for result in results)
    associations = results[0]["search"]["resource"]["ece_traffic_filter_association"]
    requires = {name: block.get("requires") for name, block in associations.items()}
    assert requires == {
        "logs_Allow_office_4ADEBB5C": None,
        "logs_Egress_Association_D56CE772": [ALLOW_OFFICE],
        "logs_Peers_Association_A8739015": [ALLOW_OFFICE],
        "logs_Allow_peers_809A2854": [ALLOW_OFFICE],
    }


def test_egress_of_another_environment_becomes_rules() -> None:
    """Rules for clusters do not reach another installation; its addresses do, each once."""
    made = world()
    paris = paris_in(made, "203.0.113.0/28", "203.0.113.64/28")
    peers = [Deployment(made.stack, name, environment=paris, version=VERSION) for name in ("orders", "stock")]
    made.deployment().allow_from(made.office(), *peers)
    made.template().has_resource(
        "ece_traffic_filter",
        count=1,
        name="logs-egress",
        type="ip",
        rules=[
            {"source": "203.0.113.0/28", "description": "paris"},
            {"source": "203.0.113.64/28", "description": "paris"},
        ],
    )


def test_a_peer_of_another_stack_brings_its_own_rule_set() -> None:
    """A reference back from the deployment's stack would close a circle between the stacks."""
    made = world()
    other = TerraformStack(made.app, "other")
    logs = made.deployment()
    logs.allow_from(made.office(), made.deployment("central", other), orders_in(made, other))
    template = made.template()
    assert "data" not in made_json(template, "search")
    assert sorted(block["name"] for block in template.stack("other").resources("ece_traffic_filter").values()) == [
        "logs-egress-other",
        "logs-peers-other",
    ]
    remote = "data.terraform_remote_state.cross-stack-reference-input-search.outputs"
    office = f"{remote}.cross-stack-output-ece_traffic_filter_associationlogs_Allow_office_4ADEBB5Cid"
    template.stack("other").has_resource(
        "ece_traffic_filter_association",
        count=2,
        deployment_id=f"${{{remote}.cross-stack-output-ece_deploymentlogs_0B6081B1id}}",
        requires=[f"${{{office}}}"],
    )


def made_json(template: Any, stack: str) -> Any:
    """The JSON of one stack."""
    return template.json()[stack]


def test_connections_both_ways_between_two_stacks_close_no_circle() -> None:
    """Only one stack may refer to the other: the rule set of a peer and the filter it uses stand apart."""
    made = world()
    other = TerraformStack(made.app, "other")
    logs, central = made.deployment(), made.deployment("central", other)
    office = made.office()
    logs.allow_from(office, central)
    central.allow_from(office)
    assert "terraform_remote_state" in made_json(made.template(), "other")["data"]


def test_a_filter_of_another_stack_is_attached_at_the_deployment() -> None:
    """Shared filters stand in a stack of their own, which knows nothing of those who use them."""
    made = world("network")
    stack = TerraformStack(made.app, "search")
    made.deployment("logs", stack).allow_from(made.office())
    template = made.template()
    assert template.stack("network").resources("ece_traffic_filter_association") == {}
    assert list(template.stack("search").resources("ece_traffic_filter_association")) == [
        "ece_traffic_filter_association.logs_Allow_network_office_C96A50A9"
    ]


def test_an_environment_lets_all_its_clusters_in() -> None:
    """The own environment by its id, another one by its addresses."""
    made = world()
    made.deployment().allow_from(made.office(), made.ece, paris_in(made))
    template = made.template()
    environment_id = "${data.ece_environment.EceEnvironment-ece.environment_id}"
    template.has_resource(
        "ece_traffic_filter",
        type="remote_cluster",
        rules=[{"environment_id": environment_id, "description": "ece"}],
    )
    template.has_resource("ece_traffic_filter", type="ip", rules=[{"source": "203.0.113.0/28", "description": "paris"}])


def test_clusters_alone_would_lock_users_out() -> None:
    """The whole tree decides: the filter for users may come later, or never."""
    made = world()
    made.deployment().allow_from(made.deployment("central"))
    with pytest.raises(RuntimeError, match=r"\[search/logs\] allow_from: stack search lets in remote clusters only"):
        made.template()


def test_addresses_of_clusters_let_no_users_in() -> None:
    """The egress of another environment is machines: with it alone all users would be locked out as well."""
    made = world()
    logs = made.deployment()
    logs.allow_from(orders_in(made))
    with pytest.raises(RuntimeError, match="stack search lets in remote clusters only"):
        made.template()
    logs.allow_from(made.office())
    made.template()


def test_addresses_in_another_stack_do_not_help() -> None:
    """The deployment's stack is applied first: until the other one follows, users would be locked out."""
    made = world()
    other = TerraformStack(made.app, "other")
    made.deployment().allow_from(made.deployment("central"), orders_in(made, other))
    with pytest.raises(RuntimeError, match="stack search lets in remote clusters only"):
        made.template()


def test_a_lockout_that_is_meant_can_be_said() -> None:
    """A deployment that serves remote clusters only is legitimate, and the provider must be told too."""
    made = world()
    logs = made.deployment()
    logs.allow_from(made.deployment("central"))
    logs.allow_from(acknowledge_lockout=True)
    association = made.template().only("ece_traffic_filter_association")
    assert (association["acknowledge_lockout"], "requires" in association) == (True, False)


def test_an_imported_deployment_may_have_filters_of_its_own() -> None:
    """Somebody else may have attached addresses already: the provider looks, the synth cannot."""
    made = world()
    logs_archive(made).allow_from(made.deployment("central"))
    assert "requires" not in made.template().only("ece_traffic_filter_association")


def test_too_many_peers_are_counted_at_synth() -> None:
    """ECE takes 128 rules in a set; the list is known only when the tree is complete."""
    made = world()
    logs = made.deployment()
    logs.allow_from(made.office())
    for number in range(129):
        logs.allow_from(Deployment.from_id(made.stack, f"p{number}", SOME_ID, environment=made.ece))
    with pytest.raises(RuntimeError, match="129 peers of one stack, at most 128 are allowed in one rule set"):
        made.template()


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        ((), "search/logs: allow_from is (): at least one source is needed"),
        (
            ("192.0.2.1",),
            "search/logs: allow_from is '192.0.2.1': a traffic filter, a cluster or an environment is needed, "
            "such as IpFilter(…)",
        ),
        ((["192.0.2.1"],), "search/logs: allow_from is ['192.0.2.1']: a traffic filter, a cluster or an environment"),
    ],
)
def test_what_is_no_source_is_named(sources: tuple[Any, ...], text: str) -> None:
    """Addresses as bare text are the first thing a newcomer tries."""
    with pytest.raises(EceValueError) as raised:
        world().deployment().allow_from(*sources)
    assert str(raised.value).startswith(text)


def test_a_deployment_cannot_allow_itself() -> None:
    """It is never filtered from itself; the call is a slip of names."""
    logs = world().deployment()
    with pytest.raises(EceValueError, match="allow_from is Deployment search/logs: a deployment always reaches itself"):
        logs.allow_from(logs)


def test_a_filter_of_another_environment_is_refused() -> None:
    """A rule set belongs to one installation."""
    made = world()
    foreign = IpFilter(made.stack, "f", environment=paris_in(made), sources=["192.0.2.1"])
    with pytest.raises(EceValueError, match="allow_from is IpFilter search/f: a filter of ece is needed"):
        made.deployment().allow_from(foreign)


def test_a_peer_without_addresses_is_told_how_to_give_them() -> None:
    """The addresses of another installation cannot be guessed."""
    made = world()
    paris = Environment(made.app, "paris", env_prefix="PARIS")
    orders = Deployment(made.stack, "orders", environment=paris, version=VERSION)
    with pytest.raises(EceValueError, match="its addresses are needed: give paris egress="):
        made.deployment().allow_from(orders)


class Shop:
    """A cluster that nobody manages here: any object with these members will do."""

    def __init__(self, made: World) -> None:
        self._made = made

    @property
    def node(self) -> Any:
        """Its place: that of the stack, for the test."""
        return self._made.stack.node

    @property
    def name(self) -> str:
        """Its name."""
        return "shop"

    @property
    def environment(self) -> Environment | None:
        """It runs elsewhere."""
        return None

    @property
    def cluster_id(self) -> str:
        """Its cluster id."""
        return SOME_ID

    @property
    def egress(self) -> list[str]:
        """Where it calls from."""
        return ["192.0.2.128/25"]


def test_any_object_of_the_shape_is_a_cluster() -> None:
    """Companies have clusters of kinds we do not know; the protocol is the only demand."""
    made = world()
    made.deployment().allow_from(Shop(made), made.office())
    made.template().has_resource(
        "ece_traffic_filter", rules=[{"source": "192.0.2.128/25", "description": "shop"}], name="logs-egress"
    )


class Plain:
    """The same without properties."""

    def __init__(self, made: World) -> None:
        self.node = made.stack.node
        self.name = "plain"
        self.environment = made.ece
        self.cluster_id = SOME_ID
        self.egress: list[str] = []


def test_attributes_will_do_as_well_as_properties() -> None:
    """A class of a few plain attributes is what most people write first."""
    made = world()
    made.deployment().allow_from(Plain(made), made.office())
    made.template().has_resource("ece_traffic_filter", rules=[{"cluster_id": SOME_ID, "description": "plain"}])


def test_validations_show_although_other_stacks_lower(tmp_path: Any) -> None:
    """All texts of a stack come at once, with the paths of their constructs, and nothing half is taken for whole."""
    made = world()
    made.deployment("one").allow_from(made.deployment("two"))
    made.deployment("three").allow_from(made.deployment("four"))
    with pytest.raises(RuntimeError) as raised:
        App.synth(made.app)
    assert all(f"[search/{name}] allow_from" in str(raised.value) for name in ("one", "three"))
