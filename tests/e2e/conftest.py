"""One real cluster for the whole session, and the examples staged in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
for folder in (ROOT / "tools", HERE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from casebook.cases import EXAMPLES, Case  # noqa: E402 - the folders have to be on the path first
from casebook.twins import cases_on  # noqa: E402 - as above
from cluster.local import LocalCluster  # noqa: E402 - as above
from staging import Stage  # noqa: E402 - as above


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs no sign-off first, while the guards grow old enough to vouch for sign-offs."""
    for item in items:
        if HERE in item.path.parents:  # pytest hands every test of the run to every conftest
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: "signing" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def cases() -> dict[str, Case]:
    """The examples, shifted to today, by name."""
    return {case.name: case for case in cases_on(datetime.now(UTC).date(), EXAMPLES)}


@pytest.fixture(scope="session")
def cluster() -> Iterator[LocalCluster]:
    """The cluster, guards first; a sign-off given at once would not count yet."""
    with LocalCluster(say=lambda text: print(f"cluster: {text}")) as running:  # noqa: T201 - shown on failure
        yield running


@pytest.fixture(scope="session")
def stage(cluster: LocalCluster, cases: dict[str, Case]) -> Stage:
    """Puts an example's evidence into a namespace, each object created by whom it concerns."""
    return Stage(cluster, cases)


@pytest.fixture(scope="session")
def signing(stage: Stage) -> None:
    """From here on sign-offs count. What can be prepared is prepared in the time until then."""
    stage.prepare_all()
    stage.cluster.wait_until_signing()
