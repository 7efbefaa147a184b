"""How a component of a bill of materials is named behind the bill's place."""

from __future__ import annotations

import pytest

from mlgate.domain.components import component_in, with_component

SYMBOLS = "".join(chr(code) for code in range(32, 127))


@pytest.mark.parametrize(
    "component", ["model-b", "pkg:huggingface/acme/router@1.4.0", "a#b", "größe", SYMBOLS]
)
def test_what_is_written_is_read(component: str) -> None:
    written = with_component("file/bom.json", component)
    assert component_in(written) == ("file/bom.json", component)
    assert not set(written) & set(",=@ ")


def test_without_a_component_all_of_it_is_meant() -> None:
    assert with_component("file/bom.json", None) == "file/bom.json"


@pytest.mark.parametrize(
    "reference",
    ["file/bom.json", "file/bom.json#", "#b", "f#a@b", "f#a b", "f#%zz", "f#%ff", "f#%0a", "f#" + "x" * 257],
)
def test_what_names_none_stays_as_it_is(reference: str) -> None:
    assert component_in(reference) == (reference, None)
