"""The benchmark of reading: what it reads is what it says, and growth is told from two times."""

from __future__ import annotations

import pytest
from reading import growth, read, seconds
from reading_documents import SHAPES, mixture, request_of

from mlgate.workloads.extract import ExtractOptions, extract
from mlgate.workloads.kinds.table import gated_kinds


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_of_concern_and_grows(name: str) -> None:
    shape, _ = SHAPES[name]
    small, large = shape(4), shape(8)

    assert len(str(large)) > len(str(small))
    assert read(small) <= read(large)


def test_the_mixture_holds_every_kind() -> None:
    rows = {row.kind for row in gated_kinds().values()}
    documents = mixture(4 * len(gated_kinds()))

    assert {document["kind"] for document in documents} >= rows
    assert documents == mixture(len(documents))
    found = [extract(request_of(document), ExtractOptions()).workload for document in documents]
    assert sum(workload is not None and workload.concerns_a_model for workload in found) > len(found) // 2


@pytest.mark.parametrize(
    ("times", "expected"),
    [((1.0, 2.0, 4.0), 2.0), ((1.0, 4.0, 16.0), 4.0), ((1.0, 3.0, 4.0), 2.0), ((0.001, 0.03, 0.08), 2.0)],
)
def test_growth_is_told_over_all_sizes_and_not_from_what_is_too_short(
    times: tuple[float, ...], expected: float
) -> None:
    assert growth(times) == expected


def test_the_fastest_run_counts() -> None:
    runs: list[int] = []

    assert seconds(lambda: runs.append(1), rounds=3) >= 0
    assert len(runs) == 3
