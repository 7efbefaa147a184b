"""The files of a policy: the shipped ones, a site's over them, or a tree in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.catalog import Catalog
from mlgate.policy.stage import check_coverage, content_of, stage, unused_files


def written(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return root


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return written(tmp_path / "shipped", ".manifest", "mlgate/main/main.rego", "mlgate/rules/a/a.rego")


def test_the_shipped_files_alone(shipped: Path) -> None:
    assert content_of(shipped, None) == {
        name: name.encode() for name in (".manifest", "mlgate/main/main.rego", "mlgate/rules/a/a.rego")
    }


def test_tests_notes_and_what_is_generated_are_left_out(shipped: Path) -> None:
    before = content_of(shipped, None)
    written(
        shipped,
        *("README.md", "mlgate/main/main_test.rego", "mlgate/rules/a/notes.json", "mlgate/x.sh"),
        *("mlgate/catalog/data.json", "mlgate/indexes/data.json", "mlgate/data.json", "mlgate/data.yaml"),
    )
    assert content_of(shipped, None) == before


def test_data_of_a_package_belongs_to_it(shipped: Path) -> None:
    written(shipped, "mlgate/settings/data.yaml", "mlgate/lib/data.json")
    assert {"mlgate/settings/data.yaml", "mlgate/lib/data.json"} <= set(content_of(shipped, None))


def test_a_tree_with_a_main_package_stands_in_place_of_the_shipped_one(shipped: Path, tmp_path: Path) -> None:
    names = (".manifest", "mlgate/main/main.rego", "mlgate/settings/data.yaml", "anything/x.rego")
    assert set(content_of(shipped, written(tmp_path / "own", *names))) == set(names)


def test_a_main_package_that_slipped_in_replaces_nothing(shipped: Path, tmp_path: Path) -> None:
    site = written(tmp_path / "site", "mlgate/main/more.rego", "mlgate/rules/ours/ours.rego")
    with pytest.raises(PolicyError, match=r"^mlgate/main/more\.rego: lies in no subject"):
        content_of(shipped, site)


def test_a_site_adds_subjects_of_its_own(shipped: Path, tmp_path: Path) -> None:
    site = written(
        tmp_path / "site", ".manifest", "mlgate/rules/ours/ours.rego", "mlgate/rules/ours/data.yaml"
    )
    found = content_of(shipped, site)
    assert {"mlgate/rules/ours/ours.rego", "mlgate/rules/ours/data.yaml"} <= set(found)
    assert found[".manifest"] == b".manifest"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mlgate/rules/a/a.rego", "is a file of the shipped policy"),
        ("mlgate/lib/facts.rego", "lie under mlgate/rules/<subject>/"),
        ("mlgate/settings/data.yaml", "lie under mlgate/rules/<subject>/"),
        ("system/authz.rego", "lie under mlgate/rules/<subject>/"),
        ("x.rego", "lie under mlgate/rules/<subject>/"),
        ("mlgate/rules/x.rego", "lie under mlgate/rules/<subject>/"),
        ("mlgate/rules/data.yaml", "lie under mlgate/rules/<subject>/"),
        ("mlgate/rules/Ours/x.rego", "lie under mlgate/rules/<subject>/"),
        ("mlgate/rules/a/ours.rego", "belongs to the subject a of the shipped policy"),
        ("mlgate/rules/a/more/data.yaml", "belongs to the subject a of the shipped policy"),
    ],
)
def test_a_site_replaces_nothing_of_the_shipped_policy(
    shipped: Path, tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(PolicyError, match=words) as caught:
        content_of(shipped, written(tmp_path / "site", name))
    assert str(caught.value).startswith(name)


def test_a_tree_without_files_is_refused(shipped: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "missing"):
        with pytest.raises(PolicyError, match=f"{name} is empty"):
            content_of(shipped, tmp_path / name)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PolicyError, match="shipped: Permission denied"):
        content_of(shipped, None)


def test_staging_writes_every_file(tmp_path: Path) -> None:
    stage({"a/b/c.rego": b"x", ".manifest": b"y"}, tmp_path / "tree")
    assert (tmp_path / "tree" / "a" / "b" / "c.rego").read_bytes() == b"x"
    assert (tmp_path / "tree" / ".manifest").read_bytes() == b"y"


def test_every_folder_of_rules_holds_a_code(tmp_path: Path) -> None:
    tree = written(tmp_path, "mlgate/rules/a/a.rego", "mlgate/rules/b/b.rego", "mlgate/rules/data.json")
    check_coverage(tree, Catalog({"a.x": {}, "b.y": {}}))
    with pytest.raises(PolicyError, match="mlgate/rules/b holds no rule with METADATA"):
        check_coverage(tree, Catalog({"a.x": {}}))


def test_a_policy_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="holds no rules"):
        check_coverage(tmp_path, Catalog({}))


def mounted(root: Path, data: Path, *names: str) -> Path:
    """A folder as kubelet shows a ConfigMap: links through `..data` to what it holds now."""
    written(data, *names)
    root.mkdir(parents=True, exist_ok=True)
    link = root / "..new"
    link.symlink_to(data.name)
    link.replace(root / "..data")
    for top in {name.split("/")[0] for name in names}:
        if not (root / top).is_symlink():
            (root / top).symlink_to(Path("..data") / top)
    return root


def test_a_mounted_config_map_is_read_once_and_as_it_is_now(shipped: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    mounted(site, site / "..2026_01_01", "mlgate/rules/ours/ours.rego", "mlgate/rules/ours/gone.rego")
    mounted(site, site / "..2026_01_02", "mlgate/rules/ours/ours.rego", "mlgate/rules/ours/new.rego")
    added = set(content_of(shipped, site)) - set(content_of(shipped, None))
    assert added == {"mlgate/rules/ours/ours.rego", "mlgate/rules/ours/new.rego"}


def test_a_config_map_may_be_mounted_for_one_subject(shipped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site" / "mlgate" / "rules" / "ours"
    mounted(folder, folder / "..2026_01_01", "ours.rego")
    added = set(content_of(shipped, tmp_path / "site")) - set(content_of(shipped, None))
    assert added == {"mlgate/rules/ours/ours.rego"}


def test_links_to_folders_are_followed_but_in_no_circle(shipped: Path, tmp_path: Path) -> None:
    site = written(tmp_path / "site", "mlgate/rules/ours/ours.rego")
    written(tmp_path / "elsewhere", "theirs.rego")
    (site / "mlgate" / "rules" / "theirs").symlink_to(tmp_path / "elsewhere")
    (site / "mlgate" / "rules" / "ours" / "round").symlink_to(site)
    added = set(content_of(shipped, site)) - set(content_of(shipped, None))
    assert added == {"mlgate/rules/ours/ours.rego", "mlgate/rules/theirs/theirs.rego"}


def test_packages_are_added_to_the_sites_tree_and_replace_nothing(shipped: Path, tmp_path: Path) -> None:
    site = written(tmp_path / "site", "mlgate/rules/ours/ours.rego")
    more = {"mlgate/rules/theirs/x.rego": b"x"}
    assert content_of(shipped, site, more) == content_of(shipped, site) | more
    for name, told in (
        ("mlgate/rules/ours/ours.rego", "is in the source tree and in a package"),
        ("mlgate/rules/a/a.rego", "is a file of the shipped policy"),
        ("mlgate/main/x.rego", "lies in no subject"),
    ):
        with pytest.raises(PolicyError, match=rf"^{name}[: ]+{told}"):
            content_of(shipped, site, {name: b"x"})


def test_packages_can_be_put_over_a_tree_in_place_of_the_shipped_one(shipped: Path, tmp_path: Path) -> None:
    own = written(tmp_path / "own", ".manifest", "mlgate/main/main.rego")
    assert set(content_of(shipped, own, {"mlgate/rules/ours/x.rego": b"x"})) == {
        *(".manifest", "mlgate/main/main.rego", "mlgate/rules/ours/x.rego")
    }


def test_a_tree_that_cannot_be_looked_through_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Path) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", fails)
    with pytest.raises(PolicyError, match="Permission denied"):
        unused_files(tmp_path)
