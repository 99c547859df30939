"""The local side of a key: a deployment whose keystore gets it, or a cluster elsewhere whose key goes into a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ece_domain.remote_clusters import NO_REF_ID, ConnectionId
from ece_provider.configured import ConfiguredProvider
from ece_provider.deployment_reads import Facts
from ece_provider.resources.cross_cluster_api_key.secret_file import SecretFile
from ece_provider.sides import Side, require
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.values import Values

if TYPE_CHECKING:
    from ece_provider.local_cluster import LocalCluster

LOCAL = Path("local")


@dataclass(frozen=True)
class LocalSide:
    """The local side of one key, found."""

    facts: Facts
    side: Side | None
    """None for a cluster that is known by name only."""
    file: SecretFile | None
    """Where the key goes if not into a keystore by API."""

    @property
    def words(self) -> str:
        """The deployment or cluster, for messages."""
        return self.facts.words if self.side is None else self.side.words

    @property
    def cluster(self) -> LocalCluster:
        """Keystore and settings, where keys are written by API."""
        if self.side is None:
            raise TypeError("a cluster known by name only is not reached")
        return self.side.cluster

    def members(self, given: Values) -> Values:
        """The attributes for the state."""
        if self.side is None:
            return {**given, "deployment_id": None, "environment": None, "ref_id": None, "environment_id": None}
        return self.side.members(given)

    def connection_id(self, alias: str) -> str:
        """The id of the key of an alias."""
        return str(ConnectionId(self.facts.id, self.facts.ref_id, alias))


async def require_local(provider: ConfiguredProvider, given: Values) -> LocalSide:
    """Find the local side that ``given`` names.

    Raises:
        DiagnosticError: there is none, it cannot take part, or its key has no place to go to.
        ApiError: it cannot be reached or refuses.
    """
    name, file = given.get("name"), given.get("secret_file")
    if name is not None:
        if file is None:
            raise no_place(f'cluster "{name}"')
        return LocalSide(named_facts(name), None, SecretFile(file))
    side = await require(provider, given, LOCAL)
    if side.cluster.has_keystore_api:
        if file is not None:
            raise needless_file(side.words)
        return LocalSide(side.facts, side, None)
    if file is None:
        raise no_place(side.words)
    return LocalSide(side.facts, side, SecretFile(file))


def named_facts(name: str) -> Facts:
    """What is known of a cluster that has a name only: it stands for the cluster on the label of its keys."""
    return Facts(
        id=NO_REF_ID,
        name=name,
        ref_id=name,
        cluster_id=name,
        endpoint=None,
        https_url=None,
        version=None,
        is_system_owned=False,
        is_deployment=False,
    )


def no_place(words: str) -> DiagnosticError:
    """The refusal to make a key that could not be handed over."""
    return DiagnosticError(
        "The key has no place to go to",
        f"No API writes the keystore of {words}. Give local.secret_file, a file that gets the key, to be put into the "
        "keystore of every node. (For a key that is made elsewhere leave this object out, and set external_secret = "
        "true on the ece_remote_cluster.)",
        LOCAL.attribute("secret_file"),
    )


def needless_file(words: str) -> DiagnosticError:
    """The refusal of a file where the key goes into the keystore by itself."""
    return DiagnosticError(
        "The key goes into the keystore by itself",
        f"The keystore of {words} is written by API, so the key need not lie in a file. Leave secret_file out.",
        LOCAL.attribute("secret_file"),
    )
