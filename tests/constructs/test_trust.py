"""Trust in an app of several stacks, default trust, and what else deployments need to connect."""

from __future__ import annotations

import pytest
from constructs import Construct

from ece_constructs import (
    Access,
    CrossClusterEnablement,
    DefaultTrust,
    Deployment,
    EceValueError,
    Environment,
    KeystoreSecret,
    Secret,
    TrustRelationship,
)
from ece_constructs.cdk import TerraformStack
from tests.constructs.worlds import SOME_ID, VERSION, World, world

MEMBER, ACCOUNT, EXTERNAL, DIRECT = (
    "ece_deployment_trust_member",
    "ece_deployment_trust_account",
    "ece_deployment_trust_external",
    "ece_deployment_trust_direct",
)


def paris(made: World, *, private: bool = False) -> Environment:
    """A second environment."""
    return Environment(made.app, "paris", env_prefix="PARIS_ECE", private_proxy_ca=private)


def test_a_shared_list_has_no_owner() -> None:
    """Stacks that come later add their clusters; an owner would remove them."""
    made = world()
    DefaultTrust(made.stack, "none", environment=made.ece, trust_all=False)
    later = TerraformStack(made.app, "later")
    central, logs = made.deployment("central"), made.deployment("logs")
    for each in (central, logs):
        each.share_trust()
    central.connect_to(logs, security_model="certificate")
    audit = made.deployment("audit", later)
    audit.share_trust()
    audit.connect_to(central, security_model="certificate")
    template = made.template()
    assert template.resources(ACCOUNT) == {}
    assert {each["trust"] for each in template.resources(MEMBER).values()} == {"account"}
    assert len(template.stack("search").resources(MEMBER)) == 2
    members = template.stack("later").resources(MEMBER)
    assert len(members) == 2, "audit trusts central, and central audit"
    (connection,) = template.stack("later").resources("ece_remote_cluster").values()
    assert sorted(connection["depends_on"]) == sorted(members)


def test_shared_entries_for_another_environment_leave_their_lists_to_members() -> None:
    """CA and relationship stand in one entry, whoever asks first; the clusters are added one by one."""
    made = world()
    later, there = TerraformStack(made.app, "later"), paris(made)
    central, logs = made.deployment("central"), made.deployment("logs")
    orders, stock, more = (
        Deployment(stack, name, environment=there, version=VERSION)
        for name, stack in (("orders", made.stack), ("stock", made.stack), ("more", later))
    )
    trust = TrustRelationship.between(made.ece, there, scope=made.stack)
    central.share_trust()
    logs.share_trust()
    central.connect_to(orders, security_model="certificate", trust=trust)
    central.connect_to(stock, security_model="certificate", trust=trust)
    logs.connect_to(orders, security_model="certificate")
    central.connect_to(more, security_model="certificate", trust=trust, scope=later)
    template = made.template()
    shared = [each for kind in (EXTERNAL, DIRECT) for each in template.resources(kind).values()]
    assert len([each for each in shared if "cluster_ids" not in each]) == 2, "of central and of logs"
    (added,) = template.stack("later").resources(MEMBER).values()
    assert added["trust"].startswith("external/${")
    assert added["trust"].endswith("trust_relationship_id}")
    (direct,) = (each for each in template.resources(MEMBER).values() if each["trust"].startswith("direct/"))
    assert direct["trust"].endswith(".uid}")


def test_sharing_comes_before_the_first_list() -> None:
    """Afterwards the list has an owner, and its address would go."""
    made = world()
    central = made.deployment("central")
    central.connect_to(made.deployment("logs"), security_model="certificate")
    with pytest.raises(EceValueError, match="call it before the first connection by certificate"):
        central.share_trust()


