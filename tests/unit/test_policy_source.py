"""A policy comes from files or from an address, and what cannot be had is told where it is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlgate.engines import bundle_for
from mlgate.errors import PolicyError, SettingsError
from mlgate.policy.local_opa import find_opa
from mlgate.policy_source import PolicySource
from mlgate.settings import Settings, load_settings

NOWHERE = "http://127.0.0.1:1/policy.tar.gz"


def settings(tmp_path: Path, **policy: Any) -> Settings:
    return load_settings({"policy": policy, "decision": {"cache_dir": tmp_path}})


async def test_files_are_watched_and_nothing_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("fairness: {tolerance: 0.1}\n")
    source = PolicySource.of(settings(tmp_path, settings=tmp_path / "site.yaml"), find_opa())
    await source.refresh(ordered=True)
    before = source.look()
    assert source.load().modes
    (tmp_path / "site.yaml").write_text("fairness: {tolerance: 0.2}\n")
    assert source.look() != before
    assert source.answered_at is None


async def test_packages_are_watched_as_well(tmp_path: Path) -> None:
    (tmp_path / "a.rego").write_text("package mlgate.rules.ours\n")
    source = PolicySource.of(settings(tmp_path, packages=(tmp_path / "a.rego",)), find_opa())
    before = source.look()
    (tmp_path / "a.rego").write_text("package mlgate.rules.theirs\n")
    assert source.look() != before


async def test_what_cannot_be_fetched_is_a_change_that_is_refused(tmp_path: Path) -> None:
    chosen = settings(tmp_path, url=NOWHERE, verification_key=tmp_path / "key.pub")
    source = PolicySource.of(chosen, find_opa())
    before = source.look()
    await source.refresh(ordered=True)
    assert source.look() != before
    with pytest.raises(PolicyError, match=r"policy\.url: http://127\.0\.0\.1:1/.*cannot be fetched"):
        source.load()
    assert source.answered_at is None


def test_settings_that_contradict_each_other_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"policy\.verification_key"):
        PolicySource.of(settings(tmp_path, url=NOWHERE), find_opa())


def test_a_check_does_not_judge_by_other_rules_than_the_server(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"policy\.url: only `mlgate serve` fetches a bundle"):
        bundle_for(settings(tmp_path, url=NOWHERE), find_opa())
