"""What a call of Python is given: one by one, by name, and through `*` and `**` where that is written out."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from mlgate.workloads.python.names import Names

_MOST = 200


@dataclass
class Given:
    """What one call is given."""

    args: list[ast.expr] = field(default_factory=list)
    words: dict[str, ast.expr] = field(default_factory=dict)
    more_args: bool = False
    """There are some behind `*` that the reader cannot know."""
    more_words: bool = False
    """The same behind `**`."""


def given(call: ast.Call, names: Names) -> Given:
    """What a call is given; of what is written twice, the last."""
    found = Given()
    for arg in call.args:
        if not isinstance(arg, ast.Starred):
            found.args.append(arg)
            continue
        items = names.items(arg.value)
        if items is None or len(items) > _MOST:
            found.more_args = True
            break
        found.args += items
    for word in call.keywords:
        if word.arg is not None:
            found.words[word.arg] = word.value
        elif (pairs := names.pairs(word.value)) is not None and len(pairs) <= _MOST:
            found.words.update(pairs)
        else:
            found.more_words = True
    return found
