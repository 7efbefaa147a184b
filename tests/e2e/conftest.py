"""One real cluster for the whole session, and the examples staged in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
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
from cluster.control_plane import ControlPlane  # noqa: E402 - as above
from cluster.local import LocalCluster  # noqa: E402 - as above
from installation import Installation  # noqa: E402 - as above
from reviewing import Reviews, reviewing, wanted_of  # noqa: E402 - as above
from staging import Stage  # noqa: E402 - as above
from steady import Wanted  # noqa: E402 - as above


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs no sign-off first, while the guards grow old enough to vouch for sign-offs.

    What lifts the guards runs last.
    """
    for item in items:
        if HERE in item.path.parents:  # pytest hands every test of the run to every conftest
            item.add_marker(pytest.mark.e2e)
    items.sort(
        key=lambda item: [name in getattr(item, "fixturenames", ()) for name in ("lifting", "signing")]
    )


@pytest.fixture(scope="session")
def cases() -> dict[str, Case]:
    """The examples, shifted to today, by name."""
    return {case.name: case for case in cases_on(datetime.now(UTC).date(), EXAMPLES)}


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Tells a waiting person what goes on, past the capture of output."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    visible = capture.global_and_fixture_disabled if capture else nullcontext

    def told(text: str) -> None:
        with visible():
            print(f"\ncluster: {text}", flush=True)  # noqa: T201 - progress of a run of minutes

    return told


@pytest.fixture(scope="session")
def cluster(say: Callable[[str], None]) -> Iterator[LocalCluster]:
    """The cluster, guards first; a sign-off given at once would not count yet."""
    with LocalCluster(say=say) as running:
        yield running


@pytest.fixture(scope="session")
def bare_plane(
    tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]
) -> Iterator[ControlPlane]:
    """A second control plane with nothing of ours in it."""
    say("a second control plane starts, without mlgate")
    with ControlPlane(tmp_path_factory.mktemp("bare"), ROOT / ".tools" / "bin") as plane:
        yield plane


@pytest.fixture(scope="session")
def stage(cluster: LocalCluster, cases: dict[str, Case]) -> Stage:
    """Puts an example's evidence into a namespace, each object created by whom it concerns."""
    return Stage(cluster, cases)


@pytest.fixture(scope="session")
def signing(stage: Stage, say: Callable[[str], None]) -> None:
    """From here on sign-offs count. What can be prepared is prepared in the time until then."""
    say("the examples are stored; what needs sign-offs follows when the guards are a minute old")
    stage.prepare_all()
    stage.cluster.wait_until_signing()


@pytest.fixture(scope="module")
def wanted(site: Installation, cases: dict[str, Case]) -> list[Wanted]:
    """Reviews of every sort for the installation of the module, and what must become of each."""
    return wanted_of(site, cases)


@pytest.fixture
def reviews(
    site: Installation, wanted: list[Wanted], tmp_path: Path, say: Callable[[str], None]
) -> Iterator[Reviews]:
    """Sends them, while a test does something to the installation."""
    with reviewing(site, wanted, tmp_path, say) as going_on:
        yield going_on
