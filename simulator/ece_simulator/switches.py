"""Open questions about ECE as named switches: what the vendor's documents leave open, with the default assumed here.

Every field is inferred unless its line says otherwise. Set them per simulator (`Simulator(switches=...)`) or at run
time (`control.set_switch`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

CHOICES = {
    "shutdown_during_plan": ("refuse", "cancel"),
    "associations_after_delete": ("clean", "dangle"),
    "known_certificate_without_uid": ("refuse", "merge"),
    "external_trust_after_delete": ("dangle", "clean"),
    "relationship_certificates": ("one", "many"),
    "management_channel": ("allowed", "refused"),
}


@dataclass
class Switches:
    """Behaviours that no document settles. A wrong name or value is refused when it is set."""

    automatic_kibana_plan: bool = False
    """A second plan on Kibana after a create, started by the platform (seen in payloads of the hosted service)."""

    automatic_kibana_gap_seconds: float = 0.0
    """Time without any pending plan between the end of the create and that second plan."""

    plan_start_gap_seconds: float = 0.0
    """Time between an accepted write and the moment its pending plan can be seen."""

    pending_visible_reads: int = 0
    """A plan ends only after that many reads have shown it pending."""

    noop_update_makes_plan: bool = False
    """Whether an update that changes nothing in a resource's plan still runs a plan."""

    update_during_plan_status: int = 400
    """Status of an update refused because a plan is pending."""

    shutdown_during_plan: str = "refuse"
    """What `_shutdown` does with a pending plan: `refuse` (resource_plan_state_error) or `cancel` it first."""

    deployment_conflict_status: int = 409
    """Status of an update whose `version` is stale. The document lists no conflict for deployments."""

    system_owned_protected: bool = True
    """Writes to system-owned deployments are refused, unless a platform admin takes the flag away with the update."""

    system_owned_status: int = 403
    """Status of that refusal."""

    ruleset_in_use_status: int = 500
    """Status of a refused DELETE of an associated rule set. 500 is the only one the document offers."""

    missing_association_status: int = 404
    """Status of a DELETE of an association that does not exist."""

    associations_after_delete: str = "clean"
    """What happens to the associations of a deleted deployment: `clean` or `dangle`."""

    trust_given_replaces: bool = True
    """A `trust` object in an update replaces all three lists; otherwise only the lists it holds."""

    known_certificate_without_uid: str = "refuse"
    """A direct trust entry without `uid` whose certificate another deployment trusts: `refuse` it, or `merge` it with
    that entry."""

    scope_id_with_dots: bool = True
    """Whether scope ids may hold dots and dashes, as the guide for Kubernetes uses them; the document says no."""

    own_proxy_trusted: bool = True
    """Whether a deployment trusts the private proxy CA of its own installation without being told to."""

    external_trust_after_delete: str = "dangle"
    """What a deleted platform trust relationship does with entries of deployments: `dangle` or `clean`."""

    relationship_certificates: str = "one"
    """How many certificates `public_ca_cert` of a platform trust relationship may hold: `one` or `many`."""

    management_channel: str = "allowed"
    """Whether the way to Elasticsearch through ECE works: `allowed` or `refused`."""

    hosted_management_channel: bool = False
    """Whether Elastic Cloud Hosted has the way to Elasticsearch through its API; its document for users lacks it."""

    filters_read_foreign_certificates: bool = False
    """Whether the proxy also identifies clients by the CAs of platform trust relationships, so that remote cluster
    filters can name other environments."""

    remote_not_found_status: int = 404
    """Status when a remote of the `remote-clusters` call is not in this ECE; only the code is known."""

    remote_clusters_effect_seconds: float = 0.0
    """Time between a `remote-clusters` write and the settings in Elasticsearch."""

    keystore_on_stopped: bool = True
    """Whether the keystore of a stopped resource can be written."""

    empty_lists_are_null: bool = True
    """Empty optional lists are sent as null, as recorded payloads do (tags, trust lists)."""

    generated_alias: bool = False
    """Whether a deployment without an alias gets one made from its name."""

    admin_keys_for_builtin_users: bool = False
    """Whether the built-in users `admin` and `readonly` may own API keys (documented: they may not)."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Sets a switch; ValueError tells what is allowed."""
        kinds = {field.name: str(field.type) for field in fields(self)}
        if name not in kinds:
            raise ValueError(f"name: one of {', '.join(kinds)}; got {name!r}")
        if name in CHOICES and value not in CHOICES[name]:
            raise ValueError(f"value: {name} takes {' or '.join(CHOICES[name])}; got {value!r}")
        fits = {"bool": bool, "int": int, "float": (int, float), "str": str}[kinds[name]]
        if not isinstance(value, fits) or (isinstance(value, bool) and kinds[name] != "bool"):  # type: ignore[arg-type]  # a type or a tuple of types
            raise ValueError(f"value: {name} takes a {kinds[name]}; got {value!r}")
        super().__setattr__(name, value)
