"""One bundle for one content: built once, the same each time, and refused with the place of what is wrong."""

from __future__ import annotations

import io
import json
import re
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mlgate import __version__
from mlgate.errors import PolicyError
from mlgate.policy import bundle as module
from mlgate.policy.bundle import build_bundle, revision_of
from mlgate.policy.loading import load_manifest
from mlgate.policy.local_opa import find_opa
from mlgate.policy.manifest import BundleManifest


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "built"


def archived(path: Path, name: str, content: bytes) -> Path:
    """A bundle file with one file in it."""
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return path


def data_in(bundle: Path | None) -> dict[str, Any]:
    assert bundle is not None
    with tarfile.open(bundle) as archive:
        stream = archive.extractfile("/data.json")
        assert stream is not None
        found: dict[str, Any] = json.loads(stream.read())
        return found


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> BundleManifest:
    return build_bundle(None, None, tmp_path_factory.mktemp("shipped"), find_opa())


def test_the_shipped_policy_is_a_bundle_that_knows_its_revision_and_codes(shipped: BundleManifest) -> None:
    assert shipped.revision.startswith(f"v{__version__}+")
    assert {"model_card.missing", "input.invalid", "signoff.approval_missing"} <= shipped.codes
    assert shipped.path is not None
    assert load_manifest(shipped.path) == shipped


def test_the_revision_of_a_bundle_is_known_without_building_it(shipped: BundleManifest) -> None:
    assert revision_of(None, None) == revision_of(None, {}) == shipped.revision
    assert revision_of(None, {"fairness": {"tolerance": 0.01}}) != shipped.revision


def test_a_bundle_holds_no_tests(shipped: BundleManifest) -> None:
    assert shipped.path is not None
    with tarfile.open(shipped.path) as archive:
        assert [name for name in archive.getnames() if "_test" in name] == []


def test_a_site_puts_packages_of_its_own_over_the_shipped_ones(
    shipped: BundleManifest, tmp_path: Path, target: Path, opa: Path, demo: str
) -> None:
    rules = tmp_path / "site" / "mlgate" / "rules" / "demo"
    rules.mkdir(parents=True)
    (rules / "demo.rego").write_text(demo)
    found = build_bundle(tmp_path / "site", None, target, opa)
    assert found.codes == shipped.codes | {"demo.refused"}
    assert found.revision != shipped.revision


def test_the_same_content_is_the_same_bundle_wherever_it_lies(
    tree: Path, tmp_path: Path, target: Path, opa: Path
) -> None:
    first = build_bundle(tree, {"fairness": {"tolerance": 0.1, "maxGroupGap": 0.2}}, target, opa)
    moved = tree.rename(tmp_path / "elsewhere")
    settings = {"fairness": {"maxGroupGap": 0.2, "tolerance": 0.1}}
    second = build_bundle(moved, settings, tmp_path / "again", opa)
    assert first.path is not None
    assert second.path is not None
    assert (first.revision, first.path.name) == (second.revision, second.path.name)
    assert first.path.read_bytes() == second.path.read_bytes()
    with tarfile.open(first.path) as archive:
        assert "/mlgate/main/main.rego" in archive.getnames()


