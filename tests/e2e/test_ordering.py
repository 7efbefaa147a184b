"""A card has to be there before its model: what kubectl, helm, Argo CD and Flux send first."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import yaml
from casebook.cases import EXAMPLES, Case
from casebook.documents import Object
from cluster.kubectl import Answer, manifest
from refusals import refusal, refused_by_gate
from staging import Stage
from test_helm import chart_of_today, helm, printed_digest

TEAM = EXAMPLES / "gitops" / "team"
WAVE = "argocd.argoproj.io/sync-wave"
HOOK = "helm.sh/hook: pre-install,pre-upgrade"
SERVICE = "InferenceService/ticket-router"


@pytest.fixture
def team(stage: Stage, cases: dict[str, Case], request: pytest.FixtureRequest) -> tuple[str, Object, Object]:
    """A namespace for staging with all but a card and its model; both are yet to be sent.

    They carry the annotations of the example for GitOps.
    """
    namespace = request.node.name.replace("test_", "").replace("_", "-")[:50].strip("-")
    case = cases["ticket-router-staging"]
    (card,) = [item for item in case.evidence if item["kind"] == "ModelCard"]
    stage.copy("ticket-router-staging", namespace, without="ModelCard")
    (model,) = case.manifest
    made = [_annotated(item, namespace) for item in (card, model)]
    return namespace, made[0], made[1]


def _annotated(item: Object, namespace: str) -> Object:
    """The object in the namespace, with what the example of its kind has for Argo CD."""
    (example,) = [
        found
        for path in sorted(TEAM.rglob("*.yaml"))
        if (found := yaml.safe_load(path.read_text()))["kind"] == item["kind"]
    ]
    told = {
        name: value
        for name, value in example["metadata"].get("annotations", {}).items()
        if name.startswith("argocd.")
    }
    metadata = item["metadata"]
    annotations = {**metadata.get("annotations", {}), **told}
    return {**item, "metadata": {**metadata, "namespace": namespace, "annotations": annotations}}


def _write(folder: Path, files: dict[str, Object]) -> Path:
    """A folder with one object in each file."""
    for name, item in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(manifest([item]))
    return folder


def _refused_for_its_card(answer: Answer) -> bool:
    return refused_by_gate(answer) and "model_card.missing" in refusal(answer.errors).codes


Team = tuple[str, Object, Object]


def test_kubectl_sends_a_folder_in_the_order_of_its_names(stage: Stage, team: Team, tmp_path: Path) -> None:
    namespace, card, model = team
    names = {
        item["kind"]: str(path.relative_to(TEAM))
        for path in TEAM.rglob("*.yaml")
        for item in [yaml.safe_load(path.read_text())]
    }
    folder = _write(tmp_path, {names["ModelCard"]: card, names["InferenceService"]: model})
    answer = stage.cluster.kubectl("engineer", "apply", "-R", "-f", str(folder))
    assert answer.ok, answer.errors
    assert stage.stored(namespace, SERVICE) is not None


def test_a_folder_in_the_wrong_order_takes_two_goes(stage: Stage, team: Team, tmp_path: Path) -> None:
    namespace, card, model = team
    folder = _write(tmp_path, {"a-model.yaml": model, "b-card.yaml": card})
    first = stage.cluster.kubectl("engineer", "apply", "-f", str(folder))
    assert _refused_for_its_card(first), first.errors
    assert stage.stored(namespace, "ModelCard/ticket-router-1.4.0") is not None, "kubectl goes on"
    second = stage.cluster.kubectl("engineer", "apply", "-f", str(folder))
    assert second.ok, second.errors


def test_the_waves_of_the_example_bring_the_card_first(stage: Stage, team: Team) -> None:
    namespace, card, model = team
    waves: Callable[[Object], int] = lambda item: int(item["metadata"]["annotations"].get(WAVE, "0"))  # noqa: E731
    for item in sorted([model, card], key=waves):
        answer = stage.cluster.kubectl.send("engineer", "apply", [item], "--server-side")
        assert answer.ok, answer.errors
    assert stage.stored(namespace, SERVICE) is not None


def _as_flux(stage: Stage, objects: Iterable[Object]) -> list[Answer]:
    """One Kustomization: every object is tried first, and all are sent when none was refused."""
    entries = list(objects)
    flags = ("--server-side", "--field-manager=kustomize-controller")
    tried = [
        stage.cluster.kubectl.send("engineer", "apply", [item], *flags, "--dry-run=server")
        for item in entries
    ]
    if all(answer.ok for answer in tried):
        return [stage.cluster.kubectl.send("engineer", "apply", [item], *flags) for item in entries]
    return [answer for answer in tried if not answer.ok]


def test_one_kustomization_of_flux_with_both_is_refused_for_ever(stage: Stage, team: Team) -> None:
    namespace, card, model = team
    for _ in range(2):
        (answer,) = _as_flux(stage, [card, model])
        assert _refused_for_its_card(answer), answer.errors
        assert stage.stored(namespace, "ModelCard/ticket-router-1.4.0") is None


def test_two_that_depend_on_each_other_are_not(stage: Stage, team: Team) -> None:
    namespace, card, model = team
    assert all(answer.ok for answer in _as_flux(stage, [card]))
    assert all(answer.ok for answer in _as_flux(stage, [model]))
    assert all(answer.ok for answer in _as_flux(stage, [card])), "and again, as every interval"
    assert stage.stored(namespace, SERVICE) is not None


def test_helm_sends_a_card_that_is_no_hook_after_the_model(
    stage: Stage, cases: dict[str, Case], team: Team, tmp_path: Path
) -> None:
    namespace, _, _ = team
    chart = chart_of_today(tmp_path, cases["ticket-router"])
    template = chart / "templates" / "card.yaml"
    assert HOOK in template.read_text()
    template.write_text(template.read_text().replace(HOOK, "example.com/no: hook"))
    flags = ("--set=card.source=modelcard", f"--set=card.digest={printed_digest(chart)}")
    answer = helm(stage, tmp_path, namespace, chart, *flags)
    assert _refused_for_its_card(answer), answer.errors
    assert stage.stored(namespace, SERVICE) is None


def test_helm_sends_a_card_that_is_a_hook_before_the_model(
    stage: Stage, cases: dict[str, Case], team: Team, tmp_path: Path
) -> None:
    namespace, _, _ = team
    chart = chart_of_today(tmp_path, cases["ticket-router"])
    flags = ("--set=card.source=modelcard", f"--set=card.digest={printed_digest(chart)}")
    answer = helm(stage, tmp_path, namespace, chart, *flags)
    assert answer.ok, answer.errors
    shutil.rmtree(chart)
    assert stage.stored(namespace, SERVICE) is not None
