"""Texts and command lines as people are shown them: without what looks like a credential."""

from __future__ import annotations

from mlgate.workloads.credentials.arguments import argument_hit, is_flag, pairs
from mlgate.workloads.credentials.patterns import CredentialPatterns, shipped
from mlgate.workloads.credentials.scan import holds_credentials


def mask_arguments(items: tuple[str, ...], patterns: CredentialPatterns | None = None) -> tuple[str, ...]:
    """A command line with credentials replaced by `***`."""
    patterns = patterns or shipped()
    masked: list[str] = []
    for index, item in enumerate(items):
        hit = argument_hit(items[index - 1] if index else None, item, patterns)
        if holds_credentials(item, patterns):
            masked.append("***")
        else:
            masked.append(
                item if hit is None else _mask_item(items[index - 1] if index else "", item, patterns)
            )
    return tuple(masked)


def shown(text: str) -> str:
    """A text that is told to people: without what looks like a credential by its value."""
    return "***" if holds_credentials(text) else shipped().mask(text)


def _mask_item(before: str, item: str, patterns: CredentialPatterns) -> str:
    if is_flag(before) and not item.startswith("-") and patterns.reason_of_variable(before, item):
        return "***"
    spans = {span for name, value, span in pairs(item) if patterns.reason_of_variable(name, value)}
    for start, end in sorted(spans, reverse=True):
        item = f"{item[:start]}***{item[end:]}"
    return patterns.mask(item)
