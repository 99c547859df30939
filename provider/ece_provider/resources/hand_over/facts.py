"""From configuration or state to the facts of a connection; what deployments tell is read by API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ece_domain.hand_over.facts import CLOUD, PLATFORMS, Connection, Side
from ece_domain.platforms import Platform
from ece_domain.security_models import MODELS, SecurityModel
from ece_provider.environment_ids import optional_answer, scope_of
from ece_provider.sides import require
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.values import Values, is_known, is_set, is_wholly_known

if TYPE_CHECKING:
    from ece_provider.configured import ConfiguredProvider
    from ece_provider.places import Place
    from ece_provider.sides import Side as Found

PLACES: Final = ("local", "remote")

ENVIRONMENTS: Final = "environment_ids"
"""Key in private state: the ids of the environments by side, by which a renamed entry is found."""

_BY_API: Final = ("address", "cluster_id", "scope_id", "ca_pem")
"""Members of a deployment that are read unless given; its version is not, as an upgrade changes nothing here."""

_TEXTS: Final = (
    "address", "server_name", "version", "scope_id", "cluster_id", "cluster_name", "namespace", "home",
    "config_folder", "ca_file", "ca_key_file", "restart_command",
)  # fmt: skip
_LISTS: Final = ("ca_pem", "node_names", "egress")


@dataclass(frozen=True)
class Given:
    """What is known without the API, and which members are given but not known yet (``remote.ca_pem``)."""

    connection: Connection
    unknown: frozenset[str]


def given(values: Values) -> Given | None:
    """The facts that a configuration gives; None while the kinds of the clusters are not known."""
    unknown: set[str] = set()
    sides: dict[str, Side] = {}
    for place in PLACES:
        side = values.get(place)
        if not is_set(side) or side.get("kind") not in PLATFORMS or values.get("security_model") not in MODELS:
            return None
        sides[place] = _side(side, place, unknown)
    for name in ("alias", "folder", "secret_file"):
        if not is_known(values.get(name)):
            unknown.add(name)
    return Given(_connection(values, sides["local"], sides["remote"], same_installation=False), frozenset(unknown))


def _side(values: Values, place: str, unknown: set[str]) -> Side:
    members: dict[str, Any] = {}
    for name in (*_TEXTS, *_LISTS, "manifest", "name"):
        value = values.get(name)
        is_list = name in _LISTS
        if not is_known(value) or (is_list and is_set(value) and not all(is_known(item) for item in value)):
            unknown.add(f"{place}.{name}")
        elif is_set(value):
            members[name] = tuple(value) if is_list else value
    if f"{place}.name" in unknown:
        members["name"] = f"the-{place}-one"
    if f"{place}.scope_id" in unknown or f"{place}.cluster_id" in unknown:
        unknown.add(f"{place}.node_names")  # own nodes may be let in by these
    platform = Platform(values["kind"])
    if platform in CLOUD and values.get("deployment_id") is not None:
        unknown |= {f"{place}.{name}" for name in _BY_API if name not in members}
    members["manifest"] = _manifest(members.get("manifest"), place)
    public_ca, new = values.get("public_ca"), values.get("new_certificates")
    return Side(
        platform,
        public_ca=public_ca if is_set(public_ca) else platform is Platform.ECH,
        new_certificates=new if is_set(new) else True,
        is_reached=platform not in CLOUD and values.get("environment") is not None,
        **members,
    )


def _manifest(text: str | None, place: str) -> Mapping[str, Any] | None:
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError as problem:
        raise DiagnosticError(
            "manifest is no JSON",
            f"The Elasticsearch resource is given as JSON ({problem}). Of a file with YAML it is "
            'jsonencode(yamldecode(file("elasticsearch.yaml"))).',
            Path(place).attribute("manifest"),
        ) from None
    return found if isinstance(found, Mapping) else {}


def _connection(values: Values, local: Side, remote: Side, *, same_installation: bool) -> Connection:
    def text(name: str, otherwise: str) -> str:
        value = values.get(name)
        return value if is_set(value) else otherwise

    skip = values.get("skip_unavailable")
    return Connection(
        alias=text("alias", "unknown"),
        model=SecurityModel(values["security_model"]),
        local=local,
        remote=remote,
        folder=text("folder", "."),
        secret_file=text("secret_file", "unknown") if values.get("secret_file") is not None else None,
        skip_unavailable=skip if is_set(skip) else True,
        same_installation=same_installation,
        access=_access(values.get("access")),
    )


def _access(value: Any) -> Mapping[str, Any] | None:
    """What a key gives access to, as Elasticsearch takes it; None where it is not given, or not wholly known."""
    from ece_provider.resources.cross_cluster_api_key.access import to_request

    return to_request(value) if is_set(value) and is_wholly_known(value) else None


async def connection_of(provider: ConfiguredProvider, values: Values, environment_ids: dict[str, Any]) -> Connection:
    """The whole facts; ``environment_ids`` is what private state holds, and is brought up to date.

    Raises:
        DiagnosticError: a deployment or environment does not exist, or cannot take part.
        EnvironmentUnknown: an environment cannot be known yet.
        ApiError: the API cannot be reached or refuses.
    """
    sides: dict[str, Side] = {}
    places: list[Place] = []
    model = SecurityModel(values["security_model"])
    for place in PLACES:
        unknown: set[str] = set()
        side = _side(values[place], place, unknown)
        if side.is_cloud and is_set(values[place].get("deployment_id")):
            found = await _found(provider, values[place], place, environment_ids)
            places.append(found.place)
            shows_server = model is SecurityModel.API_KEY and place == "remote"
            side = await _told(side, found, model, place, shows_server=shows_server)
        sides[place] = side
    same = len(places) == 2 and places[0] is places[1] and sides["local"].platform is Platform.ECE
    return _connection(values, sides["local"], sides["remote"], same_installation=same)


async def _found(provider: ConfiguredProvider, values: Values, place: str, environment_ids: dict[str, Any]) -> Found:
    named = {
        "deployment_id": values["deployment_id"],
        "environment": values.get("environment"),
        "environment_id": environment_ids.get(place),
        "ref_id": None,
    }
    found = await require(provider, named, Path(place))
    if found.place.kind != values["kind"]:
        raise DiagnosticError(
            f"The deployment is of another kind than {values['kind']}",
            f'{found.words[:1].upper()}{found.words[1:]} is in an environment of kind "{found.place.kind}". Correct '
            "kind, or name the environment that the deployment is in.",
            Path(place).attribute("kind"),
        )
    if found.environment_id is not None:
        environment_ids[place] = found.environment_id
    return found


async def _told(side: Side, found: Found, model: SecurityModel, place: str, *, shows_server: bool) -> Side:
    """The side with what its deployment tells; what was given stays."""
    facts = found.facts
    if side.address is None and facts.endpoint is None:
        raise DiagnosticError(
            "The deployment has no endpoint",
            f"{found.words[:1].upper()}{found.words[1:]} never came up, so nobody reaches it.",
            Path(place).attribute("deployment_id"),
        )
    side = replace(
        side,
        address=side.address or facts.endpoint,
        cluster_id=side.cluster_id or facts.cluster_id,
    )
    if model is SecurityModel.CERTIFICATE:
        return await _with_authority(side, found)
    if shows_server and side.platform is Platform.ECE and not side.public_ca and not side.ca_pem:
        return replace(side, ca_pem=(await _proxy_ca(found, place),))
    return side


async def _with_authority(side: Side, found: Found) -> Side:
    """CAs of its nodes, those in use first, and the scope in their names."""
    client = await found.place.client()
    path = {"deployment_id": found.facts.id}
    reply = (await client.call("get-deployment-certificate-authority", path=path)).data
    certificates = sorted(reply.get("public_certificates") or (), key=lambda each: not each.get("active"))
    pattern = str(reply.get("recommended_trust_restriction") or "")
    return replace(
        side,
        ca_pem=side.ca_pem or tuple(str(each["pem"]) for each in certificates),
        scope_id=side.scope_id or scope_of(pattern),
    )


async def _proxy_ca(found: Found, place: str) -> str:
    """The last certificate of the chain that the proxies show."""
    client = await found.place.client()
    reply = await optional_answer(client, "get-tls-certificate", path={"service_name": "proxy"})
    chain = (reply or {}).get("chain") or ()
    if not chain:
        raise DiagnosticError(
            "The CA of the proxies cannot be read",
            f"These credentials may not see the proxies' certificate of {found.place.words} (it takes the role "
            '"Platform viewer"). Give ca_pem, or public_ca = true where everybody trusts the certificate.',
            Path(place).attribute("ca_pem"),
        )
    return str(chain[-1])
