"""The copy that OPA's tools look at: shipped and own files together, each with its origin."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.shipped import shipped_rego
from mlgate.policy.workbench.workspace import workspace

OURS = "mlgate/rules/ours/ours.rego"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    path = folder / OURS
    path.parent.mkdir(parents=True)
    path.write_text("package mlgate.rules.ours\n")
    (path.parent / "ours_test.rego").write_text("package mlgate.rules.ours_test\n")
    (folder / ".manifest").write_text("{}")
    return folder


def test_a_sites_files_lie_over_the_shipped_ones(site: Path) -> None:
    with workspace(site) as space:
        assert space.own == {OURS, "mlgate/rules/ours/ours_test.rego"}
        assert (space.rules, space.tests) == ([OURS], {"mlgate/rules/ours/ours_test.rego"})
        assert not space.whole
        assert "mlgate/main/main_test.rego" in space.shipped
        assert (space.tree / "mlgate/main/main_test.rego").is_file()
        assert (space.tree / ".manifest").read_bytes() == (shipped_rego() / ".manifest").read_bytes()
        assert space.shown(OURS) == str(site / OURS)
        assert space.shown("mlgate/main/main.rego").endswith("policies/rego/mlgate/main/main.rego")
        assert space.shown("nowhere") == "nowhere"
        kept = space.tree
    assert not kept.exists()


def test_files_below_here_are_shown_from_here(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site)
    with workspace(site) as space:
        assert space.shown(OURS) == OURS


@pytest.mark.parametrize("named", [True, False])
def test_the_shipped_policy_is_all_its_authors_own(named: bool) -> None:  # noqa: FBT001 - a table
    with workspace(shipped_rego() if named else None) as space:
        assert space.site is None
        assert space.whole
        assert "mlgate/main/main.rego" in space.own


def test_a_whole_tree_stands_alone(tree: Path) -> None:
    with workspace(tree) as space:
        assert space.site == tree
        assert space.whole
        assert space.own == set(space.origins)
        assert "mlgate/lib/facts/facts.rego" not in space.own


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="is empty"), workspace(tmp_path):
        pass
