"""What the published schemas of Model Card Toolkit (0.0.2) and VerifyML (0.0.4) demand, in our own words.

They demand types and little else: nothing is required, and further keys may be below a section, so that those
are losses and no mistakes. Two things are taken as their libraries write them, and not as the schemas say:
numbers may be strings, and `path` is in the model's details.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": ["number", "string"]}
_FLAG: Schema = {"type": "boolean"}
_DATE: Schema = {"type": "string", "format": "date"}
_URI: Schema = {"type": "string", "format": "uri"}


def _of(**parts: Schema) -> Schema:
    return {"type": "object", "properties": parts}


def _list(**parts: Schema) -> Schema:
    return {"type": "array", "items": _of(**parts)}


_PICTURES = _of(description=_TEXT, collection=_list(name=_TEXT, image=_TEXT))
_WORDS = _list(description=_TEXT)
_LICENSE: Schema = {
    **_of(identifier=_TEXT, custom_text=_TEXT),
    "oneOf": [{"required": ["identifier"]}, {"required": ["custom_text"]}],
}
_DETAILS = {
    "name": _TEXT,
    "overview": _TEXT,
    "documentation": _TEXT,
    "path": _TEXT,
    "owners": _list(name=_TEXT, contact=_TEXT, role=_TEXT),
    "version": _of(name=_TEXT, date=_DATE, diff=_TEXT),
    "licenses": {"type": "array", "items": _LICENSE},
    "references": _list(reference=_URI),
    "citations": _list(style=_TEXT, citation=_TEXT),
}
_PARAMETERS = {
    "model_architecture": _TEXT,
    "data": _list(
        name=_TEXT,
        link=_URI,
        sensitive=_of(sensitive_data={"type": "array", "items": _TEXT}),
        graphics=_PICTURES,
        description=_TEXT,
    ),
    "input_format": _TEXT,
    "output_format": _TEXT,
}
_CONSIDERED = {
    **dict.fromkeys(("users", "use_cases", "limitations", "tradeoffs"), _WORDS),
    "ethical_considerations": _list(name=_TEXT, mitigation_strategy=_TEXT),
}
_MEASURED = {"type": _TEXT, "value": _NUMBER, "slice": _TEXT}
_TESTS = _list(
    name=_TEXT, description=_TEXT, threshold=_NUMBER, result=_NUMBER, passed=_FLAG, graphics=_PICTURES
)
_REPORT = {"type": _TEXT, "slice": _TEXT, "description": _TEXT, "graphics": _PICTURES, "tests": _TESTS}
_ASSESSED = dict.fromkeys(("group_at_risk", "benefits", "harms", "mitigation_strategy"), _TEXT)


def _toolkit(version: Schema) -> Schema:
    return _of(
        schema_version=version,
        model_details=_of(**_DETAILS),
        model_parameters=_of(**_PARAMETERS),
        quantitative_analysis=_of(performance_metrics=_list(**_MEASURED), graphics=_PICTURES),
        considerations=_of(**_CONSIDERED),
    )


def _verifyml(version: Schema) -> Schema:
    return _of(
        schema_version=version,
        model_details=_of(**_DETAILS, regulatory_requirements=_list(regulation=_TEXT)),
        model_parameters=_of(**_PARAMETERS),
        quantitative_analysis=_of(performance_metrics=_list(**_MEASURED, tests=_TESTS), graphics=_PICTURES),
        considerations=_of(**_CONSIDERED, fairness_assessment=_list(**_ASSESSED)),
        explainability_analysis=_of(explainability_reports=_list(**_REPORT)),
        fairness_analysis=_of(fairness_reports=_list(**_REPORT, segment=_TEXT)),
    )


@cache
def toolkit_validator() -> jsonschema_rs.Validator:
    """Of a card of Model Card Toolkit."""
    return _compiled(_toolkit({"enum": ["0.0.2"]}))


@cache
def verifyml_validator() -> jsonschema_rs.Validator:
    """Of a card of VerifyML, whose schemas 0.0.3 and 0.0.4 grew out of 0.0.2."""
    return _compiled(_verifyml({"enum": ["0.0.2", "0.0.3", "0.0.4"]}))


def _compiled(schema: Schema) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        {"$schema": "http://json-schema.org/draft-07/schema#", **schema},
        validate_formats=True,
        mask="the value",
    )