def test_a_bundle_is_built_once(tree: Path, target: Path, opa: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build_bundle(tree, None, target, opa)
    monkeypatch.setattr(module, "run_opa", lambda *_: pytest.fail("it was built again"))
    monkeypatch.setattr(module, "read_catalog", lambda *_: pytest.fail("it was read again"))
    assert build_bundle(tree, None, target, opa) == first
    assert build_bundle(tree, {}, target, opa) == first
    assert [path.name for path in target.iterdir()] == [getattr(first.path, "name", "")]


@pytest.mark.parametrize("change", ["rule", "settings", "version"])
def test_whatever_goes_into_a_bundle_changes_its_revision(
    tree: Path, target: Path, opa: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    before = build_bundle(tree, None, target, opa)
    settings = None
    if change == "rule":
        path = tree / "mlgate" / "rules" / "demo" / "demo.rego"
        path.write_text(path.read_text().replace('"bad"', '"worse"'))
    elif change == "settings":
        settings = {"fairness": {"tolerance": 0.5}}
    else:
        monkeypatch.setattr(module, "__version__", "99.0.0")
    assert build_bundle(tree, settings, target, opa).revision != before.revision


def test_tests_and_notes_in_a_tree_change_nothing(tree: Path, target: Path, opa: Path) -> None:
    before = build_bundle(tree, None, target, opa)
    (tree / "mlgate" / "main" / "main_test.rego").write_text("package broken")
    (tree / "README.md").write_text("notes")
    (tree / "mlgate" / "data.json").write_text('{"revision": "forged", "overrides": {}}')
    assert build_bundle(tree, None, target, opa) == before


@pytest.mark.parametrize("damage", ["cut", "empty", "other"])
def test_a_kept_bundle_that_is_damaged_is_built_again(
    tree: Path, target: Path, opa: Path, damage: str
) -> None:
    first = build_bundle(tree, None, target, opa)
    assert first.path is not None
    whole = first.path.read_bytes()
    if damage == "other":
        forged = {"mlgate": {"revision": "v9", "indexes": {"codes": ["a.b"]}, "catalog": {"a.b": {}}}}
        archived(first.path, "/data.json", json.dumps(forged).encode())
    else:
        first.path.write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"")
    assert build_bundle(tree, None, target, opa) == first
    assert load_manifest(first.path) == first


def test_builds_at_the_same_time_do_not_disturb_each_other(tree: Path, target: Path, opa: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: build_bundle(tree, None, target, opa), range(4)))
    assert len(set(found)) == 1
    assert len(list(target.iterdir())) == 1


def test_the_sites_settings_and_the_revision_are_data_of_the_bundle(
    tree: Path, tmp_path: Path, target: Path, opa: Path
) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("fairness: {tolerance: 0.25}\n")
    found = build_bundle(tree, site, target, opa)
    data = data_in(found.path)["mlgate"]
    assert data["overrides"] == {"fairness": {"tolerance": 0.25}}
    assert data["revision"] == found.revision


def test_what_follows_from_the_settings_is_put_down_in_the_bundle(target: Path, opa: Path) -> None:
    overrides = {"fairness": {"tolerance": 0.25}, "access": {"deployerGroups": {"staging": ["ml"]}}}
    data = data_in(build_bundle(None, overrides, target, opa).path)["mlgate"]
    settled = data["settled"]
    assert settled["overrides"] == data["overrides"] == overrides
    assert settled["value"]["fairness"] == data["settings"]["fairness"] | {"tolerance": 0.25}
    assert settled["value"]["signOff"] == data["settings"]["signOff"]
    assert settled["invalid"] == []
    assert "access.deployer_not_permitted" in settled["notConfigured"]["production"]
    assert "access.deployer_not_permitted" not in settled["notConfigured"]["staging"]


