"""Finding the deployment that an address leads to, for imports."""

from __future__ import annotations

from ece_provider.places import Place
from ece_provider.sides import Side


async def by_endpoint(place: Place, host: str | None) -> Side | None:
    """The deployment of a place whose endpoint is ``host``, None when there is none.

    A host begins with the id of the cluster, unless the deployment has an alias; then all are looked at.

    Raises:
        ApiError: the API cannot be reached or refuses.
    """
    from ece_client import NotFound

    if not host:
        return None
    deployments = (await (await place.client()).call("list-deployments")).data.get("deployments") or ()
    first = host.split(".")[0]
    named = [one for one in deployments if any(part.get("id") == first for part in one.get("resources") or ())]
    for deployment in named or deployments:
        try:
            facts = await place.deployments.facts(str(deployment["id"]))
        except NotFound:
            continue  # deleted since it was listed
        if facts.endpoint == host:
            environment_id = None if place.name is None else await place.environment_id(facts.id)
            return Side(place, facts, environment_id)
    return None
