"""Commands of approvers about one model of a bill of materials that holds several."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
CARDS = Path(__file__).resolve().parents[3] / "examples" / "cards" / "cyclonedx"
REFERENCE = "pkg:huggingface/support/router@1.4.0"
WRITTEN = "pkg:huggingface/support/router%401.4.0"


def model_of(bill: dict[str, Any]) -> dict[str, Any]:
    waiting = [bill.get("metadata", {}).get("component"), *bill.get("components", ())]
    (found,) = (entry for entry in waiting if entry and entry["type"] == "machine-learning-model")
    return found


ROUTER, CREDIT = (
    json.loads((CARDS / name).read_text()) for name in ("ticket-router.json", "credit-limit.json")
)


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    document = json.loads(json.dumps(ROUTER))
    model_of(document)["bom-ref"] = REFERENCE
    document["components"] = [*document.get("components", ()), {**model_of(CREDIT), "bom-ref": "credit"}]
    path = tmp_path / "bill.json"
    path.write_text(json.dumps(document))
    return path


def approved(mlgate: Program, card: object) -> Any:
    return mlgate("signoff", "new", "--card", card, "--role", "legal", "--user", "lars@bank.example")


@pytest.mark.parametrize(("component", "source"), [(WRITTEN, ROUTER), ("credit", CREDIT)])
def test_an_approval_is_of_the_model_that_is_named(
    mlgate: Program, tmp_path: Path, bill: Path, component: str, source: dict[str, Any]
) -> None:
    made = approved(mlgate, f"{bill}#{component}")
    spec = yaml.safe_load(made.out)["spec"]
    model = model_of(source)
    assert (spec["model"], spec["version"]) == (model["name"], model["version"])
    assert spec["cardDigest"] == "sha256:" + hashlib.sha256(bill.read_bytes()).hexdigest()

    (approval := tmp_path / "approval.yaml").write_text(made.out)
    more = ("--assume-authenticated", "-o", "json")
    same = mlgate("signoff", "verify", approval, "--card", f"{bill}#{component}", *more)
    other = WRITTEN if component == "credit" else "credit"
    another = mlgate("signoff", "verify", approval, "--card", f"{bill}#{other}", *more)
    told = [json.loads(done.out)[0]["reasons"] for done in (same, another)]
    about = [any(reason.startswith("it is about model") for reason in reasons) for reasons in told]
    assert about == [False, True]


@pytest.mark.parametrize(
    ("fragment", "told"),
    [
        ("", "has 2 components of type machine-learning-model, one is needed; name one behind the reference"),
        ("#gone", "has 0 components of type machine-learning-model, one is meant"),
        ("#" + "z" * 300, "has 0 components"),
        ("#", "No such file"),
        ("#credit@sha256:" + "0" * 64, f"and sha256:{'0' * 64} is asked for"),
    ],
)
def test_what_means_no_model_approves_nothing(mlgate: Program, bill: Path, fragment: str, told: str) -> None:
    done = approved(mlgate, f"{bill}{fragment}")
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_bom_ref_is_taken_as_it_stands_in_the_file_too_and_with_the_pin(
    mlgate: Program, bill: Path
) -> None:
    pinned = mlgate("card", "digest", f"{bill}#{REFERENCE}").out.strip().removeprefix("file/")
    assert pinned.startswith(f"{bill}#{WRITTEN}@sha256:")
    made = [approved(mlgate, f"{bill}#{name}").out for name in (WRITTEN, REFERENCE)]
    assert made == [approved(mlgate, pinned).out] * 2


def test_models_of_one_name_and_version_are_told_from_each_other_by_nobody(
    mlgate: Program, bill: Path
) -> None:
    document = json.loads(bill.read_text())
    document["components"].append({**model_of(CREDIT), "bom-ref": "credit-with-another-card"})
    bill.write_text(json.dumps(document))
    done = approved(mlgate, f"{bill}#credit")
    assert (done.code, done.out) == (2, "")
    assert (
        "has several models called 'credit-limit' of version '4.0.2', which approvals could not tell"
        in done.err
    )


OWN = "model: {name: router, version: 1.0.0, artifacts: [{uri: s3://models/router}]}\n"


def test_a_card_that_is_no_bill_has_no_component(mlgate: Program, tmp_path: Path) -> None:
    (card := tmp_path / "card.yaml").write_text(OWN)
    assert approved(mlgate, card).code == 0
    for name in (card, CARDS.parent / "spdx" / "ticket-router.json"):
        done = approved(mlgate, f"{name}#router")
        assert (done.code, done.out) == (2, "")
        assert "is no bill of materials" in done.err
    told = json.loads(mlgate("card", "validate", f"{card}#router", "-o", "json").out)
    assert [(entry["format"], entry["valid"]) for entry in told] == [("modelcard", False)]


@pytest.mark.parametrize("before", [False, True])
def test_a_file_that_is_called_so_is_the_card(mlgate: Program, tmp_path: Path, before: bool) -> None:  # noqa: FBT001 - a case
    (card := tmp_path / "card#1.yaml").write_text(OWN)
    if before:
        (tmp_path / "card").write_text("{}")
    assert yaml.safe_load(approved(mlgate, card).out)["spec"]["model"] == "router"


def test_the_longest_name_of_a_file_is_the_file(mlgate: Program, bill: Path) -> None:
    (bill.parent / "k").write_text(OWN)
    bill.rename(bill.parent / "k#b.json")
    reference = f"{bill.parent}/k#b.json#credit"
    assert f"file/{reference}@sha256:" in mlgate("card", "digest", reference).out


def test_what_is_wrong_with_a_pinned_file_is_told(mlgate: Program, tmp_path: Path) -> None:
    (card := tmp_path / "card.yaml").write_text("model: [")
    assert "not valid YAML" in approved(mlgate, f"{card}@sha256:{'0' * 64}").err


def test_a_percent_sign_is_written_as_in_annotations(mlgate: Program, bill: Path) -> None:
    bill.write_text(bill.read_text().replace('"bom-ref": "credit"', '"bom-ref": "pkg:a/b%40c"'))
    assert yaml.safe_load(approved(mlgate, f"{bill}#pkg:a/b%2540c").out)["spec"]["model"] == "credit-limit"
    assert "has 0 components" in approved(mlgate, f"{bill}#pkg:a/b%40c").err
    bill.write_text(bill.read_text().replace("pkg:a/b%40c", "pkg:a/b%40c@1"))
    assert yaml.safe_load(approved(mlgate, f"{bill}#pkg:a/b%40c@1").out)["spec"]["model"] == "credit-limit"


def test_a_folder_may_be_called_like_cards_of_the_cluster(
    mlgate: Program, bill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bill.parent / "modelcard").mkdir()
    bill.rename(bill.parent / "modelcard" / "bill.json")
    monkeypatch.chdir(bill.parent)
    assert approved(mlgate, "modelcard/bill.json#credit").code == 0


def test_the_digest_is_printed_as_a_reference_to_the_model(mlgate: Program, bill: Path) -> None:
    digest = hashlib.sha256(bill.read_bytes()).hexdigest()
    for arguments in ([bill, "--component", REFERENCE], [f"{bill}#{WRITTEN}"]):
        done = mlgate("card", "digest", *arguments)
        assert (done.code, done.out) == (0, f"file/{bill}#{WRITTEN}@sha256:{digest}\n")
    for arguments in ([bill], [bill, "--component", "gone"]):
        done = mlgate("card", "digest", *arguments)
        assert (done.code, "@sha256:" in done.out) == (1, False)
    assert mlgate("card", "digest", bill, "--component", "").code == 2


def test_one_model_is_validated_and_converted(mlgate: Program, bill: Path) -> None:
    assert mlgate("card", "validate", f"{bill}#{REFERENCE}").code == 0
    converted = yaml.safe_load(mlgate("card", "convert", f"{bill}#credit").out)
    assert converted["spec"]["model"]["name"] == "credit-limit"
    pinned = mlgate("card", "convert", f"{bill}#credit@sha256:{'0' * 64}")
    assert (pinned.code, pinned.out) == (2, "")
    assert "is asked for" in pinned.err


def test_an_approval_in_standard_input_is_held_against_it(
    mlgate: Program, tmp_path: Path, bill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (approval := tmp_path / "approval.yaml").write_text(approved(mlgate, f"{bill}#credit").out)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(bill.read_bytes())))
    done = mlgate("signoff", "verify", approval, "--card", "-#credit", "--assume-authenticated", "-o", "json")
    (found,) = json.loads(done.out)
    assert [reason for reason in found["reasons"] if "the card" in reason] == []


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    key = Ed25519PrivateKey.generate()
    (private := tmp_path / "ines.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (public := tmp_path / "ines.pub.pem").write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return private, public


def test_a_signature_is_of_the_whole_bill_and_says_so(
    mlgate: Program, bill: Path, keys: tuple[Path, Path]
) -> None:
    private, public = keys
    signed = mlgate("sign", "--key", private, "--card", f"{bill}#credit")
    assert "of the whole file, and so of every model in it" in signed.err
    assert f"as {bill}.sig;" in signed.err
    statement = json.loads(base64.b64decode(json.loads(signed.out)["payload"]))
    assert list(statement["predicate"]) == ["signedAt"], "it is of no model in particular"
    Path(f"{bill}.sig").write_text(signed.out)
    for component in ("credit", WRITTEN):
        assert mlgate("verify", f"{bill}#{component}", "--key", public).code == 0


def test_a_signed_approval_is_of_the_model_that_is_named(
    mlgate: Program, bill: Path, keys: tuple[Path, Path]
) -> None:
    who = ("--role", "legal", "--user", "lars@bank.example", "-o", "json")
    signed = mlgate("sign", "--key", keys[0], "--card", f"{bill}#credit", *who)
    envelope = json.loads(json.loads(signed.out)["statement"])
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert (statement["predicate"]["model"], statement["predicate"]["version"]) == ("credit-limit", "4.0.2")


def test_a_waiver_is_for_the_model_that_is_named(mlgate: Program, bill: Path) -> None:
    done = mlgate(
        *("waiver", "new", "--subject", f"card={bill}#credit", "--code", "fairness.mitigation_missing"),
        *("--reason", "The test runs next week, risk accepted", "--ticket", "RISK-1"),
        *("--expires", (datetime.now(UTC).date() + timedelta(days=7)).isoformat()),
        *("--user", "ines@bank.example", "--requested-by", "lars@bank.example"),
    )
    assert done.code == 0, done.err
    assert yaml.safe_load(done.out)["spec"]["subject"]["model"] == model_of(CREDIT)["name"]
