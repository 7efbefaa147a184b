"""AdmissionReview `admission.k8s.io/v1`, read strictly.

Written by hand: a generic validator takes longer than reading the JSON, and its messages name
types of a library where a person needs the path of a field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlgate.domain.base import Json
from mlgate.domain.request import GroupVersionKind, Operation, Request, UserInfo
from mlgate.errors import ManifestError, ReviewError
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import REVIEW_LIMITS

API_VERSION = "admission.k8s.io/v1"
KIND = "AdmissionReview"

_OPERATIONS: Mapping[str, Operation] = {
    "CREATE": "CREATE",
    "UPDATE": "UPDATE",
    "DELETE": "DELETE",
    "CONNECT": "CONNECT",
}
_MAX_UID = 128
_TOO_LARGE = 413
_NAMES: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}


@dataclass(frozen=True)
class ReviewEnvelope:
    """What the answer has to repeat."""

    api_version: str
    kind: str
    uid: str


def read_review(body: bytes) -> tuple[ReviewEnvelope, Request]:
    """The envelope and the request in the body of one call.

    Raises:
        ReviewError: status 413 when it is too large, else 400; the message names the field.
    """
    if len(body) > REVIEW_LIMITS.max_bytes:
        message = f"the review has {len(body)} bytes; at most {REVIEW_LIMITS.max_bytes} are read"
        raise ReviewError(message, status=_TOO_LARGE)
    try:
        review = parse_json(body, REVIEW_LIMITS)
    except ManifestError as error:
        raise ReviewError(_with_place(error)) from error
    if not isinstance(review, dict):
        raise ReviewError(f"the body must be an AdmissionReview object, not {_NAMES[type(review)]}")
    _check_version(review)
    if review.get("response") is not None:
        raise ReviewError("response: a review to be judged holds a request, not a response")
    request = _object(review, "request", "")
    uid = _text(request, "uid", "request.")
    if len(uid) > _MAX_UID:
        raise ReviewError(f"request.uid has {len(uid)} characters; at most {_MAX_UID} are read")
    return ReviewEnvelope(API_VERSION, KIND, uid), _request(request, uid)


def _check_version(review: dict[str, Json]) -> None:
    kind = _text(review, "kind", "")
    if kind != KIND:
        raise ReviewError(f"kind must be {KIND}, not {_shown(kind)}")
    version = _text(review, "apiVersion", "")
    if version != API_VERSION:
        raise ReviewError(f"apiVersion {_shown(version)} is not supported; mlgate reads {API_VERSION}")


def _request(request: dict[str, Json], uid: str) -> Request:
    place = "request."
    operation = _OPERATIONS.get(_text(request, "operation", place))
    if operation is None:
        raise ReviewError("request.operation must be CREATE, UPDATE, DELETE or CONNECT")
    _object(request, "resource", place)  # no rule reads it, but a review without it is no review
    new, old = _objects(request, operation)
    return Request(
        origin="admission",
        uid=uid,
        operation=operation,
        dry_run=_flag(request, "dryRun", place),
        kind=_kind(_object(request, "kind", place)),
        namespace=_optional_text(request, "namespace", place),
        name=_optional_text(request, "name", place),
        sub_resource=_optional_text(request, "subResource", place),
        user_info=_user(_object(request, "userInfo", place)),
        object=new,
        old_object=old,
    )


def _objects(
    request: dict[str, Json], operation: Operation
) -> tuple[dict[str, Json], dict[str, Json] | None]:
    """The object and the old object, as far as the operation has them."""
    place = "request."
    if operation == "CONNECT":
        return {}, None
    if operation == "DELETE":
        if request.get("object") is not None:
            raise ReviewError("request.object must be null for DELETE")
        return {}, None if request.get("oldObject") is None else _object(request, "oldObject", place)
    new = _object(request, "object", place)
    if operation == "UPDATE":
        return new, _object(request, "oldObject", place)
    if request.get("oldObject") is not None:
        raise ReviewError("request.oldObject must be null for CREATE")
    return new, None


def _kind(kind: dict[str, Json]) -> GroupVersionKind:
    place = "request.kind."
    group = kind.get("group")
    if not isinstance(group, str):  # the core group is the empty string, never left out
        raise _wrong(kind, "group", place, "a string")
    return GroupVersionKind(
        group=group, version=_text(kind, "version", place), kind=_text(kind, "kind", place)
    )


def _user(user: dict[str, Json]) -> UserInfo:
    place = "request.userInfo."
    extra = {} if user.get("extra") is None else _object(user, "extra", place)
    return UserInfo(
        username=_text(user, "username", place),
        uid=_optional_text(user, "uid", place),
        groups=_texts(user, "groups", place),
        extra={key: _texts(extra, key, f"{place}extra.") for key in extra},
    )


def _object(parent: dict[str, Json], key: str, place: str) -> dict[str, Json]:
    value = parent.get(key)
    if isinstance(value, dict):
        return value
    raise _wrong(parent, key, place, "an object")


def _text(parent: dict[str, Json], key: str, place: str) -> str:
    value = parent.get(key)
    if isinstance(value, str) and value:
        return value
    raise _wrong(parent, key, place, "a string")


def _optional_text(parent: dict[str, Json], key: str, place: str) -> str | None:
    """A string that the API server leaves out or empty when there is none."""
    value = parent.get(key)
    if value is None or isinstance(value, str):
        return value or None
    raise _wrong(parent, key, place, "a string")


def _texts(parent: dict[str, Json], key: str, place: str) -> tuple[str, ...]:
    value = parent.get(key)
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _wrong(parent, key, place, "a list of strings")


def _flag(parent: dict[str, Json], key: str, place: str) -> bool:
    value = parent.get(key)
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    raise _wrong(parent, key, place, "a boolean")


def _wrong(parent: dict[str, Json], key: str, place: str, wanted: str) -> ReviewError:
    """The error for a field that is missing or no `wanted`; the value is not repeated."""
    path = place + (key if key.isascii() and key.isprintable() else ascii(key))[:80]
    if key not in parent:
        return ReviewError(f"{path} is missing; it must be {wanted}")
    found = parent[key]
    return ReviewError(f"{path} must be {wanted}, not {_NAMES[type(found)] if found != '' else 'empty'}")


def _with_place(error: ManifestError) -> str:
    """The message of a parser with the place it knows."""
    line = f"line {error.line}" if error.line is not None else ""
    column = f"column {error.column}" if error.column is not None else ""
    places = [ascii(error.path)[1:-1][:200], line, column]
    where = ", ".join(place for place in places if place)
    return f"{error.message} ({where})" if where else error.message


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 80 else text[:80] + "...")  # noqa: PLR2004 - length for a message
