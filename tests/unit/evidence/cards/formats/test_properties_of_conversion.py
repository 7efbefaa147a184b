"""Whatever a card holds, it converts or is refused with the one error; and what is written validates."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.cli.written import card_manifest, yaml_text
from mlgate.errors import CardInvalid
from mlgate.evidence.cards.formats import aif360, fairlearn
from mlgate.evidence.cards.formats.conversion import Foreign, Origin
from mlgate.evidence.cards.formats.read import FOREIGN, convert, parsed_card, read_card, read_foreign

EXAMPLES = Path(__file__).parents[5] / "examples" / "cards"
CARDS = {
    str(path.relative_to(EXAMPLES)): parsed_card(path.read_bytes())
    for path in sorted(EXAMPLES.glob("*/*"))
    if path.parent.name in FOREIGN and path.suffix in {".md", ".json"}
}
NAMES = sorted({key for _, foreign in CARDS.values() for key in foreign.document} | {"mlgate", "tests", "x"})
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["0.9 ± 0.1", "sex=f", "training", "2026-01-01", "CycloneDX", "1.6", "yes", "red"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), inner, max_size=4),
    ),
    max_leaves=12,
)
relaxed = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def changed(document: Any, data: st.DataObject) -> Any:
    """The document with one value somewhere replaced, or a key left out."""
    if isinstance(document, dict) and document and data.draw(st.booleans() | st.just(value=True)):
        key = data.draw(st.sampled_from(sorted(document)))
        kept = {name: item for name, item in document.items() if name != key}
        return kept if data.draw(st.integers(0, 9)) == 0 else {**kept, key: changed(document[key], data)}
    if isinstance(document, list) and document and data.draw(st.booleans() | st.just(value=True)):
        place = data.draw(st.integers(0, len(document) - 1))
        return [*document[:place], changed(document[place], data), *document[place + 1 :]]
    return data.draw(values)


@relaxed
@given(st.sampled_from(sorted(CARDS)), st.data())
def test_a_changed_card_converts_or_is_refused_and_what_is_written_validates(
    name: str, data: st.DataObject
) -> None:
    card_format, foreign = CARDS[name]
    document = changed(foreign.document, data)
    if not isinstance(document, dict):
        return
    content = read_foreign(card_format, Foreign(document, Origin("acme/router", "1")))
    assert content.card is not None or content.problems
    if content.card is not None:
        manifest = card_manifest(
            content.card, [claim.entry for claim in content.claims], name=None, namespace=None
        )
        again = read_card(yaml_text(manifest).encode())
        assert again.card is not None
        assert [problem for problem in again.problems if "name of another entry" not in problem.message] == []
        written = {key: value for key, value in manifest["spec"].items() if key != "signOffs"}
        assert again.card == written


@relaxed
@given(st.sampled_from(FOREIGN), st.dictionaries(st.sampled_from(NAMES), values, max_size=8))
def test_any_object_converts_or_raises_the_one_error(card_format: str, document: dict[str, Any]) -> None:
    with suppress(CardInvalid):
        assert json.dumps(convert(card_format, Foreign(document)).spec)


@relaxed
@given(values)
def test_any_value_is_a_bias_test_or_raises_the_one_error(document: Any) -> None:
    for attempt in (
        lambda: fairlearn.convert(document),
        lambda: fairlearn.convert({"sensitiveFeatures": ["sex"], "byGroup": document}),
        lambda: aif360.convert(document, aif360.Stated("sex", of_predictions=True)),
    ):
        with suppress(CardInvalid):
            assert attempt().evaluation["attribute"]


@relaxed
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    for text in (data, b"---\n" + data + b"\n---\n", b'{"bomFormat":' + data):
        content = read_card(text)
        assert content.card is not None or content.problems
