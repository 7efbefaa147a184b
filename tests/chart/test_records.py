"""Kinds and guards of records stay when the release goes; what is installed is what lies in the chart."""

from __future__ import annotations

import yaml
from chart.rendering import objects, render
from chart.values import CHART

KEPT = {"CustomResourceDefinition", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}


def lying(folder: str) -> list[object]:
    """The objects in a folder of the chart's files."""
    paths = sorted((CHART / "files" / folder).glob("*.yaml"))
    return [found for path in paths for found in yaml.safe_load_all(path.read_text())]


def test_records_and_guards_are_rendered_as_they_lie_there() -> None:
    found = list(yaml.safe_load_all(render()["records.yaml"]))
    assert [entry for entry in found if entry] == lying("crds") + lying("guards")


def test_they_stay_and_nothing_else_does() -> None:
    for entry in objects(render({"tls": {"mode": "helm"}})):
        annotations = entry["metadata"].get("annotations", {})
        kept = annotations.get("helm.sh/resource-policy") == "keep"
        assert kept == (entry["kind"] in KEPT), entry["metadata"]["name"]
        # Argo CD neither reads Helm's annotation nor leaves what its own options do not name.
        spared = set(annotations.get("argocd.argoproj.io/sync-options", "").split(",")) - {""}
        assert spared == ({"Prune=false", "Delete=false"} if kept else set()), entry["metadata"]["name"]
