"""What the gate is asked: one object, who sends it and why, whichever door it came through."""

from __future__ import annotations

from typing import Literal

from mlgate.domain.base import Frozen, Json

Origin = Literal["admission", "check", "scan"]
Operation = Literal["CREATE", "UPDATE", "DELETE", "CONNECT"]


class GroupVersionKind(Frozen):
    """Kind of an object. Matching is on group and kind together, because kind names collide."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        """As in a manifest: `group/version`, or the version alone for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version


class UserInfo(Frozen):
    """The requester as the API server authenticated it."""

    username: str
    uid: str | None = None
    groups: tuple[str, ...] = ()
    extra: dict[str, tuple[str, ...]] = {}


class Request(Frozen):
    """One question to the gate: may this object be stored?"""

    origin: Origin
    uid: str | None
    operation: Operation
    dry_run: bool
    kind: GroupVersionKind
    namespace: str | None
    name: str | None
    sub_resource: str | None
    user_info: UserInfo | None
    object: dict[str, Json]
    """The object as received; empty for DELETE and CONNECT."""
    old_object: dict[str, Json] | None
    """The stored object; null unless the operation is UPDATE (or DELETE)."""
