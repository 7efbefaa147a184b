"""Dry runs in which an operator tries whether the API server would take what it renders.

Nothing is stored of a dry run, so that nothing runs of it; and nobody could put the card of a service into an
object of which its operator keeps neither name nor annotations.
"""

from __future__ import annotations

from mlgate.domain.request import Request
from mlgate.workloads.kinds.table import find_kind
from mlgate.workloads.reading import dig


def is_rehearsal(request: Request) -> bool:
    """Whether the request is such a dry run, which the table of kinds knows by its name."""
    row = find_kind(request.kind.group, request.kind.kind)
    if row is None or row.rehearsed is None or not request.dry_run or request.operation != "CREATE":
        return False
    begin = dig(request.object, "metadata", "generateName")
    return isinstance(begin, str) and begin.endswith(row.rehearsed)
