"""DSSE envelopes: what is read, and what is refused with its place."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.envelope import Envelope, read_envelope

KIND = "application/vnd.in-toto+json"


def envelope(**changed: Any) -> dict[str, Any]:
    return {"payloadType": KIND, "payload": "e30=", "signatures": [{"sig": "c2ln"}]} | changed


def test_payload_and_signatures_are_decoded() -> None:
    assert read_envelope(envelope()) == Envelope(b"{}", (b"sig",))


def test_url_safe_base64_is_base64_too() -> None:
    raw = b"\xfb\xff\xfe"
    read = read_envelope(envelope(payload=base64.urlsafe_b64encode(raw).decode()))
    assert read.payload == raw


def test_the_signed_bytes_are_those_of_the_protocol() -> None:
    assert Envelope(b"hello world", ()).signed == b"DSSEv1 28 application/vnd.in-toto+json 11 hello world"


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], "object"),
        (None, "object"),
        (envelope(payloadType="text/plain"), "payloadType"),
        (envelope(payload=None), "payload must"),
        (envelope(payload=""), "payload must"),
        (envelope(payload="not base64!"), "payload must"),
        (envelope(payload="ä"), "payload must"),
        (envelope(payload="e30"), "payload must"),
        (envelope(signatures=None), "signatures must"),
        (envelope(signatures=[]), "signatures must"),
        (envelope(signatures={"sig": "c2ln"}), "signatures must"),
        (envelope(signatures=[{"sig": "c2ln"}] * 5), "more than 4"),
        (envelope(signatures=[{"sig": "c2ln"}, "x"]), "signatures[1].sig"),
        (envelope(signatures=[{"sig": 7}]), "signatures[0].sig"),
    ],
)
def test_anything_else_is_refused_with_the_field(document: Any, place: str) -> None:
    with pytest.raises(StatementRefused) as refused:
        read_envelope(document)
    assert place in str(refused.value)
