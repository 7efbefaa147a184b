"""No condition of a template is without a test: decided beforehand, it changes what some value set gives."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chart.conditions import Condition, conditions
from chart.outcomes import REFUSED, SHARED, ValueSet, made_secrets, outcome, upgrade_sets, value_sets
from chart.values import CHART

Outcomes = Callable[[Path, ValueSet], str]
FOUND = list(conditions(CHART))


@pytest.fixture(scope="module")
def sets() -> dict[str, ValueSet]:
    refused = {name: ValueSet(values) for name, values in REFUSED.items()}
    return value_sets() | SHARED | refused | upgrade_sets(made_secrets({}))


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return lambda chart, wanted: outcome(wanted, chart, tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="module")
def expected(sets: dict[str, ValueSet], outcomes: Outcomes) -> dict[str, str]:
    return {name: outcomes(CHART, wanted) for name, wanted in sets.items()}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chart = tmp_path_factory.mktemp("decided") / CHART.name
    shutil.copytree(CHART, chart)
    return chart


def likely_first(condition: Condition, sets: dict[str, ValueSet]) -> Iterator[tuple[str, ValueSet]]:
    """The sets, those first in whose values the condition's own words stand."""
    words = set(re.findall(r"[A-Za-z]{3,}", condition.asked))

    def strange(entry: tuple[str, ValueSet]) -> int:
        return -len(words & set(re.findall(r"[A-Za-z]{3,}", str(entry[1].values))))

    yield from sorted(sets.items(), key=strange)


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        pytest.param(found, answer, id=f"{found.template}:{found.line}-{answer}")
        for found in FOUND
        for answer in found.answers
    ],
)
def test_some_value_set_shows_what_a_condition_decides(
    condition: Condition,
    answer: bool,  # noqa: FBT001 - a parameter
    sets: dict[str, ValueSet],
    outcomes: Outcomes,
    expected: dict[str, str],
    copy: Path,
) -> None:
    path = copy / "templates" / condition.template
    whole = path.read_text()
    path.write_text(condition.decided(whole, answer=answer))
    try:
        shown = any(
            outcomes(copy, wanted) != expected[name] for name, wanted in likely_first(condition, sets)
        )
    finally:
        path.write_text(whole)
    assert shown, (
        f"no value set of charts/mlgate/ci shows what becomes of `{condition.asked}` if it is {answer}"
    )


@pytest.mark.parametrize(
    "added",
    [
        "  {{- if eq (int .Values.service.port) 4711 }}\n  clusterIP: None\n  {{- end }}\n",
        "  {{- with .Values.service.annotations.a4711 }}\n  clusterIP: None\n  {{- end }}\n",
        "  {{- range $_, $one := .Values.service.annotations.a4711 }}\n  clusterIP: None\n  {{- end }}\n",
    ],
)
def test_a_condition_no_set_shows_is_found(
    added: str, tmp_path: Path, sets: dict[str, ValueSet], outcomes: Outcomes
) -> None:
    chart = tmp_path / CHART.name
    shutil.copytree(CHART, chart)
    service = chart / "templates" / "service.yaml"
    service.write_text(service.read_text() + added)
    (new,) = [found for found in conditions(chart) if "4711" in found.asked]
    before = {name: outcomes(chart, wanted) for name, wanted in sets.items()}
    service.write_text(new.decided(service.read_text(), answer=False))
    assert {name: outcomes(chart, wanted) for name, wanted in sets.items()} == before


def test_every_condition_is_seen() -> None:
    for path in (entry for entry in (CHART / "templates").rglob("*") if entry.is_file()):
        name = path.relative_to(CHART / "templates").as_posix()
        written = re.findall(r"(?:\{\{-?|else)\s*(?:if|with|range)\b", path.read_text())
        assert len(written) == len([found for found in FOUND if found.template == name]), name
