"""Commands of approvers about one model of a bill of materials that holds several."""

from __future__ import annotations

import hashlib
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
        ("", "has 2 components of type machine-learning-model, one is needed"),
        ("#gone", "has 0 components of type machine-learning-model, one is meant"),
        (f"#{REFERENCE}", "%40"),
    ],
)
def test_what_means_no_model_approves_nothing(mlgate: Program, bill: Path, fragment: str, told: str) -> None:
    done = approved(mlgate, f"{bill}{fragment}")
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_card_that_is_no_bill_has_no_component(mlgate: Program, tmp_path: Path) -> None:
    card = tmp_path / "card.yaml"
    card.write_text("model: {name: router, version: 1.0.0, artifacts: [{uri: s3://models/router}]}\n")
    assert approved(mlgate, card).code == 0
    done = approved(mlgate, f"{card}#router")
    assert (done.code, done.out) == (2, "")
    assert "is no bill of materials" in done.err
    spdx = CARDS.parent / "spdx" / "ticket-router.json"
    assert "is no bill of materials" in approved(mlgate, f"{spdx}#router").err


def test_a_file_that_is_called_so_is_the_card(mlgate: Program, tmp_path: Path) -> None:
    card = tmp_path / "card#1.yaml"
    card.write_text("model: {name: router, version: 1.0.0, artifacts: [{uri: s3://models/router}]}\n")
    assert yaml.safe_load(approved(mlgate, card).out)["spec"]["model"] == "router"


def test_the_digest_is_printed_as_a_reference_to_the_model(mlgate: Program, bill: Path) -> None:
    done = mlgate("card", "digest", bill, "--component", REFERENCE)
    digest = hashlib.sha256(bill.read_bytes()).hexdigest()
    assert (done.code, done.out) == (0, f"file/{bill}#{WRITTEN}@sha256:{digest}\n")


def test_an_approval_and_the_bill_are_signed_and_verified(
    mlgate: Program, tmp_path: Path, bill: Path
) -> None:
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
    signed = mlgate("sign", "--key", private, "--card", f"{bill}#credit")
    assert f"as {bill}.sig;" in signed.err
    Path(f"{bill}.sig").write_text(signed.out)
    assert mlgate("verify", f"{bill}#credit", "--key", public).code == 0
    assert mlgate("verify", f"{bill}#{WRITTEN}", "--key", public).code == 0


def test_a_waiver_is_for_the_model_that_is_named(mlgate: Program, bill: Path) -> None:
    done = mlgate(
        *("waiver", "new", "--subject", f"card={bill}#credit", "--code", "fairness.mitigation_missing"),
        *("--reason", "The test runs next week, risk accepted", "--ticket", "RISK-1"),
        *("--expires", (datetime.now(UTC).date() + timedelta(days=7)).isoformat()),
        *("--user", "ines@bank.example", "--requested-by", "lars@bank.example"),
    )
    assert done.code == 0, done.err
    assert yaml.safe_load(done.out)["spec"]["subject"]["model"] == model_of(CREDIT)["name"]
