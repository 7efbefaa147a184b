"""Labels and annotations a platform writes itself: one that its author writes leads the platform astray.

KServe tells its own pods by annotations which model to load, from which volume, and where to send a copy of
every request; it takes those of a service over.
"""

from __future__ import annotations

from mlgate.domain.base import Json
from mlgate.workloads.kinds.paths import select
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.reading import Reader, join

_METADATA = "metadata."


def note_reserved(reader: Reader, obj: dict[str, Json], row: Kind | None) -> None:
    """A problem for each reserved name, apart from those the platform is known to have written."""
    reserved = row.reserved if row is not None else None
    if reserved is None:
        return
    written = any(select(Reader(), obj, pattern) for pattern in reserved.written_with)
    for pattern in reserved.within:
        for path, entries in select(Reader(), obj, pattern):
            for name in entries if isinstance(entries, dict) else ():
                own = written and path.startswith(_METADATA) and name in reserved.written
                if name.startswith(reserved.prefix) and not own:
                    reader.problem(join(path, name), "is for the platform alone to write")
