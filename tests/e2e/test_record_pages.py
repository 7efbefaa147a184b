"""docs/model-card.md and docs/signoff.md as a newcomer follows them, in the cluster of `make cluster`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cluster.local import LocalCluster
from examples import write_examples

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT / "tests") not in sys.path:
    sys.path.insert(0, str(ROOT / "tests"))

from pages import Block, blocks, run  # noqa: E402 - the folder has to be on the path first

TEN_MINUTES = 600.0


@pytest.fixture(scope="module")
def newcomer(say: Callable[[str], None]) -> Iterator[LocalCluster]:
    """A cluster of their own: the pages speak of the examples, which other tests have approved already."""
    say("a second cluster starts, to follow the pages about cards and approvals")
    with LocalCluster(say=say) as running:
        yield running


def _environment(cluster: LocalCluster) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "PYTHONPATH", "LANG")}
    programs = f"{Path(sys.executable).parent}:{ROOT / '.tools' / 'bin'}"
    kubeconfig = str(cluster.control_plane.kubeconfig)
    return {**kept, "PATH": f"{programs}:/usr/bin:/bin", "KUBECONFIG": kubeconfig, "NO_COLOR": "1"}


def _followed(page: str, folder: Path, environment: dict[str, str]) -> list[tuple[Block, str]]:
    """The blocks of a page that are run, and what each printed."""
    printed = []
    for block in blocks(page):
        if block.info.startswith("yaml "):
            (folder / block.info.split()[1]).write_text(block.text)
        elif block.what in ("sh run", "sh cluster"):
            printed.append((block, run(block, folder, environment)))
    return printed


def test_a_newcomer_comes_to_an_approved_deployment_in_ten_minutes(
    newcomer: LocalCluster, tmp_path: Path
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    write_examples(tmp_path / ".build" / "examples", datetime.now(UTC).date())
    environment = _environment(newcomer)
    started = time.monotonic()

    cards = _followed("model-card.md", tmp_path, environment)
    newcomer.wait_until_signing()
    approvals = _followed("signoff.md", tmp_path, environment)

    assert time.monotonic() - started < TEN_MINUTES
    sandbox, evidence, refused, made, counted, *rest = (
        out for block, out in [*cards, *approvals] if block.what == "sh cluster"
    )
    assert "inferenceservice.serving.kserve.io/ticket-router created" in sandbox
    assert "Warning: " in sandbox
    assert "modelcard.mlgate.dev/ticket-router-1.4.0 created" in evidence
    assert "signoffs.mlgate.dev" in evidence, "the guard refuses bo's approval to the administrator"
    assert "signoff.approval_missing" in refused
    assert "1 of businessOwner" in refused
    assert "signoff.mlgate.dev/ticket-router-1-4-0-businessowner-" in made
    assert "counts: ticket-router 1.4.0 approved as businessOwner by bo@example.com (authenticated" in counted
    assert "inferenceservice.serving.kserve.io/ticket-router created" in counted
    held, other_role, forged, impersonated, administrator, unwaived, waived = rest
    (right,) = (line for line in held.splitlines() if "signoffroles" in line)
    assert right.split() == ["signoffroles.mlgate.dev", "[]", "[businessOwner]", "[approve]"]
    assert "signoffs.mlgate.dev" in other_role
    assert "signoffs.mlgate.dev" in forged
    assert "forbidden" in impersonated.lower()
    assert "impersonate" in impersonated
    assert "created (server dry run)" in administrator
    assert "identity.default_service_account" in unwaived
    assert "RISK-231" in waived
    assert "inferenceservice.serving.kserve.io/ticket-router configured" in waived
