"""A suite in which a test was skipped is not green: whatever a test needs is installed, or the run says so."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# A deadline, or the check for slow drawing, would measure the machine, not the code.
settings.register_profile("paraph", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("paraph")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
