"""`policy diff`: what another policy would let pass is found by trying it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli.policy import corpus as module
from mlgate.errors import EngineUnavailable
from mlgate.policy.opa import OpaEngine

Program = Callable[..., Any]

RULE = """# METADATA
# title: Ours
# description: Rules of our own.
package mlgate.rules.ours

import data.mlgate.lib.result

# METADATA
# scope: rule
# title: Ours
# description: The name is short.
# custom:
#   code: ours.name_long
#   severity: low
#   appliesWhen: {objects: [serving]}
#   controls: [C58]
#   enforcement: {sandbox: ACTION, development: ACTION, staging: ACTION, production: ACTION}
#   message: "{document} has a long name."
#   fix: "Shorten it."
deny contains finding if {
	count(input.request.name) > LIMIT
	finding := result.candidate(rego.metadata.rule(), {"path": "metadata.name"})
}
"""
MANIFEST = """apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: NAME, namespace: bank}
spec: {predictor: {model: {modelFormat: {name: sklearn}, storageUri: "s3://models/a/1"}}}
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was built once serves all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _cached(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLGATE_DECISION__CACHE_DIR", str(cache))


def site(folder: Path, action: str = "deny", limit: int = 3) -> Path:
    """A directory with a rule of somebody's own."""
    path = folder / "mlgate" / "rules" / "ours" / "ours.rego"
    path.parent.mkdir(parents=True)
    path.write_text(RULE.replace("ACTION", action).replace("LIMIT", str(limit)))
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two objects, one with a long name."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("abc", "abcdef"):
        (folder / f"{name}.yaml").write_text(MANIFEST.replace("NAME", name))
    return folder


def wire(done: Any) -> dict[str, Any]:
    assert "asking both about" in done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_a_rule_that_is_added_tightens(mlgate: Program, tmp_path: Path, corpus: Path) -> None:
    own = site(tmp_path / "own")
    done = mlgate("policy", "diff", "shipped", own, "--corpus", corpus, "-o", "json")
    found = wire(done)
    assert (done.code, found["loosens"], found["added"], found["removed"]) == (
        0,
        False,
        ["ours.name_long"],
        [],
    )
    moved = {"object": "abcdef.yaml#0: InferenceService/abcdef", "before": "nothing", "after": "deny"}
    assert found["tightened"] == [{"code": "ours.name_long", "objects": [moved]}]
    assert (found["loosened"], found["undecided"], found["verdicts"]) == ([], [], [])
    assert (found["objects"], found["judged"]) == (2, 2)
    assert found["files"] == ["mlgate/rules/ours/ours.rego"]
    assert found["new"]["codes"] == found["old"]["codes"] + 1
    assert found["new"]["revision"] != found["old"]["revision"]


def test_a_rule_that_is_gone_loosens(mlgate: Program, tmp_path: Path, corpus: Path) -> None:
    own = site(tmp_path / "own")
    done = mlgate("policy", "diff", own, "shipped", "--corpus", corpus)
    assert done.code == 1
    told = done.out.splitlines()
    profiles = ("sandbox", "development", "staging", "production")
    removed = ", ".join(f"deny in {profile}" for profile in profiles)
    assert f"✗ ours.name_long: removed ({removed})" in told
    moved = "deny became nothing for abcdef.yaml#0: InferenceService/abcdef"
    assert f"✗ ours.name_long: loosened: {moved}" in told
    assert told[-1] == "2 objects, 2 judged: 0 tightened, 1 loosened"
    off = mlgate("policy", "diff", own, "shipped", "--corpus", corpus, "--exit-code", "off")
    assert (off.code, off.out) == (0, done.out)


def test_a_condition_that_changed_is_found_by_trying_it(
    mlgate: Program, tmp_path: Path, corpus: Path
) -> None:
    old, new = site(tmp_path / "old", limit=3), site(tmp_path / "new", limit=9)
    done = mlgate("policy", "diff", old, new, "--corpus", corpus, "-o", "json")
    found = wire(done)
    assert (done.code, found["loosens"], found["changed"], found["settings"]) == (1, True, [], [])
    assert [entry["code"] for entry in found["loosened"]] == ["ours.name_long"]


def test_settings_of_either_side_count(mlgate: Program, tmp_path: Path, corpus: Path) -> None:
    weaker = tmp_path / "weaker.yaml"
    weaker.write_text("enforcement: {overrides: {model_card.missing: {production: warn}}}\n")
    given = ("shipped", "shipped", "--corpus", corpus, "-o", "json")
    done = mlgate("policy", "diff", *given, "--new-settings", weaker)
    found = wire(done)
    (change,) = found["changed"]
    assert (done.code, change["code"], change["what"]) == (
        1,
        "model_card.missing",
        "enforcement in production",
    )
    assert (change["before"], change["after"], change["loosens"]) == ("deny", "warn", True)
    (setting,) = found["settings"]
    assert setting["key"] == "enforcement.overrides.model_card.missing"
    assert "model_card.missing" in [entry["code"] for entry in found["loosened"]]
    back = mlgate("policy", "diff", *given, "--old-settings", weaker)
    assert (back.code, wire(back)["loosened"]) == (0, [])


def test_a_verdict_that_turns_is_told(mlgate: Program, tmp_path: Path, corpus: Path) -> None:
    """In a sandbox, the rule of our own is all that refuses the object."""
    own = site(tmp_path / "own")
    labels = '{mlgate.dev/profile: sandbox, mlgate.dev/max-classification: "restricted"}'
    namespace = f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: bank, labels: {labels}}}\n"
    (corpus / "namespace.yaml").write_text(namespace)
    done = mlgate("policy", "diff", own, "shipped", "--corpus", corpus, "-o", "json")
    turned = {"object": "abcdef.yaml#0: InferenceService/abcdef", "before": "denied", "after": "allowed"}
    assert (done.code, wire(done)["verdicts"]) == (1, [turned])


