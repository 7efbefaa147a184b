"""Every object of every value set is one that two minors of Kubernetes take, by their published schemas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from chart.conformity import Report, check, unpack, versions
from chart.outcomes import value_sets
from chart.rendering import render
from chart.values import CHART

Check = Callable[[str, dict[str, list[dict[str, Any]]]], Report]
"""Holds objects, by the name of a file, against a release."""
FOREIGN = {"Certificate", "Issuer", "PrometheusRule", "ServiceMonitor"}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schemas")
    unpack(folder)
    return folder


@pytest.fixture
def checked(schemas: Path, tmp_path: Path) -> Check:
    def run(version: str, files: dict[str, list[dict[str, Any]]]) -> Report:
        for name, entries in files.items():
            (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump_all(entries))
        return check(schemas, version, tmp_path)

    return run


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    """The objects of every value set, as text: what is said twice is lost to a parser."""
    sets = value_sets()
    assert len(sets) >= 10
    return {
        name: "\n---\n".join(
            text for path, text in render(wanted.values).items() if path.endswith(".yaml") and text.strip()
        )
        for name, wanted in sets.items()
    }


def objects_of(text: str) -> list[dict[str, Any]]:
    """The objects in a text."""
    return [entry for entry in yaml.safe_load_all(text) if entry]


def test_the_oldest_minor_is_the_one_the_chart_asks_for() -> None:
    assert len(versions()) >= 2
    asked = yaml.safe_load((CHART / "Chart.yaml").read_text())["kubeVersion"]
    oldest = versions()[0].rpartition(".")[0]
    assert asked == f">={oldest}.0-0"


@pytest.mark.parametrize("version", versions())
def test_every_object_of_every_value_set_is_valid(
    version: str, schemas: Path, rendered: dict[str, str], tmp_path: Path
) -> None:
    count = 0
    for name, text in rendered.items():
        (tmp_path / f"{name}.yaml").write_text(text)
        count += len(objects_of(text))
    report = check(schemas, version, tmp_path)
    assert report.faults == ()
    assert report.valid == count > 200


def test_the_kinds_of_others_are_among_them(rendered: dict[str, str]) -> None:
    assert {entry["kind"] for text in rendered.values() for entry in objects_of(text)} >= FOREIGN


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize(
    ("kind", "change", "told"),
    [
        ("Deployment", lambda entry: entry["spec"].update(replica=2), "replica"),
        ("Deployment", lambda entry: entry["spec"].update(replicas="2"), "got string, want integer"),
        ("Deployment", lambda entry: entry["spec"].pop("selector"), "missing property 'selector'"),
        ("Deployment", lambda entry: entry.update(apiVersion="apps/v1beta1"), "could not find schema"),
        ("Service", lambda entry: entry["spec"]["ports"][0].update(targetPort=True), "want"),
        ("PrometheusRule", lambda entry: entry["spec"].update(rules=[]), "rules"),
        ("ServiceMonitor", lambda entry: entry["spec"]["endpoints"][0].update(interval="soon"), "pattern"),
        ("Certificate", lambda entry: entry["spec"].pop("issuerRef"), "missing property 'issuerRef'"),
        ("Pod", lambda entry: entry["spec"]["containers"][0].update(arguments=[]), "arguments"),
    ],
)
def test_what_is_wrong_is_told(
    version: str,
    kind: str,
    change: Callable[[dict[str, Any]], Any],
    told: str,
    rendered: dict[str, str],
    checked: Check,
) -> None:
    text = rendered["own-issuer"] + "\n---\n" + rendered["own-certificate"]
    found = next(entry for entry in objects_of(text) if entry["kind"] == kind)
    assert checked(version, {"whole": [found]}) == Report(1, ())
    change(found)
    (fault,) = checked(version, {"whole": [found]}).faults
    assert kind in fault
    assert told in fault
