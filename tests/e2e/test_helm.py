"""`helm install` of a chart that brings a model and its card."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from casebook.cases import EXAMPLES, Case
from casebook.documents import Object, read_one
from casebook.shift import parse_day, shifted
from cluster.kubectl import Answer
from refusals import refusal
from staging import Stage, signed

CHART = EXAMPLES / "charts" / "ticket-router"
MLGATE = Path(sys.executable).with_name("mlgate")

Change = Callable[[dict[str, Any]], object]


def card_of(case: Case) -> Object:
    """The card among the evidence of an example."""
    return next(entry for entry in case.evidence if entry["kind"] == "ModelCard")


def chart_of_today(folder: Path, case: Case, change: Change | None = None) -> Path:
    """The chart with its card dated as the examples are today, and perhaps changed."""
    chart = folder / "ticket-router"
    shutil.copytree(CHART, chart)
    written = read_one(CHART / "files" / "card.yaml")
    measured, dated = (parse_day(card["spec"]["evaluation"]["date"]) for card in (written, card_of(case)))
    (card,) = shifted([written], (dated - measured).days)
    if change:
        change(card["spec"])
    (chart / "files" / "card.yaml").write_text(yaml.safe_dump(card, sort_keys=False))
    return chart


def printed_digest(chart: Path) -> str:
    """What `mlgate card digest` prints for the card of a chart, without the name before it."""
    command = [str(MLGATE), "card", "digest", str(chart / "files" / "card.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    return done.stdout.strip().partition("@")[2]


def helm(stage: Stage, folder: Path, namespace: str, chart: Path, *flags: str) -> Answer:
    """`helm install` by the engineer."""
    homes = {f"HELM_{kind}_HOME": str(folder / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
    command = [str(stage.cluster.tools / "helm"), "install", "ticket-router", str(chart)]
    kubeconfig = f"--kubeconfig={stage.cluster.control_plane.kubeconfig}"
    done = subprocess.run(  # noqa: S603 - the pinned helm
        [*command, "-n", namespace, kubeconfig, "--kube-context=engineer", *flags],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | homes,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def approved(stage: Stage, signing: None, request: pytest.FixtureRequest) -> Case:
    """A namespace with the server the chart needs and the approval of its card, but without the card."""
    namespace = request.node.name.replace("test_", "").replace("_", "-")[:50].rstrip("-")
    case = stage.copy("ticket-router", namespace)
    stage.cluster.kubectl.must("engineer", "delete", "modelcard", "--all", "-n", namespace)
    stage.sign(signed(case))
    return case


def test_the_charts_card_is_the_one_of_the_example(cases: dict[str, Case], tmp_path: Path) -> None:
    chart = chart_of_today(tmp_path, cases["ticket-router"])
    assert read_one(chart / "files" / "card.yaml")["spec"] == card_of(cases["ticket-router"])["spec"]


def test_a_card_in_a_config_map_installs(stage: Stage, approved: Case, tmp_path: Path) -> None:
    chart = chart_of_today(tmp_path, approved)
    answer = helm(stage, tmp_path, approved.name, chart, f"--set=card.digest={printed_digest(chart)}")
    assert answer.ok, answer.errors
    stored = stage.stored(approved.name, "InferenceService/ticket-router")
    assert stored is not None
    reference = stored["metadata"]["annotations"]["mlgate.dev/model-card"]
    assert reference == f"configmap/ticket-router-card/card.yaml@{printed_digest(chart)}"
    assert stage.stored(approved.name, "ModelCard/ticket-router-1.4.0") is None


def test_a_card_object_installs_as_a_hook(stage: Stage, approved: Case, tmp_path: Path) -> None:
    chart = chart_of_today(tmp_path, approved)
    flags = ("--set=card.source=modelcard", f"--set=card.digest={printed_digest(chart)}")
    answer = helm(stage, tmp_path, approved.name, chart, *flags)
    assert answer.ok, answer.errors
    assert stage.stored(approved.name, "ModelCard/ticket-router-1.4.0") is not None
    assert stage.stored(approved.name, "InferenceService/ticket-router") is not None


def _without_bias_test(spec: dict[str, Any]) -> None:
    del spec["fairness"]["evaluations"]


def test_the_bad_twin_is_refused_in_helms_own_output(stage: Stage, approved: Case, tmp_path: Path) -> None:
    chart = chart_of_today(tmp_path, approved, _without_bias_test)
    answer = helm(stage, tmp_path, approved.name, chart, f"--set=card.digest={printed_digest(chart)}")
    assert not answer.ok
    found = refusal(answer.errors)
    assert "fairness.bias_test_missing" in found.codes, answer.errors
    assert "signoff.not_bound" in found.codes, "the approval was given to the card with the test"
    assert found.fixes
    assert stage.stored(approved.name, "InferenceService/ticket-router") is None


def test_a_card_changed_after_it_was_pinned_is_refused(stage: Stage, approved: Case, tmp_path: Path) -> None:
    honest = chart_of_today(tmp_path / "honest", approved)
    changed = chart_of_today(tmp_path / "changed", approved, lambda spec: spec["limitations"].clear())
    answer = helm(stage, tmp_path, approved.name, changed, f"--set=card.digest={printed_digest(honest)}")
    assert not answer.ok
    assert "model_card.digest_mismatch" in refusal(answer.errors).codes, answer.errors
