"""Packages that come as plain files find their place by what they say, and none is passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.packages import packages_of

TEXT = "# METADATA\n# title: package mlgate.rules.other\npackage mlgate.rules.ours\n\nx := 1\n"


def put(folder: Path, name: str, text: str | bytes = TEXT) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def mounted(root: Path, names: tuple[str, ...]) -> Path:
    """A ConfigMap as kubelet mounts it: flat keys, each a link into what `..data` links to."""
    for name in names:
        put(root / "..2026", name)
        (root / name).symlink_to(f"..data/{name}")
    (root / "..data").symlink_to("..2026")
    return root


def test_no_package_is_no_file() -> None:
    assert packages_of(()) == {}


def test_the_keys_of_a_config_map_lie_where_their_package_says(tmp_path: Path) -> None:
    found = packages_of([mounted(tmp_path / "map", ("a.rego", "b.rego", "a_test.rego", "exceptions.yaml"))])
    assert found == {f"mlgate/rules/ours/{name}.rego": TEXT.encode() for name in "ab"}


def test_a_file_a_folder_and_a_tree_can_be_named_together(tmp_path: Path) -> None:
    put(tmp_path / "tree", "mlgate/rules/theirs/c.rego", "anything")
    put(tmp_path / "tree", "mlgate/rules/theirs/data.yaml", "{}")
    put(tmp_path / "tree", "mlgate/rules/theirs/README.md")
    put(tmp_path / "folder", "deeper/b.rego")
    paths = [put(tmp_path, "a.rego"), tmp_path / "folder", tmp_path / "tree"]
    assert set(packages_of(paths)) == {
        "mlgate/rules/ours/a.rego",
        "mlgate/rules/ours/b.rego",
        "mlgate/rules/theirs/c.rego",
        "mlgate/rules/theirs/data.yaml",
    }


@pytest.mark.parametrize("line", ["package mlgate.rules.ours # x", "  package\tmlgate.rules.ours\r"])
def test_the_package_is_found_however_it_is_written(tmp_path: Path, line: str) -> None:
    assert set(packages_of([put(tmp_path, "a.rego", f"# first\n{line}\n")])) == {"mlgate/rules/ours/a.rego"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x := 1",
        "# package mlgate.rules.ours",
        "package mlgate.main",
        "package mlgate.rules",
        "package mlgate.rules.",
        "package mlgate.rules.ours.deeper",
        "package mlgate.rules.Ours",
        'package mlgate.rules["ours"]',
        "package mlgate.rules.ours; x := 1",
        "package system.authz",
        b"package mlgate.rules.\xff\n",
    ],
)
def test_what_is_no_package_of_a_site_is_refused_by_name(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(PolicyError, match=r"a\.rego: is no package of a site; begin it with package"):
        packages_of([put(tmp_path, "a.rego", text)])


def test_two_files_for_one_place_are_both_named(tmp_path: Path) -> None:
    one, two = put(tmp_path / "one", "a.rego"), put(tmp_path / "two", "a.rego")
    with pytest.raises(PolicyError, match=rf"{two}: {one} is mlgate/rules/ours/a\.rego already"):
        packages_of([tmp_path / "one", tmp_path / "two"])


@pytest.mark.parametrize("name", ["rule", "rule.rego.txt", "rule.yaml", "settings.json", "rule.REGO"])
def test_a_key_that_would_not_be_loaded_is_told(tmp_path: Path, name: str) -> None:
    folder = mounted(tmp_path / "map", ("a.rego", name))
    with pytest.raises(PolicyError, match=rf"{name} would not be loaded; name it \*\.rego"):
        packages_of([folder])


def test_what_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"policy\.packages: .*gone does not exist"):
        packages_of([tmp_path / "gone"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(PolicyError, match="empty is empty"):
        packages_of([tmp_path / "empty"])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "a.rego")

    def fails(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fails)
    with pytest.raises(PolicyError, match=r"a\.rego: Permission denied"):
        packages_of([path])
