"""Programs written into the manifest: calls of libraries that load a model by its address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mlgate.workloads.catalog import catalog

_NO_MODEL = re.compile(r"(?i)(tokenizer|processor|config|extractor)(?:fast)?\.$")
"""Classes whose files are none of a model."""
_MAX_BEFORE = 64


def loaded(text: str) -> Iterator[tuple[str, str]]:
    """Function and first literal of every call in a text that loads a model."""
    for match in _calls().finditer(text):
        if not _NO_MODEL.search(text[max(0, match.start() - _MAX_BEFORE) : match.start()]):
            yield match.group(1), match.group(3)


@lru_cache(maxsize=1)
def _calls() -> re.Pattern[str]:
    names = "|".join(sorted(catalog().loaders))
    # Quotes may be protected from the shell around them.
    return re.compile(rf"""\b({names})\(\s*(?:[A-Za-z_]{{1,40}}\s*=\s*)?r?\\?(["'])([^"'\\\s]{{1,400}})""")
