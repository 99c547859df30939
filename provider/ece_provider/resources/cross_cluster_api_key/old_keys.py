"""Keys whose time is over, on a remote side that may be out of reach."""

from __future__ import annotations

from dataclasses import dataclass

from ece_client import ApiError, NotFound
from ece_domain.remote_clusters import credentials_setting
from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.cross_cluster_api_key.secret_file import PATH, SecretFile
from ece_provider.sides import Side
from terraform_plugin.resource import Context, CreateContext, UpdateContext


@dataclass(frozen=True)
class OldKey:
    """A key that another one takes the place of."""

    remote: Side
    key_id: str

    def is_on(self, side: Side) -> bool:
        """True when the key is on this deployment."""
        return self.remote.is_same(side)


async def end_elsewhere(context: Context[ConfiguredProvider], old: OldKey) -> None:
    """Invalidate a key on another deployment than the new one's; that this fails must not undo what works."""
    try:
        await (await old.remote.elasticsearch()).invalidate_api_keys([old.key_id])
    except NotFound:
        return
    except ApiError as problem:
        context.diagnostics.warning(
            "The old key is still valid",
            f"Key {old.key_id} on {old.remote.words} is not used any more, but could not be invalidated: {problem}. "
            f'Do it there: DELETE /_security/api_key {{"ids": ["{old.key_id}"]}}.',
        )


def tell_to_deliver(
    context: CreateContext[ConfiguredProvider] | UpdateContext[ConfiguredProvider],
    file: SecretFile,
    old: OldKey | None,
    *,
    is_here: bool,
) -> None:
    """Say that a new key lies in the file, and what becomes of the one before; ``is_here``: on the same remote side."""
    alias = context.planned["local"]["alias"]
    stays = ""
    if old is not None:
        until = "valid until the next rotation or destroy" if is_here else "valid"
        stays = (
            f" Key {old.key_id} on {old.remote.words}, which it takes the place of, stays {until}, as nobody can see "
            f'when that is done. To end it: DELETE /_security/api_key {{"ids": ["{old.key_id}"]}}.'
        )
    context.diagnostics.warning(
        "The new key has to be delivered",
        f"{file.name} holds a new key for alias {alias}. Put it into the keystore of every node as "
        f"{credentials_setting(alias)}, and let the nodes reload their secure settings.{stays}",
        PATH,
    )
