"""Making deployments: checks, resources, first plans."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ece_simulator.deployments.model import KINDS, STATELESS, Deployment, Resource
from ece_simulator.deployments.plan_rules import PlanCheck
from ece_simulator.deployments.settings import apply_elasticsearch_settings, default_settings
from ece_simulator.elasticsearch.cluster import ELASTIC, SUPERUSER, Cluster
from ece_simulator.elasticsearch.cluster import User as NativeUser
from ece_simulator.problems import Complaint, Problem
from ece_simulator.templates.handlers import adapted
from ece_simulator.trust.settings import complaints as trust_complaints

if TYPE_CHECKING:
    from ece_simulator.users.accounts import User
    from ece_simulator.world import World

INVALID = "root.invalid_data"
ACTION = "deployments.create-deployment"


@dataclass
class Draft:
    """A checked payload: what will become a resource."""

    kind: str
    payload: dict[str, Any]
    plan: dict[str, Any]


@dataclass
class PayloadReader:
    """Turns the payloads of a request into drafts; wrong ones leave complaints."""

    world: World
    body: dict[str, Any]
    existing: dict[str, Resource] = field(default_factory=dict)
    """Resources that exist already, by ref_id."""

    def __post_init__(self) -> None:
        """Starts with no complaints."""
        self.check = PlanCheck(self.world)

    def read(self, version: str | None) -> list[Draft]:
        """Drafts of all payloads; `version` is used where a payload names none."""
        resources = self.body.get("resources") or {}
        drafts: list[Draft] = []
        for index, payload in enumerate(resources.get("elasticsearch") or []):
            place = f"resources.elasticsearch[{index}]"
            plan = self.check.elasticsearch(payload, place, version)
            version = plan["elasticsearch"]["version"]
            drafts.append(Draft("elasticsearch", payload, plan))
        for kind in STATELESS:
            for index, payload in enumerate(resources.get(kind) or []):
                place = f"resources.{kind}[{index}]"
                drafts.append(Draft(kind, payload, self.check.stateless(kind, payload, place, version)))
        self._regions(drafts)
        self._references(drafts)
        for draft in drafts:
            self._trust(draft)
        return drafts

    def _trust(self, draft: Draft) -> None:
        given = (draft.payload.get("settings") or {}).get("trust")
        if draft.kind == "elasticsearch" and given is not None:
            resource = self.existing.get(draft.payload["ref_id"])
            place = "resources.elasticsearch[0].settings.trust"
            self.check.complaints.extend(trust_complaints(self.world, resource, given, place))

    def finish(self) -> None:
        """Raises 400 with everything found."""
        if self.check.complaints:
            raise Problem.of(400, self.check.complaints)

    def _regions(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            region = draft.payload["region"]
            if region not in self.world.regions:
                place = f"resources.{draft.kind}[0].region"
                self.check.complain(INVALID, place, f"The region [{region}] does not exist")

    def _references(self, drafts: list[Draft]) -> None:
        kinds = {ref_id: resource.kind for ref_id, resource in self.existing.items()}
        for draft in drafts:
            ref_id = draft.payload["ref_id"]
            if kinds.get(ref_id, draft.kind) != draft.kind or [d.payload["ref_id"] for d in drafts].count(ref_id) > 1:
                self.check.complain(INVALID, f"resources.{draft.kind}[0].ref_id", f"The ref_id [{ref_id}] is taken")
            kinds[ref_id] = draft.kind
        for draft in drafts:
            target = draft.payload.get("elasticsearch_cluster_ref_id")
            if draft.kind != "elasticsearch" and kinds.get(target or "") != "elasticsearch":
                place = f"resources.{draft.kind}[0].elasticsearch_cluster_ref_id"
                self.check.complain(INVALID, place, f"There is no Elasticsearch resource with the ref_id [{target}]")


def drafts_for_create(world: World, body: dict[str, Any], template_id: str | None) -> list[Draft]:
    """Checks a create request whole; 400 lists everything that is wrong."""
    body = body if _payloads(body) else _from_template(world, body, template_id)
    reader = PayloadReader(world, body)
    resources = body.get("resources") or {}
    if len(resources.get("elasticsearch") or []) != 1:
        reader.check.complain(INVALID, "resources.elasticsearch", "Exactly one Elasticsearch resource is required")
    for kind in STATELESS:
        if len(resources.get(kind) or []) > 1:
            reader.check.complain(INVALID, f"resources.{kind}", f"At most one [{kind}] resource is possible")
    drafts = reader.read(body.get("version"))
    reader.check.complaints.extend(_settings_complaints(world, body))
    reader.finish()
    return drafts


def _payloads(body: dict[str, Any]) -> bool:
    return any((body.get("resources") or {}).get(kind) for kind in KINDS)


def _from_template(world: World, body: dict[str, Any], template_id: str | None) -> dict[str, Any]:
    template = world.templates.get(template_id or "")
    if template is None:
        if template_id is None:
            raise Problem(400, INVALID, "The request holds no resources and no template_id", ["resources"])
        text = f"The deployment template [{template_id}] was not found"
        raise Problem(400, "templates.template_not_found", text, ["template_id"])
    filled = copy.deepcopy(body)
    filled["resources"] = adapted(template.body, body.get("version"))["resources"]
    # ECE would start both; with one of them the deployment can be made with any version (inferred)
    filled["resources"].pop("apm", None)
    filled["resources"].pop("enterprise_search", None)
    for payload in filled["resources"]["elasticsearch"]:
        payload["plan"]["deployment_template"] = {"id": template.template_id}
    return filled


def _settings_complaints(world: World, body: dict[str, Any]) -> list[Complaint]:
    complaints = []
    alias = body.get("alias")
    if alias and any(d.alias == alias for d in world.deployments.values()):
        complaints.append(Complaint(INVALID, f"The alias [{alias}] is taken", ("alias",)))
    settings = (body.get("settings") or {}).get("traffic_filter_settings") or {}
    for ruleset_id in settings.get("rulesets", ()):
        if ruleset_id not in world.rulesets:
            text = f"The traffic filter ruleset [{ruleset_id}] was not found"
            complaints.append(
                Complaint("traffic_filter.not_found", text, ("settings.traffic_filter_settings.rulesets",))
            )
    return complaints


def create(world: World, body: dict[str, Any], drafts: list[Draft], user: User, request_id: str | None) -> Deployment:
    """Makes the deployment with one pending plan per resource."""
    now = world.agenda.now
    metadata = body.get("metadata") or {}
    settings = body.get("settings") or {}
    deployment = Deployment(
        id=world.ids.hex32(),
        name="",
        alias=body.get("alias") or None,
        owner_id=user.user_id,
        created=now,
        modified=now,
        tags=list(metadata.get("tags") or []),
        system_owned=bool(metadata.get("system_owned")),
        request_id=request_id,
        observability=settings.get("observability"),
        autoscaling_enabled=bool(settings.get("autoscaling_enabled")),
    )
    deployment.name = body.get("name") or deployment.id
    if deployment.alias is None and world.switches.generated_alias:
        deployment.alias = deployment.name.lower().replace(" ", "-")
    world.deployments[deployment.id] = deployment
    if request_id is not None:
        world.request_ids[request_id] = deployment.id
    _associate(world, deployment, settings)
    for draft in drafts:
        add_resource(world, deployment, draft, user, ACTION)
    return deployment


def _associate(world: World, deployment: Deployment, settings: dict[str, Any]) -> None:
    wanted = (settings.get("traffic_filter_settings") or {}).get("rulesets", ())
    for ruleset in world.rulesets.values():
        if ruleset.include_by_default or ruleset.id in wanted:
            world.associations.setdefault(ruleset.id, {})["deployment", deployment.id] = None


def add_resource(world: World, deployment: Deployment, draft: Draft, user: User, action: str) -> Resource:
    """A new resource with its first plan."""
    resource = Resource(
        kind=draft.kind,
        ref_id=draft.payload["ref_id"],
        id=world.ids.hex32(),
        region=draft.payload["region"],
        elasticsearch_ref_id=draft.payload.get("elasticsearch_cluster_ref_id"),
        display_name=draft.payload.get("display_name") or deployment.name,
        settings=default_settings(world) if draft.kind == "elasticsearch" else {},
        touched=world.agenda.now,
    )
    given = draft.payload.get("settings") or {}
    if draft.kind == "elasticsearch":
        resource.password = world.ids.word(24)
        elastic = NativeUser(ELASTIC, [SUPERUSER], resource.password)
        resource.cluster = Cluster(world.ids.word(22), {ELASTIC: elastic})
        apply_elasticsearch_settings(world, resource, given)
    else:
        resource.settings.update(copy.deepcopy(given))
    if draft.kind in ("apm", "integrations_server"):
        _give_token(world, resource, draft.plan)
    deployment.resources.append(resource)
    after_create = None
    if draft.kind == "elasticsearch" and world.switches.automatic_kibana_plan:
        after_create = partial(second_kibana_plan, world, deployment)
    world.plans.begin(
        deployment, resource, draft.plan,
        action=action, user_id=user.user_id, during="initializing", done=after_create,
    )  # fmt: skip
    return resource


def _give_token(world: World, resource: Resource, plan: dict[str, Any]) -> None:
    settings = plan[resource.kind].setdefault("system_settings", {})
    resource.secret_token = settings.setdefault("secret_token", world.ids.word(18))


def second_kibana_plan(world: World, deployment: Deployment) -> None:
    """The platform's own plan on Kibana some time after a create."""

    def begin() -> None:
        for kibana in deployment.of_kind("kibana"):
            if kibana.pending is None and not kibana.stopped:
                world.plans.begin(
                    deployment, kibana, kibana.newest_plan(),
                    action="apm.force-kibana-plan", user_id=None, during="reconfiguring",
                )  # fmt: skip

    # a moment later, so that plans which end together with Elasticsearch's have ended
    world.agenda.schedule(world.agenda.now + world.switches.automatic_kibana_gap_seconds, begin)


def backend_plans(world: World, drafts: list[Draft], name: str) -> dict[str, Any]:
    """Diagnostics of a validate_only request, per kind."""
    shown: dict[str, Any] = {}
    for draft in drafts:
        entry = {
            "ref_id": draft.payload["ref_id"],
            "display_name": draft.payload.get("display_name") or name,
            "backend_plan": draft.plan,
        }
        if draft.kind != "elasticsearch":
            entry["elasticsearch_cluster_ref_id"] = draft.payload["elasticsearch_cluster_ref_id"]
        shown.setdefault(draft.kind, []).append(entry)
    return shown