def test_the_ca_of_a_proxy_is_trusted_once_for_all_stacks() -> None:
    """It has no list, so later stacks only come after it."""
    made = world()
    later, there = TerraformStack(made.app, "later"), paris(made, private=True)
    central = made.deployment("central")
    orders, stock = (Deployment(made.stack, name, environment=there, version=VERSION) for name in ("orders", "stock"))
    central.connect_to(orders, access=Access.search("a"))
    central.connect_to(stock, access=Access.search("a"), scope=later)
    template = made.template()
    assert len(template.resources(DIRECT)) == 1
    assert "depends_on" not in template.stack("later").only("ece_remote_cluster")
    assert later.depends_on(made.stack)


def test_deployments_wait_for_the_default_trust() -> None:
    """It counts for deployments that are made later only."""
    made = world()
    other = TerraformStack(made.app, "other")
    DefaultTrust(other, "trust", environment=made.ece, trust_all=False)
    made.deployment()
    made.deployment("audit", other)
    assert made.stack.depends_on(other)
    template = made.template()
    assert template.only("ece_default_trust")["trust_all"] is False
    (address,) = template.stack("other").resources("ece_default_trust")
    assert template.stack("other").only("ece_deployment")["depends_on"] == [address]
    with pytest.raises(EceValueError, match="other/trust sets its default trust already"):
        DefaultTrust(other, "again", environment=made.ece, trust_all=True)


def test_connections_wait_for_the_enablement_of_an_old_deployment() -> None:
    """Before it the old deployment trusts itself alone."""
    made = world()
    old = Deployment.from_id(made.stack, "old", SOME_ID, environment=made.ece)
    made.deployment("central").connect_to(old, security_model="certificate")
    CrossClusterEnablement(made.stack, "enabled", deployment=old)
    template = made.template()
    assert template.only("ece_cross_cluster_enablement")["deployment_id"] == SOME_ID
    (address,) = template.resources("ece_cross_cluster_enablement")
    assert address in template.only("ece_remote_cluster")["depends_on"]
    with pytest.raises(EceValueError, match="search/enabled does it already"):
        CrossClusterEnablement(made.stack, "twice", deployment=old)


def test_a_keystore_entry_holds_the_name_of_a_secret() -> None:
    """The value must reach no file of the CDK."""
    made = world()
    logs = made.deployment()
    named = {"deployment": logs, "name": "s3.client.default.secret_key"}
    KeystoreSecret(made.stack, "s3", **named, value=Secret.from_env("S3_KEY"), value_version=2)
    found = made.template().only("ece_keystore_secret")
    assert (found["name"], found["value_env"], found["value_wo_version"]) == (named["name"], "S3_KEY", 2)
    with pytest.raises(EceValueError, match="not shown") as raised:
        KeystoreSecret(made.stack, "wrong", **named, value="hunter2")  # type: ignore[arg-type]
    assert "hunter2" not in str(raised.value)


class Wrapped(Construct):
    """A class of one's own around a deployment, which shows what a cluster must show and nothing else."""

    def __init__(self, made: World, id_: str, *, inner_id: str = "Resource") -> None:
        super().__init__(made.stack, id_)
        self._inner = made.deployment(inner_id, self)
        self.name, self.environment = self._inner.name, made.ece
        self.cluster_id, self.egress = "", ()


def test_a_class_around_a_deployment_connects_like_it() -> None:
    """Companies hide what their users need not decide; connections must not ask for more than the wrapper."""
    made = world()
    central, shop = made.deployment("central"), Wrapped(made, "shop")
    connection = central.connect_to(shop, access=Access.search("a"))
    assert connection.alias == "shop"
    template = made.template()
    (address,) = (each for each in template.resources("ece_deployment") if ".shop" in each)
    assert template.only("ece_remote_cluster")["remote"] == {"deployment_id": f"${{{address}.id}}"}
    with pytest.raises(EceValueError, match='a construct around one that calls it "Resource"'):
        central.connect_to(Wrapped(made, "other", inner_id="Inner"), access=Access.search("a"))
