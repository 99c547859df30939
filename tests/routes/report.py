"""The ten routes by name, and the table of the matrix that a run prints at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

ROUTES: Final = {
    "O1": "ECE to the same ECE",
    "O2": "ECE to another ECE",
    "O3": "ECE to Elastic Cloud Hosted",
    "O4": "ECE to self-managed",
    "O5": "ECE to ECK",
    "I1": "the same ECE to ECE",
    "I2": "another ECE to ECE",
    "I3": "Elastic Cloud Hosted to ECE",
    "I4": "self-managed to ECE",
    "I5": "ECK to ECE",
}
"""The ten directions, as the guides number them; I1 and I2 are O1 and O2 from the other end."""

HEADINGS: Final = {"api_key": "API key", "certificate": "TLS certificate"}
"""The security models."""

PROPERTY: Final = "route"
"""Under this name a cell's report carries route, model, and how many lines and steps were left out."""

REFUSED: Final = "refused"
"""Under this name the report of a cell's mistake carries route, model, and the mistake in words."""


def results_of(reports: Iterable[Any]) -> Iterator[tuple[str, str, Any]]:
    """Outcome, name and value of the properties in the reports of cells."""
    for report in reports:
        properties: Mapping[str, Any] = dict(getattr(report, "user_properties", ()))
        for name in (PROPERTY, REFUSED):
            if name in properties and report.when == "call":
                yield report.outcome, name, properties[name]


def printed(results: Iterable[tuple[str, str, Any]]) -> Iterator[str]:
    """Lines for the terminal, from outcome and properties of each cell; none when no cell was run."""
    seen: dict[tuple[str, str, str], str] = {}
    for outcome, name, (route, model, *rest) in results:
        told = "{} lines, {} steps" if name == PROPERTY else "{}"
        seen[name, route, model] = f"{outcome}: {told.format(*rest)}" if outcome == "passed" else outcome
    if not seen:
        return
    yield f"{'route':7}{'direction':30}" + "".join(f"{heading:26}" for heading in HEADINGS.values())
    for route, direction in ROUTES.items():
        cells = (seen.get((PROPERTY, route, model), "not run") for model in HEADINGS)
        yield f"{route:7}{direction:30}" + "".join(f"{cell:26}" for cell in cells)
    yield ""
    yield f"{'route':7}{'model':17}the mistake that is refused, and told by its cause"
    for route in ROUTES:
        for model, heading in HEADINGS.items():
            yield f"{route:7}{heading:17}{seen.get((REFUSED, route, model), 'not run')}"
