"""The search over deployments, with the queries known clients send."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Simulator
from tests.simulator.support import Api, create_body


@pytest.fixture
def found(sim: Simulator, api: Api) -> Any:
    """Names a query finds among three deployments and the two of the system."""
    api.created("logs-berlin", metadata={"tags": [{"key": "team", "value": "search"}, {"key": "env", "value": "dev"}]})
    api.created("logs-paris", metadata={"tags": [{"key": "team", "value": "dev"}, {"key": "env", "value": "search"}]})
    old = create_body(version="8.19.0")["resources"]["elasticsearch"]
    stopped = api.created("metrics", resources={"elasticsearch": old})
    api.post(f"/deployments/{stopped}/_shutdown")
    sim.control.advance(10)
    mine = {"logs-berlin", "logs-paris", "metrics"}

    def names(query: dict[str, Any] | None) -> set[str]:
        reply = api.post("/deployments/_search", {"query": query})
        return {d["name"] for d in reply["deployments"]} & mine

    return names


def nested(path: str, field: str, value: str, clause: str = "term") -> dict[str, Any]:
    """A nested query on one field."""
    condition = {"query": value} if clause == "match" else {"value": value}
    return {"nested": {"path": path, "query": {clause: {f"{path}.{field}": condition}}}}


def tag(key: str, value: str) -> dict[str, Any]:
    """A query for one tag, as clients send it."""
    terms = [{"term": {"metadata.tags.key": {"value": key}}}, {"term": {"metadata.tags.value": {"value": value}}}]
    return {"nested": {"path": "metadata.tags", "query": {"bool": {"filter": terms}}}}


ES = "resources.elasticsearch"
BOTH = {"logs-berlin", "logs-paris"}
ALL = {*BOTH, "metrics"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (None, ALL),
        ({"match_all": {}}, ALL),
        ({"match_none": {}}, set()),
        ({"prefix": {"name.keyword": {"value": "logs"}}}, BOTH),
        ({"term": {"name.keyword": {"value": "metrics"}}}, {"metrics"}),
        ({"term": {"healthy": {"value": "true"}}}, ALL),
        ({"match": {"name": {"query": "METRICS other"}}}, {"metrics"}),
        ({"match": {"name": {"query": "metrics other", "operator": "and"}}}, set()),
        ({"exists": {"field": "resources.kibana.id"}}, BOTH),
        (tag("team", "search"), {"logs-berlin"}),
        (tag("team", "nobody"), set()),
        (nested(ES, "info.plan_info.current.plan.deployment_template.id", "default"), ALL),
        (nested(ES, "info.plan_info.current.plan.elasticsearch.version", "8.19.0"), {"metrics"}),
        (nested(ES, "info.status", "stopped"), {"metrics"}),
        (nested(ES, "info.healthy", "true"), ALL),
        ({"bool": {"must_not": [{"prefix": {"name": {"value": "logs"}}}]}}, {"metrics"}),
        (
            {"bool": {"should": [tag("team", "search"), tag("team", "dev")], "minimum_should_match": 1}},
            BOTH,
        ),
        ({"bool": {"filter": [{"bool": {"must": [tag("env", "dev"), tag("team", "search")]}}]}}, {"logs-berlin"}),
        ({"range": {"metadata.last_modified": {"gte": "2026-01-01T00:00:00.000Z"}}}, ALL),
        ({"range": {"metadata.last_modified": {"gt": "2027"}}}, set()),
        ({"query_string": {"query": "name:logs*"}}, BOTH),
        ({"simple_query_string": {"query": "logs-paris metrics"}}, {"logs-paris", "metrics"}),
    ],
)
def test_queries(found: Any, query: dict[str, Any] | None, expected: set[str]) -> None:
    """Each kind of query must really choose; nested ones judge one element at a time."""
    assert found(query) == expected


def test_unknown_queries_are_refused(api: Api) -> None:
    """A query the simulator cannot judge must not look as if nothing was found."""
    assert api.refused_fields("POST", "/deployments/_search", {"query": {"fuzzy": {"name": "x"}}}) == ["query.fuzzy"]


def test_pages_and_cursor(sim: Simulator, api: Api) -> None:
    """Pages in a stable order; the cursor goes on where the page ended and ignores other fields."""
    for number in range(5):
        api.created(f"d{number}")

    first = api.post("/deployments/_search", {"size": 4, "sort": ["id"]})
    second = api.post("/deployments/_search", {"cursor": first["cursor"], "size": 1})

    assert (first["return_count"], first["match_count"], second["return_count"]) == (4, 7, 3)
    ids = [d["id"] for d in first["deployments"] + second["deployments"]]
    assert ids == sorted(ids)
    assert len(set(ids)) == 7
    assert "cursor" not in second
    by_name = api.post("/deployments/_search", {"sort": [{"name.keyword": {"order": "desc"}}], "from": 1, "size": 1})
    assert by_name["deployments"][0]["name"] == "d4"


def test_hidden_deployments_are_not_found(sim: Simulator, api: Api) -> None:
    """Hidden ones are readable by id only."""
    seeded = sim.control.seed(name="secret", hidden=True)

    names = [d["name"] for d in api.post("/deployments/_search", {})["deployments"]]

    assert "secret" not in names
    assert api.get(f"/deployments/{seeded['id']}")["name"] == "secret"
