"""Render the chart with Helm's own engine, inside this process and without a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import helm_python as helm
import yaml

from chart.values import CHART

Json = dict[str, Any]

RELEASE = "mlgate"
NAMESPACE = "mlgate-system"


def render(
    values: Json | None = None,
    *,
    chart: Path = CHART,
    release: str = RELEASE,
    namespace: str = NAMESPACE,
    upgrade: bool = False,
) -> dict[str, str]:
    """What each template of the chart gives, by its path below `templates/`; values are checked first.

    Raises:
        helm_python.HelmError: the values do not meet the schema, or a template refuses them.
    """
    with helm.Chart.load(chart) as loaded:
        loaded.validate_schema(values or {})
        given = loaded.render(
            values or {}, name=release, namespace=namespace, is_install=not upgrade, is_upgrade=upgrade
        )
    return {path.partition("/templates/")[2]: text for path, text in sorted(given.items())}


def objects(rendered: dict[str, str]) -> list[Json]:
    """Every object that is installed: all but the notes and hooks, in the order of the templates."""
    return [found for found in _all(rendered) if not _is_hook(found)]


def hooks(rendered: dict[str, str]) -> list[Json]:
    """The objects that are there while a hook of Helm runs, as `helm test`."""
    return [found for found in _all(rendered) if _is_hook(found)]


def _all(rendered: dict[str, str]) -> list[Json]:
    texts = [text for path, text in rendered.items() if path.endswith(".yaml")]
    return [found for text in texts for found in yaml.safe_load_all(text) if found]


def _is_hook(found: Json) -> bool:
    return "helm.sh/hook" in found["metadata"].get("annotations", {})


def only(found: list[Json], kind: str) -> Json:
    """The one object of a kind.

    Raises:
        ValueError: there is none, or there are several.
    """
    (one,) = [entry for entry in found if entry["kind"] == kind]
    return one
