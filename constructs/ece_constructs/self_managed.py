"""Self-managed clusters: nodes that somebody installed, as partners of connections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from constructs import Construct

from ece_constructs._checks import text
from ece_constructs._scopes import place_of
from ece_constructs.partner import ElasticsearchApi, PartnerCluster
from ece_domain.platforms import Platform


class SelfManagedCluster(PartnerCluster):
    """A cluster on nodes of its own. ``connect_to`` works in both directions.

    With ``api`` Terraform makes keys and writes settings there. Files of its nodes and its keystores nobody writes by
    API: they are handed over, see :class:`RemoteCluster`.
    """

    PLATFORM: ClassVar[Platform] = Platform.SELF_MANAGED

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str | None = None,
        version: str | None = None,
        address: str | None = None,
        transport_address: str | None = None,
        server_name: str | None = None,
        ca_pem: Sequence[str] = (),
        server_ca_pem: Sequence[str] | None = None,
        public_ca: bool = False,
        scope_id: str | None = None,
        cluster_id: str | None = None,
        node_names: Sequence[str] = (),
        egress: Sequence[str] = (),
        api: ElasticsearchApi | None = None,
        new_certificates: bool | None = None,
        home: str | None = None,
        config_folder: str | None = None,
        ca_file: str | None = None,
        ca_key_file: str | None = None,
        restart_command: str | None = None,
    ) -> None:
        """Name a cluster.

        Args:
            scope: Where it belongs.
            id_: Its name in that scope.
            name: What run-books call it, and its alias on others; the path below the stack unless given.
            version: Version of the Elastic Stack, checked against that of the other side; unchecked unless given.
            address: ``host`` or ``host:port`` under which others reach it; the port is 9443, for certificates 9300,
                unless given. Needed where it is the remote side.
            transport_address: The same for connections by certificate, where it differs.
            server_name: Host name in its certificate, where it is not the host of the address.
            ca_pem: CA certificates (PEM) that sign its nodes, the one in use first.
            server_ca_pem: CA certificates of its remote cluster server; those of ``ca_pem`` unless given.
            public_ca: Everybody trusts the CA of its remote cluster server.
            scope_id: Last part of the names in its node certificates, where they follow Elastic Cloud's pattern.
            cluster_id: What stands for the cluster in these names; goes with ``scope_id``.
            node_names: Names of its nodes. With ``scope_id`` and ``cluster_id`` certificates with the whole pattern
                are made for them; without them exactly these names are trusted.
            egress: Addresses and blocks that its requests come from, for ``allow_from`` of others.
            api: How Terraform reaches its Elasticsearch; without it keys and settings are handed over too.
            new_certificates: Hand over what makes certificates with these names; so unless switched off.
            home: Folder of Elasticsearch on its nodes; ``/usr/share/elasticsearch`` unless given.
            config_folder: Folder of ``elasticsearch.yml``; ``/etc/elasticsearch`` unless given.
            ca_file: Its CA as ``elasticsearch-certutil`` takes it, seen from ``home``; ``elastic-stack-ca.p12`` unless
                given.
            ca_key_file: Key of a ``ca_file`` in PEM form, seen from ``home``.
            restart_command: What restarts one node; ``systemctl restart elasticsearch.service`` unless given.

        Raises:
            EceValueError: a value of the wrong form.
        """
        super().__init__(
            scope,
            id_,
            name=name,
            version=version,
            address=address,
            transport_address=transport_address,
            server_name=server_name,
            ca_pem=ca_pem,
            server_ca_pem=server_ca_pem,
            public_ca=public_ca,
            scope_id=scope_id,
            cluster_id=cluster_id,
            node_names=node_names,
            egress=egress,
            api=api,
        )
        path = place_of(self).path
        texts = {
            "home": home,
            "config_folder": config_folder,
            "ca_file": ca_file,
            "ca_key_file": ca_key_file,
            "restart_command": restart_command,
        }
        given = {each: text(path, each, value) for each, value in texts.items() if value is not None}
        self._members: dict[str, Any] = {**given, "new_certificates": new_certificates}

    def hand_over_members(self) -> dict[str, Any]:
        """Folders, files and commands of its nodes."""
        return {name: value for name, value in self._members.items() if value is not None}
