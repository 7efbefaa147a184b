"""The examples for GitOps bring a card before its model, whichever tool sends them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
GITOPS = ROOT / "examples" / "gitops"
TEAM = GITOPS / "team"
WAVE = "argocd.argoproj.io/sync-wave"


def _read(*parts: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(GITOPS.joinpath(*parts).read_text()))


def _sent() -> list[dict[str, Any]]:
    """The team's objects in the order `kubectl apply -R -f` sends them."""
    return [found for path in sorted(TEAM.rglob("*.yaml")) for found in yaml.safe_load_all(path.read_text())]


FLUX = {item["metadata"]["name"]: item for item in _read("flux", "cluster.yaml")}


def _precedes(before: str, after: str) -> bool:
    """Whether a Kustomization waits for another, perhaps through a third."""
    names = [item["name"] for item in FLUX[after]["spec"].get("dependsOn", [])]
    return before in names or any(_precedes(before, name) for name in names)


def test_files_are_named_so_that_cards_come_first() -> None:
    assert [item["kind"] for item in _sent()] == ["ModelCard", "InferenceService"]


def test_the_model_names_a_card_that_is_there() -> None:
    cards = {item["metadata"]["name"] for item in _sent() if item["kind"] == "ModelCard"}
    (model,) = [item for item in _sent() if item["kind"] == "InferenceService"]
    assert model["metadata"]["annotations"]["mlgate.dev/model-card"] in {
        f"modelcard/{name}" for name in cards
    }


def test_the_waves_of_argo_cd_bring_cards_first_and_it_keeps_them() -> None:
    waves = {item["kind"]: int(item["metadata"]["annotations"].get(WAVE, "0")) for item in _sent()}
    assert waves["ModelCard"] < waves["InferenceService"]
    card = next(item for item in _sent() if item["kind"] == "ModelCard")
    options = card["metadata"]["annotations"]["argocd.argoproj.io/sync-options"].split(",")
    assert {"Prune=false", "Delete=false"} <= set(options)


def test_argo_cd_asks_again_while_approvals_are_missing() -> None:
    (team,) = _read("argocd", "team.yaml")
    assert team["spec"]["source"]["directory"]["recurse"] is True
    assert (ROOT / team["spec"]["source"]["path"]).resolve() == TEAM
    assert team["spec"]["syncPolicy"]["retry"]["limit"] > 0


def test_flux_sends_models_when_cards_and_gate_are_there() -> None:
    assert _precedes("cards", "models")
    assert _precedes("mlgate", "cards")
    assert not _precedes("models", "cards")
    assert all(FLUX[name]["spec"]["wait"] is True for name in ("mlgate", "cards"))
    assert FLUX["cards"]["spec"]["prune"] is False
    assert FLUX["models"]["spec"]["retryInterval"]


def test_every_kustomization_applies_a_folder_with_what_it_is_for() -> None:
    kinds = {
        name: [
            found["kind"]
            for path in sorted((ROOT / item["spec"]["path"]).glob("*.yaml"))
            for found in yaml.safe_load_all(path.read_text())
        ]
        for name, item in FLUX.items()
    }
    assert kinds == {
        "mlgate": ["Namespace", "OCIRepository", "HelmRelease"],
        "cards": ["ModelCard"],
        "models": ["InferenceService"],
    }


def test_what_is_rendered_outside_of_the_cluster_makes_no_certificate() -> None:
    (argo,) = _read("argocd", "mlgate.yaml")
    release = next(item for item in _read("flux", "gate", "mlgate.yaml") if item["kind"] == "HelmRelease")
    assert argo["spec"]["source"]["helm"]["valuesObject"]["tls"]["mode"] == "cert-manager"
    assert release["spec"]["values"]["tls"]["mode"] == "cert-manager"
    assert argo["spec"]["destination"]["namespace"] == release["spec"]["targetNamespace"]


def test_the_namespace_of_the_gate_has_the_label_that_install_md_gives_it() -> None:
    (argo,) = _read("argocd", "mlgate.yaml")
    (space, *_) = _read("flux", "gate", "mlgate.yaml")
    given = argo["spec"]["syncPolicy"]["managedNamespaceMetadata"]["labels"]
    assert "CreateNamespace=true" in argo["spec"]["syncPolicy"]["syncOptions"], "else the labels go nowhere"
    assert space["metadata"]["name"] == argo["spec"]["destination"]["namespace"]
    assert space["metadata"]["labels"] == given
    ((name, value),) = given.items()
    page = (ROOT / "docs" / "install.md").read_text()
    assert f"kubectl label namespace {space['metadata']['name']} {name}={value}\n" in page


def test_the_commands_that_stop_gitops_name_what_the_examples_install() -> None:
    page = (ROOT / "docs" / "operate.md").read_text()
    (argo,) = _read("argocd", "mlgate.yaml")
    release = next(item for item in _read("flux", "gate", "mlgate.yaml") if item["kind"] == "HelmRelease")
    for command, named in (
        ("kubectl patch application", argo),
        ("kubectl delete application", argo),
        ("flux suspend helmrelease", release),
        ("kubectl delete helmrelease", release),
        ("flux suspend kustomization", FLUX["mlgate"]),
    ):
        about = named["metadata"]
        assert f"{command} {about['name']} --namespace {about['namespace']}" in page
    assert "automated" in argo["spec"]["syncPolicy"]


def test_the_gate_that_is_released_is_this_one() -> None:
    from mlgate import __version__  # noqa: PLC0415 - used here only

    (argo,) = _read("argocd", "mlgate.yaml")
    repository = next(
        item for item in _read("flux", "gate", "mlgate.yaml") if item["kind"] == "OCIRepository"
    )
    assert argo["spec"]["source"]["targetRevision"] == __version__
    assert re.fullmatch(
        repository["spec"]["ref"]["semver"].replace(".", r"\.").replace("x", r"\d+"), __version__
    )


@pytest.mark.parametrize("kept", [("cards", "models"), ("models",)])
def test_the_team_passes_the_check_that_its_repository_runs(kept: tuple[str, ...], tmp_path: Path) -> None:
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "sandbox-experiment"}}
    profile = "sandbox" if len(kept) > 1 else "production"
    space["metadata"]["labels"] = {"mlgate.dev/profile": profile}  # type: ignore[index]
    (tmp_path / "namespace.yaml").write_text(yaml.safe_dump(space))
    files = [str(path) for name in kept for path in sorted((TEAM / name).glob("*.yaml"))]
    program = Path(sys.executable).with_name("mlgate")
    done = subprocess.run(  # noqa: S603 - our own program
        [str(program), "check", *files, "--evidence", str(tmp_path / "namespace.yaml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("model_card.missing" in done.stdout) == ("cards" not in kept)
    assert done.returncode == (0 if "cards" in kept else 1), done.stdout
