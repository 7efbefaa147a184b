"""The Hub's own library reads the example cards, and finds the same values in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from mlgate.evidence.cards.formats.conversion import Conversion
from mlgate.evidence.cards.formats.read import convert, parsed_card

EXAMPLES = sorted((Path(__file__).parents[5] / "examples" / "cards" / "huggingface").glob("*.md"))


def converted(path: Path) -> Conversion:
    return convert(*parsed_card(path.read_bytes()))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_measured_value_is_the_one_the_hub_reads(path: Path) -> None:
    theirs = ModelCard(path.read_text()).data
    spec = converted(path).spec
    own = spec["evaluation"]["metrics"]
    assert [(entry.metric_type, str(entry.metric_value).split(" ")[0]) for entry in theirs.eval_results] == [
        (entry["name"], str(entry["value"])) for entry in own
    ]
    if "mlgate" not in theirs or "datasets" not in theirs.mlgate:
        assert [entry["name"] for entry in spec["datasets"]] == list(theirs.datasets)
