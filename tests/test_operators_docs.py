"""docs/install.md and docs/operate.md name what there is; e2e/test_docs.py runs their commands.

Links and values are looked at in the pages about records too; test_record_pages.py runs those.
"""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
for folder in (ROOT / "tools", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from chart.rendering import render  # noqa: E402 - the folder has to be on the path first

from pages import Block, anchors, blocks  # noqa: E402 - the folder has to be on the path first

PAGES = ("install.md", "operate.md")
LINKED = (*PAGES, "model-card.md", "signoff.md")
TEXT = {page: (ROOT / "docs" / page).read_text() for page in LINKED}
KNOWN = {"sh make", "sh cluster", "sh cluster instead", "sh gate", "sh chart", "sh shown"}
CHART = ROOT / "charts" / "mlgate"


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_how_it_is_checked(page: str) -> None:
    found = blocks(page)
    assert found
    assert [
        block.info for block in found if block.what not in KNOWN and not block.info.startswith("yaml ")
    ] == []


def test_what_is_only_shown_is_the_build_of_a_release_and_what_asks_one_that_runs() -> None:
    shown = [block for page in PAGES for block in blocks(page) if block.what == "sh shown"]
    gone = ("delete application", "delete helmrelease")
    words = ("imagetools", "helm test", "curl", "suspend helmrelease", *gone)
    release, test, probe, stopped, argo, flux = sorted(
        shown, key=lambda block: [word in block.text for word in words][::-1]
    )
    # Neither tool is here; test_gitops.py holds what they name against the examples.
    assert [line.split()[:3] for line in stopped.commands] == [
        ["kubectl", "patch", "application"],
        ["flux", "suspend", "helmrelease"],
    ]
    for found, (stops, removes) in (
        (argo, (["kubectl", "patch", "application"], ["kubectl", "delete", "application"])),
        (flux, (["flux", "suspend", "kustomization"], ["kubectl", "delete", "helmrelease"])),
    ):
        webhooks = ["kubectl", "delete", "validatingwebhookconfiguration"]
        assert [line.split()[:3] for line in found.commands] == [stops, webhooks, removes]
    assert [line.split()[:2] for line in probe.commands] == [
        ["kubectl", "port-forward"],
        ["curl", "--insecure"],
    ]
    assert all(line.startswith(("docker buildx imagetools", "make image")) for line in release.commands)
    # It needs replicas, which the cluster of the pages lacks; e2e/test_chart_install.py runs it.
    assert test.commands == ["helm test mlgate --namespace mlgate-system"]


def _programs(block: Block) -> set[str]:
    return {shlex.split(line)[0] for line in block.commands}


@pytest.mark.parametrize("page", PAGES)
def test_commands_are_of_programs_that_are_run(page: str) -> None:
    for block in blocks(page):
        if block.what.startswith(("sh cluster", "sh gate", "sh chart")):
            known = {"kubectl", "helm", "mlgate", "cat", "openssl", "export"}
            assert _programs(block) <= known, block.text


def test_the_make_targets_exist() -> None:
    targets = set(re.findall(r"(?m)^([a-z0-9-]+):.*## ", (ROOT / "Makefile").read_text()))
    for block in (block for page in PAGES for block in blocks(page) if block.what in ("sh make", "sh shown")):
        named = {shlex.split(line)[1] for line in block.commands if line.startswith("make ")}
        assert named <= targets


@pytest.mark.parametrize("page", LINKED)
def test_links_lead_somewhere(page: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", TEXT[page]) if "://" not in link]
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        target = (ROOT / "docs" / path).resolve() if path else ROOT / "docs" / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text()), link


def _values(tree: object, prefix: str = "") -> set[str]:
    """Every value of the chart by its path, groups included."""
    if not isinstance(tree, dict):
        return set()
    here = {f"{prefix}{name}" for name in tree}
    return here | {path for name, below in tree.items() for path in _values(below, f"{prefix}{name}.")}


@pytest.mark.parametrize("page", LINKED)
def test_values_of_the_chart_are_called_what_they_are(page: str) -> None:
    values = _values(yaml.safe_load((CHART / "values.yaml").read_text()))
    groups = {path for path in values if "." not in path}
    named = set(re.findall(r"`([a-z]\w*(?:\.[a-zA-Z]\w*)+)(?:=[^`]*|: [^`]*)?`", TEXT[page]))
    named |= set(re.findall(r"--set(?:-file)? ([\w.]+)=", TEXT[page]))
    told = {name for name in named if name.partition(".")[0] in groups and not name.endswith(".md")}
    beyond = {"policy.refused"}  # of /readyz
    assert told
    assert {name for name in told if name not in values and not name.startswith("policy.settings.")} <= beyond


def test_every_alert_has_a_line_and_no_other_has() -> None:
    table = TEXT["operate.md"].split("\n## Alerts", 1)[1].split("\n## ", 1)[0]
    told = re.findall(r"(?m)^\| `(\w+)` \|", table)
    rules = yaml.safe_load((CHART / "files" / "alerts.yaml").read_text())["groups"]
    assert sorted(told) == sorted(rule["alert"] for group in rules for rule in group["rules"])


def test_the_emergency_is_one_command_and_comes_first() -> None:
    first = blocks("operate.md")[0]
    assert TEXT["operate.md"].index("## In an emergency") < TEXT["operate.md"].index("```")
    assert len(first.commands) == 1
    notes = (CHART / "templates" / "NOTES.txt").read_text()
    assert "kubectl delete validatingwebhookconfiguration" in notes
    assert first.commands == ["kubectl delete validatingwebhookconfiguration mlgate"]
    for text in (notes, TEXT["operate.md"], (CHART / "README.md").read_text()):
        assert "until GitOps puts it back" in " ".join(text.split())


def test_the_webhooks_go_before_what_they_call_whichever_helm_uninstalls() -> None:
    (block,) = [block for block in blocks("operate.md") if "helm uninstall" in block.text]
    assert [line.split()[:3] for line in block.commands] == [
        ["kubectl", "delete", "validatingwebhookconfiguration"],
        ["helm", "uninstall", "mlgate"],
    ]


def test_roles_that_are_bound_are_those_of_the_chart() -> None:
    roles = {item["metadata"]["name"] for item in yaml.safe_load_all(render()["people.yaml"]) if item}
    named = set(re.findall(r"--clusterrole (\S+)", TEXT["install.md"]))
    assert named
    assert named <= roles
