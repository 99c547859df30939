"""Partners outside of ECE: what is refused at synth."""

from __future__ import annotations

from typing import Any

import pytest

from ece_constructs import EceValueError, ElasticsearchApi, Secret, TrustRelationship
from tests.constructs.worlds import CA_PEM, SEARCH, World, api, eck, hosted, self_managed, world


def two_partners(made: World) -> None:
    """Neither side is a deployment."""
    self_managed(made).connect_to(eck(made), access=SEARCH, secret_file="/secrets/c")


def no_address(made: World) -> None:
    """Nothing tells where the remote is."""
    made.deployment("central").connect_to(self_managed(made, api=api("onprem"), address=None), access=SEARCH)


def no_secret_file(made: World) -> None:
    """The key would go nowhere."""
    self_managed(made).connect_to(made.deployment("central"), access=SEARCH)


def needless_secret_file(made: World) -> None:
    """The keystore is written by API."""
    made.deployment("central").connect_to(made.deployment("logs"), access=SEARCH, secret_file="/secrets/c")


def no_secret(made: World) -> None:
    """Nobody makes a key."""
    made.deployment("central").connect_to(self_managed(made), access=SEARCH)


def needless_secret(made: World) -> None:
    """The key is made here."""
    key = Secret.from_env("KEY")
    made.deployment("central").connect_to(self_managed(made, api=api("onprem")), access=SEARCH, secret=key)


def life_of_a_foreign_key(made: World) -> None:
    """Its administrator makes the key, and makes the next one."""
    made.deployment("central").connect_to(
        self_managed(made), access=SEARCH, secret=Secret.from_env("KEY"), expiration="90d"
    )


def no_server_ca(made: World) -> None:
    """The server's certificate would not be trusted."""
    made.deployment("central").connect_to(self_managed(made, api=api("onprem"), ca_pem=()), access=SEARCH)


def own_nodes_locked_out(made: World) -> None:
    """A trust file without the cluster's own nodes breaks the cluster."""
    silent = self_managed(made, scope_id=None, cluster_id=None, node_names=())
    made.deployment("central").connect_to(silent, security_model="certificate")


def no_manifest(made: World) -> None:
    """A patch of lists needs the lists."""
    eck(made, manifest=None).connect_to(made.deployment("central"), access=SEARCH, secret_file="/secrets/c")


def platform_trust(made: World) -> None:
    """Platform trust is between installations of ECE."""
    elastic = hosted(made)
    relationship = TrustRelationship(made.stack, "t", first=made.ece, second=elastic.environment)
    made.deployment("central").connect_to(elastic, security_model="certificate", trust=relationship)


@pytest.mark.parametrize(
    ("program", "text"),
    [
        (two_partners, r"search/onprem/Remote/eck: remote is .*one side of a connection is a deployment on"),
        (no_address, r'remote is .*it tells no address: give it address="onprem\.example\.com"'),
        (no_secret_file, r"secret_file is None: no API writes the keystore of onprem: name the file that gets the key"),
        (needless_secret_file, r"secret_file is '/secrets/c': no key goes to people here"),
        (no_secret, r"secret is None: no API makes a key on onprem: give the cluster api=ElasticsearchApi"),
        (needless_secret, r"secret is '\(not shown\)': the key is made here; leave it out"),
        (life_of_a_foreign_key, r"expiration is '90d': no API reaches search/onprem: its administrator makes the key"),
        (no_server_ca, r"the CA of its remote cluster server is needed: give it ca_pem=\[…\], or public_ca=True"),
        (own_nodes_locked_out, r"remote\.node_names is .*lock out the cluster's own nodes.*V44"),
        (no_manifest, r"local\.manifest is .*manifest is needed"),
        (platform_trust, r"trust is .*is between two installations of ECE"),
    ],
)
def test_what_cannot_work_is_told_where_it_is_written(program: Any, text: str) -> None:
    """Each of these is found by hand today, after hours: path, argument and the way out are in the message."""
    with pytest.raises(EceValueError, match=text):
        program(world())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"version": "9"}, "version is '9'"),
        ({"address": "https://onprem.example.com"}, "address is 'https://onprem.example.com'"),
        ({"ca_pem": CA_PEM}, "ca_pem is .*a list is needed"),
        ({"ca_pem": ["no certificate"]}, "ca_pem is 'no certificate'"),
        ({"egress": ["onprem.example.com"]}, "egress is 'onprem.example.com'.*DNS names are not allowed"),
        ({"api": "ONPREM"}, "api is 'ONPREM': ElasticsearchApi"),
        ({"api": ElasticsearchApi(env_prefix="")}, r"api\.env_prefix is ''"),
        ({"public_ca": "no"}, "public_ca is 'no': True or False"),
        ({"name": ""}, "name is ''"),
    ],
)
def test_wrong_facts_of_a_partner_are_named(options: dict[str, Any], text: str) -> None:
    """The facts come from another team, by mail: what is wrong with them must be seen before anything is deployed."""
    with pytest.raises(EceValueError, match=f"search/onprem: {text}"):
        self_managed(world(), **options)


def test_two_partners_do_not_read_the_same_variables() -> None:
    """A copied line would have one cluster's keys made on the other one."""
    made = world()
    self_managed(made, api=api("onprem"))
    with pytest.raises(EceValueError, match=r"search_onprem reads ONPREM_ENDPOINT as well: give this one another"):
        self_managed(made, "second", api=api("onprem"))
    self_managed(made, "third", api=ElasticsearchApi(env_prefix="ONPREM", endpoint="https://third.example.com"))


def test_a_manifest_that_is_none_is_refused() -> None:
    """A patch made from another resource would take node sets away."""
    with pytest.raises(EceValueError, match=r"search/eck: manifest is .*spec\.nodeSets is missing"):
        eck(world(), manifest={"metadata": {"name": "shop"}, "spec": {}})


def test_versions_of_partners_are_judged() -> None:
    """The version is in the program, so the pair is judged before the deploy."""
    made = world()
    old = self_managed(made, version="8.10.0", api=api("onprem"))
    with pytest.raises(EceValueError, match=r"on 8\.10\.0\..*V4"):
        made.deployment("central").connect_to(old, access=SEARCH, security_model="api_key")
