"""`waiver new`: an exception that policy takes, and in one line why it does not take another."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.cli import approving
from mlgate.cli import waiver as module
from mlgate.domain.decision import Failure, Verdict

ROOT = Path(__file__).parents[3]
if str(ROOT / "tools") not in sys.path:
    sys.path.insert(0, str(ROOT / "tools"))

from examples import write_examples  # noqa: E402 - the scripts in tools/ are no installed package

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
DIGEST = "sha256:" + "ab" * 32
GIVEN = {
    "--code": "encryption.storage_class_unencrypted",
    "--subject": "workload=InferenceService/churn-forecast",
    "--reason": "The volume moves to an encrypting class with the storage upgrade.",
    "--ticket": "RISK-208",
    "--requested-by": "erin@example.com",
    "--user": "rita@example.com",
    "--namespace": "model-volume",
}


def in_days(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def new(mlgate: Program, *more: str, **changed: str) -> Any:
    """The command with all it needs; a changed option is named without its dashes."""
    options = GIVEN | {"--expires": in_days(60)}
    options |= {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    return mlgate("waiver", "new", *(part for pair in options.items() for part in pair), *more)


def card(folder: Path, **model: Any) -> Path:
    spec = {"model": {"name": "churn", "version": "1.1.0", "artifacts": [{"uri": "s3://b/m"}]} | model}
    metadata = {"name": "churn-1.1.0", "namespace": "bank"}
    file = folder / "card.json"
    file.write_text(
        json.dumps(
            {"apiVersion": "mlgate.dev/v1alpha1", "kind": "ModelCard", "metadata": metadata, "spec": spec}
        )
    )
    return file


def test_the_manifest_says_what_was_told_and_who_grants_it(mlgate: Program) -> None:
    done = new(mlgate)

    assert done.code == 0, done.err
    assert yaml.safe_load(done.out) == {
        "apiVersion": "mlgate.dev/v1alpha1",
        "kind": "Waiver",
        "metadata": {
            "generateName": "churn-forecast-encryption-storage-class-unencrypted-",
            "namespace": "model-volume",
        },
        "spec": {
            "codes": ["encryption.storage_class_unencrypted"],
            "subject": {"workload": {"kind": "InferenceService", "name": "churn-forecast"}},
            "reason": "The volume moves to an encrypting class with the storage upgrade.",
            "ticket": "RISK-208",
            "requestedBy": "erin@example.com",
            "approvedBy": "rita@example.com",
            "expiresAt": f"{in_days(60)}T00:00:00Z",
        },
    }


def test_it_lifts_what_it_is_made_for(mlgate: Program, tmp_path: Path) -> None:
    write_examples(tmp_path, datetime.now(UTC).date())
    case = tmp_path / "model-volume-unencrypted"
    home = yaml.safe_load((case / "manifest.yaml").read_text())["metadata"]["namespace"]
    granted = tmp_path / "waiver.yaml"
    granted.write_text(new(mlgate, namespace=home).out)
    evidence = ("--evidence", case / "evidence.yaml", "--evidence", tmp_path / "cluster.yaml")
    how = ("--assume-authenticated", "--user", "erin@example.com", "-o", "json")

    before = mlgate("check", case / "manifest.yaml", *evidence, *how)
    after = mlgate("check", case / "manifest.yaml", *evidence, "--evidence", granted, *how)

    (denied,) = (one for one in json.loads(before.out)["results"] if one["violations"])
    assert [one["code"] for one in denied["violations"]] == [GIVEN["--code"]]
    (allowed,) = (one for one in json.loads(after.out)["results"] if one["waived"])
    assert (after.code, allowed["violations"]) == (0, [])
    assert GIVEN["--code"] in [one["code"] for one in allowed["waived"]]


def test_it_can_be_narrowed_to_terms_and_what_is_said_twice_is_said_once(mlgate: Program) -> None:
    done = new(mlgate, "--code", GIVEN["--code"], "--term", "a/b", "--term", "a/b", "-o", "json")

    spec = json.loads(done.out)["spec"]
    assert (spec["codes"], spec["terms"]) == ([GIVEN["--code"]], ["a/b"])


@pytest.mark.parametrize(
    ("subject", "spec"),
    [
        ("model=acme/churn@1.1.0", {"model": "acme/churn", "version": "1.1.0"}),
        ("model=a@b@2", {"model": "a@b", "version": "2"}),
        (f"digest={DIGEST}", {"digest": DIGEST}),
        ("workload=ml/Deployment/a", {"workload": {"kind": "Deployment", "name": "a", "namespace": "ml"}}),
    ],
)
def test_a_subject_is_a_workload_a_version_or_a_digest(mlgate: Program, subject: str, spec: Any) -> None:
    assert yaml.safe_load(new(mlgate, subject=subject).out)["spec"]["subject"] == spec


def test_several_parts_make_one_subject(mlgate: Program) -> None:
    done = new(mlgate, "--subject", "model=churn@1.1.0")

    assert yaml.safe_load(done.out)["spec"]["subject"] == {
        "workload": {"kind": "InferenceService", "name": "churn-forecast"},
        "model": "churn",
        "version": "1.1.0",
    }


@pytest.mark.parametrize("digest", [{}, {"digest": DIGEST}])
def test_a_card_gives_version_artifact_and_namespace(mlgate: Program, tmp_path: Path, digest: Any) -> None:
    file = card(tmp_path, artifacts=[{"uri": "s3://b/m"} | digest])
    options = {**GIVEN, "--subject": f"card={file}", "--expires": in_days(60)}
    del options["--namespace"]

    done = mlgate("waiver", "new", *(part for pair in options.items() for part in pair))

    found = yaml.safe_load(done.out)
    assert found["spec"]["subject"] == {"model": "churn", "version": "1.1.0"} | digest
    assert found["metadata"]["namespace"] == "bank"


def test_the_cluster_of_the_card_says_who_grants(
    mlgate: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = json.loads(card(tmp_path).read_text())

    async def card_from_cluster(*asked: Any) -> Any:
        assert asked == ("churn-1.1.0", "model-volume", None)
        return stored

    async def cluster_user(context: str | None) -> str:
        return "rita@cluster.example"

    monkeypatch.setattr(approving, "card_from_cluster", card_from_cluster)
    monkeypatch.setattr(approving, "cluster_user", cluster_user)
    options = {**GIVEN, "--subject": "card=modelcard/churn-1.1.0", "--expires": in_days(60)}
    del options["--user"]

    done = mlgate("waiver", "new", *(part for pair in options.items() for part in pair))

    assert yaml.safe_load(done.out)["spec"]["approvedBy"] == "rita@cluster.example"


@pytest.mark.parametrize(
    "subject", ["churn", "model=churn", "model=@1", "workload=Deployment", "workload=/x", "workload=a//x",
                "workload=/b/x", "workload=a/b/c/x", "digest=sha256:ab", "card=", "namespace=x", ""],
)  # fmt: skip
def test_a_subject_of_no_form_is_told_with_the_forms_there_are(mlgate: Program, subject: str) -> None:
    done = new(mlgate, subject=subject)

    assert (done.code, done.out) == (2, "")
    assert (
        f"--subject {subject}: a subject is one of workload=[NAMESPACE/]KIND/NAME, model=NAME@VERSION"
        in done.err
    )


def test_a_subject_that_says_something_twice_is_refused(mlgate: Program) -> None:
    done = new(mlgate, "--subject", "workload=Deployment/other")

    assert done.code == 2
    assert "--subject workload=Deployment/other: something before it says that as well" in done.err


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"code": "encryption.storage_class_uncrypted"},
         "storage_class_uncrypted; is encryption.storage_class_unencrypted meant?"),
        ({"code": "zzz"}, "--code: there is no code zzz; `mlgate policy list` names all there are"),
        ({"code": "encryption.*"}, "--code: there is no code encryption.*; is "),
        ({"code": "waiver.spec_changed"},
         "mlgate: --code: waiver model-volume is not specific enough: code"),
        ({"code": "secrets.embedded"}, "code secrets.embedded cannot be waived in profile production"),
        ({"reason": "x"}, "--reason: waiver model-volume is not specific enough: spec.reason says nothing"),
        ({"ticket": " "}, "--ticket: spec.ticket: must not be empty"),
        ({"requested_by": "Rita@Example.com "},
         "--requested-by: rita@example.com cannot grant this waiver: spec.requestedBy and"),
        ({"requested_by": ""}, "--requested-by: spec.requestedBy: must not be empty"),
        ({"expires": in_days(92)}, "at most 90 days from now are allowed (waiver.expiry_invalid)"),
        ({"expires": in_days(-1)}, f"--expires: {in_days(-1)} has passed already"),
        ({"expires": in_days(0)}, "has passed already; a date means 00:00 UTC at its start"),
        ({"code": "waiver.spec_changed", "reason": "x"}, "--code and --reason: waiver model-volume"),
        ({"expires": "2027-13-01"}, "--expires: '2027-13-01' is neither YYYY-MM-DD nor"),
        ({"expires": "soon"}, "--expires: 'soon' is neither YYYY-MM-DD nor"),
        ({"subject": f"model={'x' * 254}@1"}, "--subject: spec.subject.model: must have at most 253"),
        ({"profile": "prod"}, "--profile: 'prod' is none of"),
        ({"user": "\u200b"}, "cannot grant this waiver"),
    ],
)  # fmt: skip
def test_what_policy_would_refuse_is_not_printed_and_the_option_is_named(
    mlgate: Program, changed: dict[str, str], told: str
) -> None:
    done = new(mlgate, **changed)

    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_an_end_that_is_just_allowed_is(mlgate: Program) -> None:
    assert new(mlgate, expires=in_days(90)).code == 0


def test_a_code_that_may_be_waived_elsewhere_is(mlgate: Program) -> None:
    assert new(mlgate, code="secrets.embedded", profile="staging").code == 0


def test_the_settings_of_the_site_hold(mlgate: Program, tmp_path: Path) -> None:
    settings = tmp_path / "site.yaml"
    settings.write_text("waiver: {maxDays: 7, approverGroups: [waiver-approvers]}\n")
    site = ("--settings", str(settings))

    long = new(mlgate, *site, "--group", "waiver-approvers")
    stranger = new(mlgate, *site, expires=in_days(6))

    assert "at most 7 days from now are allowed" in long.err
    assert "who creates it is in none of the groups that may grant waivers" in stranger.err
    assert new(mlgate, *site, "--group", "waiver-approvers", expires=in_days(6)).code == 0


def test_nobody_who_is_logged_in_must_be_named(mlgate: Program) -> None:
    options = {**GIVEN, "--expires": in_days(60)}
    del options["--user"]

    done = mlgate("waiver", "new", *(part for pair in options.items() for part in pair))

    assert done.code == 2
    assert "name the approver with --user" in done.err


def test_who_asked_must_be_named(mlgate: Program) -> None:
    options = {**GIVEN, "--expires": in_days(60)}
    del options["--requested-by"]

    done = mlgate("waiver", "new", *(part for pair in options.items() for part in pair))

    assert (done.code, "--requested-by" in done.err) == (2, True)


def test_what_could_not_be_judged_is_not_printed(mlgate: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.assemble_check

    class Broken:
        """A gate that cannot ask."""

        async def judge(self, *_: Any) -> Any:
            failure = Failure(part="engine", reason="unavailable", message="OPA cannot be reached")
            failed = Verdict(outcome="failed", allowed=False, reason="engine unavailable", failure=failure)
            return type("Judgement", (), {"verdict": failed})

    @asynccontextmanager
    async def assembled(source: Any) -> AsyncIterator[Any]:
        async with real(source) as ready:
            yield type("Ready", (), {"gate": Broken(), "manifest": ready.manifest})

    monkeypatch.setattr(module, "assemble_check", assembled)

    done = new(mlgate)

    assert (done.code, done.out) == (2, "")
    assert "the waiver could not be judged: OPA cannot be reached" in done.err


def test_its_help_says_who_grants_and_who_asks(mlgate: Program) -> None:
    told = " ".join(mlgate("waiver", "new", "--help").out.split())

    assert "You grant it: you run this command, and only you can create what it prints" in told
    assert "nobody grants their own request" in told
