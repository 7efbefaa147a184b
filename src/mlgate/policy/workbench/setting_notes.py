"""What the comments in the file of the shipped settings say of each."""

from __future__ import annotations

import re

_GROUP = re.compile(r"([A-Za-z]+):")
_NAME = re.compile(r"  ([A-Za-z]+):")


def setting_notes(text: str) -> dict[str, str]:
    """By `<group>.<name>`, the comment that stands right above a setting; those without one are left out."""
    notes: dict[str, str] = {}
    group, comment = "", list[str]()
    for line in text.splitlines():
        if line.startswith("  #"):
            comment.append(line.strip("# "))
            continue
        if found := _GROUP.match(line):
            group = found[1]
        elif (found := _NAME.match(line)) and comment:
            notes[f"{group}.{found[1]}"] = " ".join(comment)
        comment = []
    return notes
