"""A refusal as a person reads it, in a terminal or in the Events of a controller."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mlgate.domain.decision import Decision, Failure, Verdict

_INVISIBLE = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f"
    "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ud800-\\udfff\\ufeff\\uffa0\\ufff0-\\ufffb"
    "\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff]"
)
"""Control and format characters, line ends, halves of pairs, and what is displayed as nothing."""
_PARTS = {
    "review": "reading the review",
    "manifest": "reading the object",
    "evidence": "gathering evidence",
    "engine": "the policy engine",
    "gate": "the gate",
}
_NOT_THE_OBJECT = "This says nothing about the object. Try again; if it lasts, tell those who run mlgate."
_MARGIN = 80
"""Room kept for the line that counts what was left out."""


def escape(text: str) -> str:
    """The text with everything that could forge, hide or reorder what is displayed made visible."""
    return _INVISIBLE.sub(_escaped, text)


def cut(text: str, limit_bytes: int) -> str:
    """The text in at most that many bytes of UTF-8, with an ellipsis where something was cut."""
    raw = text.encode(errors="replace")
    if len(raw) <= limit_bytes:
        return text
    return raw[: max(0, limit_bytes - 3)].decode(errors="ignore") + "…"


def refusal_text(verdict: Verdict, document: str, limit_bytes: int) -> str:
    """Every failure, most severe first, then the fixes; whole lines, at most `limit_bytes` of UTF-8.

    Args:
        verdict: the verdict; there is nothing to say about one that allows, so that is empty.
        document: what was refused, as `Kind/name`.
        limit_bytes: at least 256.
    """
    if verdict.allowed:
        return ""
    what = escape(document)
    if verdict.failure is not None:
        text = "\n".join(_failure_lines(verdict.failure, what))
    elif verdict.decision is not None:
        return _Refusal.of(verdict.decision, what).within(limit_bytes)
    else:
        text = f"mlgate refused {what}: {escape(verdict.reason)}"
    return cut(text, limit_bytes)


@dataclass(frozen=True)
class _Refusal:
    """The lines of a denial, by what they are."""

    head: str
    findings: Sequence[str]
    fixes: Sequence[str]

    @classmethod
    def of(cls, decision: Decision, document: str) -> _Refusal:
        failed = len({finding.code for finding in decision.violations})
        where = [f"profile {decision.profile}"]
        where += [f"tier {decision.tier}"] if decision.tier else []
        where += [f"policy {decision.revision}"]
        checks = f"{failed} of {len(decision.evaluated)} checks failed"
        head = f"mlgate refused {document}: {checks} ({escape(', '.join(where))})"
        fixes = dict.fromkeys(escape(finding.fix) for finding in decision.violations)
        findings = [
            f" ✗ {escape(finding.code)}: {escape(finding.message)}" for finding in decision.violations
        ]
        if decision.suppressed:
            findings.append(f" … {decision.suppressed} more wait for a usable model card, or repeat one code")
        return cls(head, findings, [f" {number} {fix}" for number, fix in enumerate(fixes, start=1)])

    def within(self, limit_bytes: int) -> str:
        """As many whole lines as fit, and a count of the others."""
        lines = [self.head, *self.findings, "How to fix", *self.fixes]
        text = "\n".join(lines)
        if len(text.encode()) <= limit_bytes:
            return text
        kept = self._fitting(lines, limit_bytes - _MARGIN)
        findings = max(0, len(self.findings) - (len(kept) - 1))
        fixes = len(self.fixes) - max(0, len(kept) - len(self.findings) - 2)
        if kept[-1] == "How to fix":
            kept.pop()
        return "\n".join([*kept, _left_out(findings, fixes)])

    def _fitting(self, lines: Sequence[str], room: int) -> list[str]:
        """The first lines that fit; of the first failure at least a part, so that one is always named."""
        kept = [cut(lines[0], room * 2 // 3)]
        room -= len(kept[0].encode())
        for line in lines[1:]:
            shown = cut(line, room - 1) if len(kept) == 1 else line
            room -= len(shown.encode()) + 1
            if room < 0:
                break
            kept.append(shown)
        return kept


def _left_out(findings: int, fixes: int) -> str:
    counted = [(findings, "failure", "failures"), (fixes, "fix", "fixes")]
    named = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
    return f" … {' and '.join(named)} left out"


def _failure_lines(failure: Failure, document: str) -> list[str]:
    """What failed, and that it was not the object; unless it was."""
    part = f"{_PARTS[failure.part]} failed ({escape(failure.reason)}): {escape(failure.message)}"
    if failure.part == "manifest":
        return [f"mlgate refused {document}: {part}"]
    return [f"mlgate could not judge {document} and refuses it: {part}", _NOT_THE_OBJECT]


def _escaped(found: re.Match[str]) -> str:
    point = ord(found.group())
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"  # noqa: PLR2004 - the widths of escapes
