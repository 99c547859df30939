"""48 of 48: every validation has a test that triggers it, at the earliest moment it can speak, or a reason why not."""

from __future__ import annotations

from ece_domain.validations import VALIDATIONS, Moment
from ece_domain.validations.rules import RULES, example
from tests.validations import (
    test_configuration,
    test_connections,
    test_constructs,
    test_filters,
    test_trust,
    test_versions,
)
from tests.validations.cases import Covered

MODULES = (test_configuration, test_connections, test_constructs, test_filters, test_trust, test_versions)


def test_every_validation_is_triggered() -> None:
    """A new validation without a test would be a promise that nobody checks."""
    assert len(VALIDATIONS) == 48
    assert all(module.__doc__ for module in MODULES)  # importing them filled the record
    assert set(VALIDATIONS) == set().union(*Covered.by_moment.values())


def test_what_can_be_told_in_a_program_is() -> None:
    """Synth is the earliest moment, and the cheapest."""
    wanted = {each.id for each in VALIDATIONS.values() if Moment.SYNTH in each.moments}
    assert wanted <= Covered.by_moment[Moment.SYNTH]


def test_what_terraform_can_tell_is_triggered_there() -> None:
    """Not everybody writes programs: what plan or apply tells has to be triggered in plain configuration as well."""
    wanted = {each.id for each in VALIDATIONS.values() if {Moment.PLAN, Moment.APPLY} & set(each.moments)}
    assert wanted <= Covered.by_moment[Moment.PLAN] | Covered.by_moment[Moment.APPLY]


def test_each_rule_finds_its_example() -> None:
    """The page of validations shows what the rules really say, each with its own id."""
    assert set(RULES) == set(VALIDATIONS)
    for name, validation in VALIDATIONS.items():
        finding = example(name)
        assert finding.code == name
        assert finding.text.endswith(f"({name})")
        assert "{" not in finding.detail.replace("{ deployment_id", "").replace("= [{", "").replace("{ search", "")
        assert validation.checks.endswith(".")