def test_a_tree_of_its_own_need_not_settle_anything(tree: Path, target: Path, opa: Path) -> None:
    assert "settled" not in data_in(build_bundle(tree, None, target, opa).path)["mlgate"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"fairness": {"tolerence": 0.1}}, "fairness.tolerence"),
        ({"enforcement": {"overrides": {"demo.refused": {"production": "off"}}}}, "locked"),
        ({"fairness": {"tolerance": float("nan")}}, "no JSON value"),
        ({"fairness": {"tolerance": object()}}, "no JSON value"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    tree: Path, target: Path, opa: Path, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(PolicyError, match=words):
        build_bundle(tree, settings, target, opa)
    assert not list(target.glob("*.tar.gz"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("package mlgate.rules.demo\n\nx := := 1\n", r"extra\.rego:3"),
        (
            "package mlgate.rules.demo\n\nx := y\n",
            r"^mlgate/rules/demo/extra\.rego:3: var y is unsafe; give y",
        ),
        (
            "package mlgate.rules.demo\n\nx := input.request.nmae\n",
            r"extra\.rego:3.*undefined ref: input\.request\.nmae",
        ),
        (
            'package mlgate.rules.demo\n\nx := http.send({"url": "https://evil"})\n',
            r"extra\.rego:3.*http\.send",
        ),
        ("package mlgate.rules.demo\n\nx := opa.runtime().env\n", r"extra\.rego:3.*opa\.runtime"),
        ("package mlgate.rules.demo\n\nx := time.now_ns()\n", r"extra\.rego:3.*time\.now_ns"),
        ("package mlgate.rules.demo\n\nx := rand.intn(`a`, 3)\n", r"extra\.rego:3.*rand\.intn"),
        ("package mlgate.rules.demo\n\nx := net.lookup_ip_addr(`a`)\n", r"extra\.rego:3.*net\.lookup"),
        (
            "package mlgate.rules.demo\n\nx := json.match_schema(input, {`$ref`: `http://evil`})\n",
            r"extra\.rego:3.*json\.match_schema",
        ),
        ("package outside.roots\n\nx := 1\n", "roots"),
    ],
)
def test_rego_that_must_not_run_is_refused_with_file_and_row(
    tree: Path, target: Path, opa: Path, text: str, words: str
) -> None:
    (tree / "mlgate" / "rules" / "demo" / "extra.rego").write_text(text)
    with pytest.raises(PolicyError, match=words):
        build_bundle(tree, None, target, opa)
    assert list(target.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("package mlgate.lib.facts\n\nnamespace := 1\n", "package mlgate.lib.facts is the shipped policy's"),
        ("package mlgate.main\n\ndecision := 1\n", "package mlgate.main is the shipped policy's"),
        ("package mlgate.main.decision\n\nx := 1\n", "mlgate.main.decision is not that of its folder"),
        (
            "package mlgate.rules.fairness\n\nx := 1\n",
            "package mlgate.rules.fairness is the shipped policy's",
        ),
        ("package mlgate.rules.ours.more\n\nx := 1\n", "write package mlgate.rules.ours"),
        ("package mlgate\n\nx := 1\n", "package mlgate is the shipped policy's"),
        ("package mlgate.rules.ours\n\ndecision := 1\n", ":3: rule decision has the name of the entrypoint"),
        ("package mlgate.rules.ours\n\ndeny contains 1 if true\n", ":3: deny has no METADATA with a code"),
        ("package mlgate.rules.ours\n\nx := := 1\n", ":3: unexpected assign token"),
        ("package mlgate.rules.ours\n\nx := 1\n", " holds no rule with METADATA"),
    ],
)
def test_a_site_defines_nothing_of_the_shipped_policy(
    tmp_path: Path, target: Path, opa: Path, text: str, words: str
) -> None:
    path = tmp_path / "site" / "mlgate" / "rules" / "ours" / "ours.rego"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(PolicyError, match=rf"^mlgate/rules/ours.*{re.escape(words)}"):
        build_bundle(tmp_path / "site", None, target, opa)
    assert list(target.iterdir()) == []


@pytest.mark.parametrize(
    "text", [None, "enforcement: {}", "enforcement: [", "[]", "enforcement: {locked: 7}"]
)
def test_a_policy_without_a_list_of_locked_codes_is_refused(
    tree: Path, target: Path, opa: Path, text: str | None
) -> None:
    path = tree / "mlgate" / "settings" / "data.yaml"
    if text is None:
        path.unlink()
    else:
        path.write_text(text)
    with pytest.raises(PolicyError, match=r"enforcement\.locked|data\.yaml: yaml: line 1"):
        build_bundle(tree, None, target, opa)
