"""Keys whose time is over, on a remote side that may be out of reach."""

from __future__ import annotations

from dataclasses import dataclass

from ece_client import ApiError, NotFound
from ece_provider.configured import ConfiguredProvider
from ece_provider.sides import Side
from terraform_plugin.resource import Context


@dataclass(frozen=True)
class OldKey:
    """A key that another one takes the place of."""

    remote: Side
    key_id: str

    def is_on(self, side: Side) -> bool:
        """True when the key is on this deployment."""
        return self.remote.facts.id == side.facts.id


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
