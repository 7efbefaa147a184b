"""The answer to the API server: an AdmissionReview `admission.k8s.io/v1` with a response.

There is no patch in it, ever. It allows only where the verdict does, and keeps within what the
API server, kubectl and Events can carry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mlgate.admission.refusal import cut, escape, refusal_text
from mlgate.admission.review import ReviewEnvelope
from mlgate.domain.decision import Finding, Verdict, WaivedFinding
from mlgate.domain.request import Request

__all__ = ["message_limit", "refusal_text", "respond"]

_MESSAGE_BYTES = 16 * 1024
_EVENT_BYTES = 1024 - 128
"""An Event holds 1 KiB; the API server and the controller put their own words before ours."""
_WARNING_BYTES = 256
"""The API server may cut a longer warning."""
_WARNINGS_BYTES = 4096
"""The API server drops what exceeds this, all webhooks taken together."""
_WARNINGS_MARGIN = 64
_CAUSES_BYTES = 64 * 1024
_CODES_BYTES = 1024
_PERSON = "system:admin"
"""The administrator's certificate on some distributions; every other system: name is a program."""


def respond(envelope: ReviewEnvelope, request: Request, verdict: Verdict, decision_id: str) -> dict[str, Any]:
    """The AdmissionReview that answers this request with this verdict.

    A denial has status code 403. A failure of the gate has 503 (403 when it is the object that
    cannot be read). All texts are escaped.
    """
    allowed = verdict.allowed is True
    response: dict[str, Any] = {"uid": envelope.uid, "allowed": allowed}
    document = _document(request)
    if not allowed:
        response["status"] = _status(verdict, document, message_limit(request))
    warnings = list(_within(_warnings(verdict, document)))
    if warnings:
        response["warnings"] = warnings
    response["auditAnnotations"] = _annotations(verdict, decision_id)
    return {"apiVersion": envelope.api_version, "kind": envelope.kind, "response": response}


def message_limit(request: Request) -> int:
    """Bytes of message the requester can display: a person's terminal, or a controller's Event."""
    name = request.user_info.username if request.user_info else ""
    return _EVENT_BYTES if name.startswith("system:") and name != _PERSON else _MESSAGE_BYTES


def _document(request: Request) -> str:
    """`Kind/name`; with the prefix the API server will complete where it has no name yet."""
    if request.name is not None:
        return f"{request.kind.kind}/{request.name}"
    metadata = request.object.get("metadata")
    prefix = metadata.get("generateName") if isinstance(metadata, dict) else None
    return f"{request.kind.kind}/{prefix}*" if isinstance(prefix, str) and prefix else request.kind.kind


def _status(verdict: Verdict, document: str, limit_bytes: int) -> dict[str, Any]:
    failed = verdict.failure is not None and verdict.failure.part != "manifest"
    return {
        "status": "Failure",
        "code": 503 if failed else 403,
        "reason": "ServiceUnavailable" if failed else "Forbidden",
        "message": refusal_text(verdict, document, limit_bytes),
        "details": {"causes": _causes(verdict)},
    }


def _causes(verdict: Verdict) -> list[dict[str, str]]:
    """Code, message and path of each failure, for machines; cut with a count like all else."""
    if verdict.failure is not None:
        failure = verdict.failure
        return [_cause(f"mlgate.{failure.part}_{failure.reason}", failure.message, "")]
    findings = verdict.decision.violations if verdict.decision else ()
    causes: list[dict[str, str]] = []
    room = _CAUSES_BYTES
    for number, finding in enumerate(findings):
        cause = _cause(finding.code, finding.message, finding.path)
        room -= sum(len(text.encode()) for text in cause.values())
        if room < 0:
            return [*causes, _cause("mlgate.left_out", f"{len(findings) - number} more failures", "")]
        causes.append(cause)
    return causes


def _cause(code: str, message: str, field: str) -> dict[str, str]:
    return {"reason": escape(code), "message": escape(message), "field": escape(field)}


def _warnings(verdict: Verdict, document: str) -> Iterator[str]:
    """What the user is told beside the verdict; an object let through unjudged comes first."""
    if verdict.failure is not None and verdict.allowed:
        failure = verdict.failure
        yield (
            f"mlgate did NOT judge {document}: it is admitted unchecked because decision.onError is allow "
            f"({failure.part} {failure.reason}: {failure.message})"
        )
    if verdict.decision is not None:
        yield from map(_warning, verdict.decision.warnings)
        yield from map(_waived, verdict.decision.waived)


def _warning(finding: Finding) -> str:
    return f"{finding.code}: {finding.message}"


def _waived(finding: WaivedFinding) -> str:
    waiver = finding.waiver
    lifted = f"waived until {waiver.expires_at} by Waiver {waiver.namespace}/{waiver.name}"
    return f"{finding.code}: {lifted}: {finding.message}"


def _within(warnings: Iterable[str]) -> Iterator[str]:
    """Each warning once, escaped and cut; all together within what the API server passes on."""
    lines = list(dict.fromkeys(cut(escape(text), _WARNING_BYTES) for text in warnings))
    room = _WARNINGS_BYTES - _WARNINGS_MARGIN
    for number, line in enumerate(lines):
        room -= len(line.encode())
        if room < 0:
            yield f"mlgate: {len(lines) - number} more warnings left out"
            return
        yield line


def _annotations(verdict: Verdict, decision_id: str) -> dict[str, str]:
    """For the API server's own audit log; it puts the webhook's name before each key."""
    notes = {"decision-id": escape(decision_id), "verdict": _verdict_word(verdict)}
    if verdict.decision is not None:
        decision = verdict.decision
        notes["policy-revision"] = escape(decision.revision)
        notes["profile"], notes["mode"] = escape(decision.profile), decision.mode
        notes["codes"] = _codes(decision.violations)
        # In a mode that lowers denials these lists are all that tells of them.
        for name, findings in (("warned", decision.warnings), ("audited", decision.audited)):
            if findings:
                notes[name] = _codes(findings)
    return notes


def _verdict_word(verdict: Verdict) -> str:
    word = "allowed" if verdict.allowed else "denied"
    return word if verdict.outcome == "judged" else f"{word}-{verdict.outcome}"


def _codes(findings: Iterable[Finding]) -> str:
    """The codes of findings, each once; whole codes only, and a count of the others."""
    codes = list(dict.fromkeys(escape(finding.code) for finding in findings))
    room = _CODES_BYTES
    for number, code in enumerate(codes):
        room -= len(code.encode()) + 1
        if room < 0:
            return ",".join([*codes[:number], f"+{len(codes) - number}"])
    return ",".join(codes)
