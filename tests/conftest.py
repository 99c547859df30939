"""What all tests share: the Terraform of a test, and the table of Terraform versions at the end of a run."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from terraform_plugin.testing import TerraformBinary
from tests.routes import report
from tests.support import matrix_report, validation_report
from tests.support.terraform import binary


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marker that ``tests.support.terraform.matrix`` sets."""
    config.addinivalue_line("markers", "feature(*names): features of Terraform, rows of the table at the end")
    config.addinivalue_line("markers", "validation(id, moment): a test that triggers a validation at a moment")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the reports carry what the table needs, also from another process."""
    for item in items:
        matrix_report.record(item)
        validation_report.record(item)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print features by Terraform version, and the routes."""
    reports = [report for kind in ("passed", "failed", "error") for report in terminalreporter.stats.get(kind, ())]
    if routes := list(report.printed(report.results_of(reports))):
        terminalreporter.section("routes by security model")
        for line in routes:
            terminalreporter.write_line(line)
    if validations := list(validation_report.printed(reports)):
        terminalreporter.section("validations")
        for line in validations:
            terminalreporter.write_line(line)
    outcomes = list(matrix_report.outcomes_of(reports))
    if not outcomes:
        return
    terminalreporter.section("features by Terraform version")
    for line in matrix_report.table(outcomes):
        terminalreporter.write_line(line)


@pytest.fixture
def terraform(request: pytest.FixtureRequest) -> TerraformBinary:
    """The Terraform of this test: the version it is parametrized with, else the one the project uses."""
    return binary(getattr(request, "param", None))


@pytest.fixture
def hangup_is_heard() -> Iterator[None]:
    """SIGHUP does what it does by default: under `nohup`, programs that a test starts would inherit to ignore it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)
