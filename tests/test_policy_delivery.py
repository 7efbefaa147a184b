"""docs/policy-delivery.md names settings, metrics and links that there are."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel

from mlgate.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "policy-delivery.md"
TEXT = PAGE.read_text()


def settings() -> set[str]:
    found = set()
    for group, field in Settings.model_fields.items():
        kind = field.annotation
        assert isinstance(kind, type)
        assert issubclass(kind, BaseModel)
        found |= {f"{group}.{name}" for name in kind.model_fields}
    return found


def test_every_setting_it_names_is_one() -> None:
    named = {
        name for name in re.findall(r"`((?:opa|policy)\.[a-z_]+)`", TEXT) if not name.endswith(".refused")
    }
    assert {"opa.shared_dir", "policy.packages", "policy.url"} <= named
    assert named - {"policy.revision", "opa.json"} <= settings()


def test_it_names_every_setting_about_where_the_policy_comes_from_and_goes() -> None:
    about = {name for name in settings() if name.startswith("policy.")} - {"policy.partial"}
    assert about <= set(re.findall(r"policy\.[a-z_]+", TEXT))


def test_every_metric_it_names_is_exported() -> None:
    code = "".join(path.read_text() for path in (ROOT / "src" / "mlgate" / "web").glob("*metrics.py"))
    exported = set(re.findall(r'"(mlgate_[a-z_]+)"', code))
    named = set(re.findall(r"`(mlgate_[a-z_]+)", TEXT))
    assert len(named) > 8
    assert {name.removesuffix("_total").removesuffix("_info") for name in named} <= exported


def test_its_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (PAGE.parent / target).exists(), target
