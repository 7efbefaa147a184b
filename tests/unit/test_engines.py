"""Which policy judges and which engine asks it, by the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlgate import engines
from mlgate.engines import bundle_for, last_good, opa_for, opa_version
from mlgate.errors import BundleUnsound, PolicyError, SettingsError
from mlgate.policy.archive import pack, unpack
from mlgate.policy.bundle import build_bundle
from mlgate.policy.local_opa import find_opa
from mlgate.policy.manifest import BundleManifest
from mlgate.settings import Settings, load_settings

ELSEWHERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BundleManifest:
    return build_bundle(None, None, tmp_path_factory.mktemp("bundles"), find_opa())


def settings(url: str = ELSEWHERE, **groups: dict[str, Any]) -> Settings:
    return load_settings({"opa": {"url": url}} | groups)


def test_a_program_that_is_named_is_looked_at_even_where_none_is_needed(
    built: BundleManifest, tmp_path: Path
) -> None:
    named = settings(opa={"url": ELSEWHERE, "binary": tmp_path / "missing"}, policy={"bundle": built.path})
    with pytest.raises(SettingsError, match=r"opa\.binary"):
        opa_for(named)


def test_a_source_tree_is_not_built_without_a_program(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"opa\.binary"):
        bundle_for(settings(policy={"bundle": tmp_path}), None)


def test_a_bundle_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"policy\.bundle: .*gone does not exist"):
        bundle_for(settings(policy={"bundle": tmp_path / "gone"}), find_opa())


def test_a_built_bundle_takes_no_more_overrides(built: BundleManifest, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("fairness: {tolerance: 0.1}\n")
    chosen = settings(policy={"bundle": built.path, "settings": tmp_path / "site.yaml"})
    with pytest.raises(PolicyError, match="part of a bundle"):
        bundle_for(chosen, None)


def test_a_built_bundle_takes_no_more_packages(built: BundleManifest, tmp_path: Path) -> None:
    chosen = settings(policy={"bundle": built.path, "packages": (tmp_path,)})
    with pytest.raises(PolicyError, match=r"policy\.packages: they are part of a bundle"):
        bundle_for(chosen, None)


def test_where_the_policy_is_handed_over_a_program_checks_it(built: BundleManifest, tmp_path: Path) -> None:
    opa = {"url": ELSEWHERE, "shared_dir": tmp_path, "token_file": tmp_path / "token"}
    chosen = settings(opa=opa, policy={"bundle": built.path})
    assert opa_for(chosen) == find_opa()
    found = bundle_for(chosen, find_opa())
    assert found.path == built.path  # as it is, with its signature if it has one
    assert last_good(chosen, find_opa()) is None
    assert built.path is not None
    (tmp_path / "bundle.tar.gz").write_bytes(built.path.read_bytes())
    kept = last_good(chosen, find_opa())
    assert kept is not None
    assert (kept.revision, kept.codes) == (built.revision, built.codes)
    (tmp_path / "bundle.tar.gz").write_bytes(built.path.read_bytes()[:-1])
    assert last_good(chosen, find_opa()) is None


def test_a_bundle_that_opa_is_to_load_is_copied_into_the_cache(built: BundleManifest, tmp_path: Path) -> None:
    chosen = settings("managed", policy={"bundle": built.path}, decision={"cache_dir": tmp_path / "cache"})
    found = bundle_for(chosen, find_opa())
    assert found.path is not None
    assert built.path is not None
    assert found.path.parent == tmp_path / "cache"
    assert found.path.read_bytes() == built.path.read_bytes()


def test_a_bundle_that_was_tampered_with_judges_nothing(built: BundleManifest, tmp_path: Path) -> None:
    assert built.path is not None
    files = unpack(built.path.read_bytes())
    evil = b"package mlgate.lib.evil\n\nx := http.send({})\n"
    (tmp_path / "b.tar.gz").write_bytes(pack(files | {"mlgate/lib/evil/evil.rego": evil}))
    with pytest.raises(BundleUnsound, match=r"evil\.rego:3: .*http\.send"):
        bundle_for(settings("managed", policy={"bundle": tmp_path / "b.tar.gz"}), find_opa())


@pytest.mark.parametrize("demand", [{"verification_key": Path("key.pem")}, {"min_sequence": 1}])
@pytest.mark.parametrize("bundle", [None, Path(__file__).parent])
def test_a_source_tree_cannot_be_signed_or_counted(bundle: Path | None, demand: dict[str, Any]) -> None:
    (name,) = demand
    with pytest.raises(SettingsError, match=f"policy.{name}: only the file of a bundle can meet it"):
        bundle_for(settings(policy={"bundle": bundle} | demand), find_opa())


def test_a_bundle_must_meet_what_the_settings_demand(built: BundleManifest) -> None:
    with pytest.raises(BundleUnsound, match="none below 1 is taken"):
        bundle_for(settings(policy={"bundle": built.path, "min_sequence": 1}), None)
    with pytest.raises(PolicyError, match="holds no public key"):
        bundle_for(settings(policy={"bundle": built.path, "verification_key": Path(__file__)}), None)


def test_the_shipped_policy_is_built_into_the_cache_that_is_set(
    built: BundleManifest, tmp_path: Path
) -> None:
    chosen = settings(decision={"cache_dir": tmp_path / "cache"})
    found = bundle_for(chosen, find_opa())
    assert found.revision == built.revision
    assert found.path is not None
    assert found.path.parent == tmp_path / "cache"


def test_a_cache_in_which_nothing_can_be_built_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    chosen = settings(decision={"cache_dir": tmp_path / "file"})
    with pytest.raises(SettingsError, match=r"decision\.cache_dir: no bundle can be kept in .*file"):
        bundle_for(chosen, find_opa())


def test_a_program_that_tells_no_version_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "run_opa", lambda *_: "Build Commit: x\nVersion: 1.2.3\n")
    assert opa_version(Path("opa")) == "1.2.3"
    monkeypatch.setattr(engines, "run_opa", lambda *_: "hello\n")
    assert opa_version(Path("opa")) is None
