"""The table features by Terraform version that a run prints at its end.

A cell says what the tests of this run found; "not in this version" comes from the table of features alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from tests.support.terraform import FEATURES, MATRIX_VERSIONS, has_feature

PROPERTY = "terraform_matrix"


def record(item: pytest.Item) -> None:
    """Note lane, features and version of a test in its report (carried across processes by pytest)."""
    marker = item.get_closest_marker("feature")
    if marker is None:
        return
    callspec = getattr(item, "callspec", None)
    version = callspec.params.get("terraform") if callspec is not None else None
    lane = "plugin" if "/plugin/" in str(item.path) else "ece"
    for feature in marker.args:
        item.user_properties.append((PROPERTY, (lane, feature, str(version))))


def table(outcomes: Iterable[tuple[str, str, str, bool]]) -> list[str]:
    """Lines of the table from (lane, feature, version, passed)."""
    seen: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for lane, feature, version, passed in outcomes:
        seen[lane, feature, version].append(passed)
    versions = sorted({version for _, _, version in seen} | set(MATRIX_VERSIONS), key=_order)
    rows = list(dict.fromkeys((lane, feature) for lane in ("plugin", "ece") for feature in FEATURES))
    rows = [row for row in rows if any((*row, version) in seen for version in versions)]
    lines = [f"{'lane':8}{'feature':44}" + "".join(f"{version:>22}" for version in versions)]
    for lane, feature in rows:
        cells = (_cell(seen, lane, feature, version) for version in versions)
        lines.append(f"{lane:8}{feature:44}" + "".join(f"{cell:>22}" for cell in cells))
    return lines


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _cell(seen: Mapping[tuple[str, str, str], list[bool]], lane: str, feature: str, version: str) -> str:
    results = seen.get((lane, feature, version))
    if results is not None:
        failed = results.count(False)
        return f"fail ({failed} of {len(results)})" if failed else f"pass ({len(results)})"
    return "not run" if has_feature(version, feature) else "not in this version"


def outcomes_of(reports: Iterable[Any]) -> Iterator[tuple[str, str, str, bool]]:
    """Read back what ``record`` noted."""
    for report in reports:
        for name, value in getattr(report, "user_properties", ()):
            if name == PROPERTY and (report.when == "call" or report.failed):
                lane, feature, version = value
                yield lane, feature, version, report.passed
