"""Versions: order, and what an upgrade may do."""

import pytest

from ece_domain.findings import InvalidValue
from ece_domain.versions import StackVersion, Version, is_downgrade, newest, upgrade_path, version_change


def offered(**steps: list[str]) -> dict[str, StackVersion]:
    """Stack versions by name (``v8_19_0``) with what each may be upgraded to."""
    names = {name[1:].replace("_", "."): targets for name, targets in steps.items()}
    return {name: StackVersion(name, frozenset(targets)) for name, targets in names.items()}


OFFERED = offered(
    v8_17_0=["8.18.0", "8.19.0"],
    v8_18_0=["8.19.0", "9.0.0"],
    v8_19_0=["9.0.0", "9.2.0"],
    v9_0_0=["9.2.0"],
    v9_2_0=[],
)


def test_order_is_numeric_and_prereleases_come_first():
    """8.9 is older than 8.19, and a snapshot is older than its release."""
    texts = ["9.0.0-SNAPSHOT", "8.9.0", "9.0.0", "8.19.0", "9.0.0-rc2", "9.0.0-rc10", "9.0.0-rc.9", "9.0.0-rc.10"]
    ordered = [str(version) for version in sorted(map(Version.parse, texts))]
    assert ordered[0] == "8.9.0"
    assert ordered[1] == "8.19.0"
    assert ordered[-1] == "9.0.0"
    assert ordered.index("9.0.0-rc.9") < ordered.index("9.0.0-rc.10")


@pytest.mark.parametrize("text", ["9.2", "9", "v9.2.0", "9.2.0 ", "latest", ""])
def test_incomplete_versions_are_refused(text):
    """The API needs all three numbers."""
    with pytest.raises(InvalidValue, match=r"9\.2\.0"):
        Version.parse(text)


def test_newest_of_nothing_is_none():
    """An environment without stack packs exists (a fresh one)."""
    assert newest([]) is None
    assert newest(["8.9.0", "8.19.0"]) == "8.19.0"


def test_downgrade_is_seen_and_told():
    """A plan that goes back would destroy data if it ran; it must fail with the running version in the text."""
    assert is_downgrade("9.2.0", "8.19.0")
    finding = version_change("9.2.0", "9.0.0", OFFERED)
    assert finding is not None
    assert finding.is_error
    assert "9.2.0 or newer" in finding.detail
    assert finding.field == "version"


def test_allowed_step_and_no_change_are_silent():
    """Nothing to say where nothing is wrong."""
    assert version_change("8.19.0", "9.2.0", OFFERED) is None
    assert version_change("8.19.0", "8.19.0", OFFERED) is None
    assert version_change("8.17.0", "9.2.0", {}) is None


def test_skipped_step_names_the_way():
    """The user learns which version to set first."""
    finding = version_change("8.17.0", "9.2.0", OFFERED)
    assert finding is not None
    assert "8.19.0 first" in finding.detail
    assert "8.17.0 → 8.19.0 → 9.2.0" in finding.detail


def test_version_that_is_not_there_lists_what_is():
    """A typo in the version is repaired from the text."""
    finding = version_change("8.17.0", "9.9.9", OFFERED)
    assert finding is not None
    assert "9.9.9" in finding.detail
    assert "8.17.0, 8.18.0, 8.19.0, 9.0.0, 9.2.0" in finding.detail


def test_dead_end_says_what_is_reachable():
    """No chain at all: the reachable versions are named."""
    data = {**OFFERED, "8.19.0": StackVersion("8.19.0")}
    finding = version_change("8.19.0", "9.2.0", data)
    assert finding is not None
    assert "nothing newer" in finding.detail


def test_running_version_that_left_the_environment_is_judged_by_the_target():
    """Removed stack packs must not block upgrades of deployments that still run them."""
    data = {
        "9.2.0": StackVersion("9.2.0", min_upgradable_from="8.19.0"),
        "8.19.1": StackVersion("8.19.1", frozenset({"9.2.0"}), "8.0.0"),
    }
    assert version_change("8.19.0", "9.2.0", data) is None
    assert upgrade_path("8.16.0", "9.2.0", data) == ["8.19.1", "9.2.0"]
