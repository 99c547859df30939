"""Puts the files and steps of one connection together."""

from __future__ import annotations

from collections.abc import Iterator

from ece_domain.findings import InvalidValue
from ece_domain.hand_over import terraform_steps
from ece_domain.hand_over.checks import findings
from ece_domain.hand_over.content import HandOver, Step
from ece_domain.hand_over.eck import Eck
from ece_domain.hand_over.facts import Connection
from ece_domain.hand_over.key_request import key_files
from ece_domain.hand_over.network import network_file, network_steps
from ece_domain.hand_over.run_book import run_book
from ece_domain.hand_over.self_managed import SelfManaged
from ece_domain.platforms import Platform


def hand_over(connection: Connection) -> HandOver:
    """All files and steps of a connection: the same facts give the same bytes.

    Raises:
        InvalidValue: a fact is missing or wrong; ``findings`` tells all of them.
    """
    for finding in findings(connection):
        raise InvalidValue(str(finding))
    part = _part(connection)
    files = [network_file(connection), *key_files(connection), *(part.files() if part else ())]
    steps = tuple(_steps(connection, part))
    files.append(run_book(connection, connection.route, files, steps))
    return HandOver(connection.route, tuple(sorted(files, key=lambda file: file.name)), steps)


def _part(connection: Connection) -> SelfManaged | Eck | None:
    side = connection.partner
    if side is None:
        return None
    kind: type[SelfManaged | Eck] = Eck if side.platform is Platform.ECK else SelfManaged
    return kind(connection, side)


def _steps(connection: Connection, part: SelfManaged | Eck | None) -> Iterator[Step]:
    """Network, then the remote side, then the local one, then the alias and the proof."""
    yield from network_steps(connection)
    own: list[Step] = list(part.steps()) if part else []
    is_local = connection.partner is connection.local
    if not is_local:
        yield from own
    yield from terraform_steps.before(connection)
    yield from terraform_steps.authority(connection)
    yield from terraform_steps.filters(connection)
    if is_local:
        yield from own
    yield from terraform_steps.after(connection)
    yield from terraform_steps.roles(connection)
