"""What a model says by which a platform picks the runtime it names none of."""

from __future__ import annotations

from mlgate.domain.base import Json
from mlgate.domain.evidence import RuntimeChoice
from mlgate.workloads.reading import dig

_NEWER = frozenset({"triton", "vllm"})
"""Formats for which KServe takes the second protocol where none is named."""
_NEWER_FORMS = frozenset({"triton", "onnx", "huggingface"})
"""Fields of the older form for which it does."""
_FORM = "model"
"""The field of the newer form, which names its format itself."""


def choice_of(predictor: Json, form: str, model: Json) -> RuntimeChoice | None:
    """By what the runtime of a model in the field `form` of a predictor is picked; null if it is named.

    Without a format none is picked, and nothing runs.
    """
    if not isinstance(model, dict) or model.get("runtime"):
        return None
    newer = form == _FORM
    given = dig(model, "modelFormat", "name") if newer else form
    version = dig(model, "modelFormat", "version") if newer else None
    protocol = model.get("protocolVersion")
    if not isinstance(given, str) or not given:
        return None
    second = given in _NEWER or (not newer and form in _NEWER_FORMS)
    return RuntimeChoice(
        format=given,
        version=version if isinstance(version, str) else None,
        protocol=protocol if isinstance(protocol, str) and protocol else "v2" if second else "v1",
        multi_node=dig(predictor, "workerSpec") is not None,
    )
