"""The steps of a self-managed administrator, in the order that never lets the nodes of a cluster reject each other."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ece_domain.hand_over.content import Step

if TYPE_CHECKING:
    from ece_domain.hand_over.self_managed import SelfManaged


class SelfManagedSteps:
    """The steps of one side."""

    def __init__(self, part: SelfManaged) -> None:
        self._part = part
        self._side = part.side
        self._connection = part.connection
        self._who = f"Elasticsearch administrator of {part.side.name}"
        self._here = f"{part.side.config_folder}/{part.folder}"

    def steps(self) -> Iterator[Step]:
        """All steps, in their order."""
        yield self._copy()
        if self._part.makes_certificates:
            yield self._certificates()
            if not self._connection.is_by_key:
                yield from self._node_certificates()
        if self._part.is_local and self._connection.is_by_key:
            yield self._keystore()
        first, *later = self._part.fragments
        yield self._configure(first, self._what(), required=True)
        yield self._restart()
        for fragment in later:
            yield self._configure(
                fragment,
                "On every node, when all of them were restarted: put the trust file into force.",
                required=False,
            )
            yield self._restart()

    def _what(self) -> str:
        if not self._connection.is_by_key:
            return "On every node: put the CAs and the node's certificate into force."
        if self._part.is_local:
            return f"On every node: tell Elasticsearch about remote cluster {self._connection.alias}."
        return "On every node: switch on the remote cluster server."

    def _copy(self) -> Step:
        source = shlex.quote(f"{self._connection.folder}/.")
        target = shlex.quote(self._here)
        return Step(
            self._who,
            f"On every node: bring this folder there, and copy it to {self._here}.",
            (f"mkdir -p {target}", f"cp -R {source} {target}/"),
            check=f"`ls {self._here}` shows the files; the user of Elasticsearch can read them.",
            undo=f"Last of all: `rm -r {self._here}`.",
            required=True,
        )

    def _certificates(self) -> Step:
        what = (
            "Make the certificate of the remote cluster server, and copy its folder to every node."
            if self._connection.is_by_key
            else "Make certificates that carry the names of instances.yaml, and copy each node's folder to its node. "
            "Every node of the cluster must be among them: one of another name is rejected when the trust file counts."
        )
        return Step(
            self._who,
            what,
            (f"sh {shlex.quote(f'{self._here}/certutil.sh')}",),
            check=f"`ls {self._here}` shows the new folders, each with a certificate and a key.",
            undo="Remove these folders.",
            required=True,
        )

    def _node_certificates(self) -> Iterator[Step]:
        for number, node in enumerate(self._side.node_names):
            place = shlex.quote(f"{self._here}/{node}/{node}")
            yield Step(
                self._who,
                f"On node {node}: take its certificate and key.",
                tuple(f"cp {place}.{end} {shlex.quote(self._here)}/node.{end}" for end in ("crt", "key")),
                check=f"`openssl x509 -in {self._here}/node.crt -noout -subject` names the node.",
                undo=f"Remove node.crt and node.key from {self._here}.",
                required=number == 0,
            )

    def _keystore(self) -> Step:
        return Step(
            self._who,
            f"On every node: put the key from {self._connection.secret_file} into the keystore.",
            (f"sh {shlex.quote(f'{self._here}/keystore.sh')}",),
            check=f"`bin/elasticsearch-keystore list` shows cluster.remote.{self._connection.alias}.credentials.",
            undo=f"`bin/elasticsearch-keystore remove cluster.remote.{self._connection.alias}.credentials`.",
            required=True,
        )

    def _configure(self, fragment: str, what: str, *, required: bool) -> Step:
        script = shlex.quote(f"{self._here}/configure.sh")
        return Step(
            self._who,
            what,
            (f"sh {script} {fragment}",),
            check=f"{self._side.config_folder}/elasticsearch.yml ends with the lines of {fragment}.",
            undo=f"`sh {script} --remove {fragment}`, then restart.",
            required=required,
        )

    def _restart(self) -> Step:
        return Step(
            self._who,
            "Restart the nodes one after the other, each when the cluster is green again.",
            (self._side.restart_command,),
            check="`GET _cluster/health` says green with all nodes.",
            undo="",
            required=True,
        )
