"""Lock-out: nobody loses access, or gains it, without having been told."""

from ece_domain.findings import Severity
from ece_domain.lockout import association_finding, removal_finding


def test_remote_cluster_set_alone_is_an_error_that_names_the_way_out():
    """The text must offer both ways: an IP set first, or the acknowledgement."""
    finding = association_finding("logs", "remote_cluster", ["remote_cluster"])
    assert finding is not None
    assert finding.is_error
    assert finding.field == "requires"
    assert "logs" in finding.detail
    assert "requires = [" in finding.detail
    assert "acknowledge_lockout = true" in finding.detail


def test_what_permits_a_remote_cluster_set():
    """A live IP set, an association named in requires, or the acknowledgement: each alone is enough."""
    assert association_finding("logs", "remote_cluster", ["ip"]) is None
    assert association_finding("logs", "remote_cluster", [], requires=["a/b"]) is None
    assert association_finding("logs", "remote_cluster", [], acknowledged=True) is None


def test_ip_sets_are_always_permitted():
    """They are the cure; whether their addresses are right nobody can know."""
    assert association_finding("logs", "ip", []) is None


def test_removing_the_last_set_warns_that_everybody_comes_in():
    """From filtered to open is the change an owner of company data must see."""
    finding = removal_finding("logs", "ip", [])
    assert finding is not None
    assert finding.severity is Severity.WARNING
    assert "accept all traffic" in finding.summary


def test_removing_the_last_ip_set_warns_of_the_lock_out():
    """Only remote clusters would get in afterwards."""
    finding = removal_finding("logs", "ip", ["remote_cluster"])
    assert finding is not None
    assert finding.severity is Severity.WARNING
    assert "locked out" in finding.summary


def test_other_removals_are_silent():
    """Warnings that come always are read never."""
    assert removal_finding("logs", "ip", ["ip"]) is None
    assert removal_finding("logs", "remote_cluster", ["ip"]) is None
    assert removal_finding("logs", "remote_cluster", ["remote_cluster"]) is None