def test_a_bundle_is_compared_as_it_is(mlgate: Program, tmp_path: Path, corpus: Path) -> None:
    bundle = tmp_path / "b.tar.gz"
    assert mlgate("policy", "bundle", "--output", bundle).code == 0
    done = mlgate("policy", "diff", bundle, "shipped", "--corpus", corpus)
    assert done.code == 0
    assert len(done.out.splitlines()) == 3
    refused = mlgate("policy", "diff", bundle, "shipped", "--old-settings", bundle)
    assert (refused.code, "policy settings are part of a bundle" in refused.err) == (2, True)
    bundle.write_bytes(bundle.read_bytes()[:-9])
    damaged = mlgate("policy", "diff", "shipped", bundle, "--corpus", corpus)
    assert (damaged.code, "is no whole gzip file" in damaged.err) == (2, True)


def test_an_object_one_policy_cannot_decide_is_told(
    mlgate: Program, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def decide(*_: object) -> None:
        raise EngineUnavailable("OPA is \x1b[2J gone")

    monkeypatch.setattr(OpaEngine, "decide", decide)
    done = mlgate("policy", "diff", "shipped", "shipped", "--corpus", corpus, "--exit-code", "off")
    assert done.code == 2
    assert "InferenceService/abc: the old policy came to no decision: OPA is" in done.out
    assert "\x1b" not in done.out


def test_without_a_corpus_rules_and_settings_are_compared(
    mlgate: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = site(tmp_path / "own")
    monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    done = mlgate("policy", "diff", own, "shipped")
    assert (done.code, "only rules and settings are compared" in done.err) == (1, True)
    assert done.out.splitlines()[-1] == "0 objects, 0 judged: 0 tightened, 0 loosened"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("gone", "shipped"), "gone is no bundle and no directory"),
        (("shipped", "shipped", "--corpus", "gone"), "gone is no directory"),
        (("shipped", "shipped", "--at", "never"), "neither YYYY-MM-DD nor"),
        (("shipped", "shipped", "--exit-code", "maybe"), "maybe"),
        (("shipped",), "NEW"),
    ],
)
def test_what_cannot_be_compared_is_named(mlgate: Program, corpus: Path, options: Any, words: str) -> None:
    done = mlgate("policy", "diff", *options)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
