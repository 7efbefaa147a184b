"""Every error mlgate raises on purpose.

    MlgateError
      x  ReviewError            the call itself is malformed: HTTP 400, 413 or 415
      x  ManifestError          an object or file cannot be read: denied, or CLI exit 2
      +  EvidenceError          becomes a fact for policy, never an answer by itself
           x  CardInvalid           a card cannot be used at all
           x  EvidenceUnavailable   a source did not answer
           x  OtherContent          a registry sent something else than what has the digest
           x  StatementRefused      a signed statement cannot be read, or does not verify
      +  EngineError            the policy engine gave no decision: denied with status 503
           x  EngineUnavailable     it cannot be reached
                x  EngineOverloaded     it is asked for more than it takes at a time
           x  EngineTimeout         it did not answer before the deadline
           x  DecisionInvalid       it answered something that is no complete decision
                x  AnswerTooLarge       there is more to say about the object than is read
      x  PolicyError            the policy cannot be built or checked: refuse to start
           x  RuleRefused           the METADATA of a rule cannot serve
           x  SettingRefused        a setting of the policy is unknown or does not fit
           x  BundleUnsound         a bundle holds something else than it says, or than it is trusted for
      x  AuditError             a record cannot be written
      x  SettingsError          a setting is not valid: refuse to start, naming it

A denial is a value, not an error. Errors of libraries are translated where the library is
called, with the cause chained; `x` marks the classes that are raised.
"""

from __future__ import annotations


class MlgateError(Exception):
    """Base of the tree; the message is one line a person can act on."""


class ReviewError(MlgateError):
    """The call is malformed; nothing can be answered as a review."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class ManifestError(MlgateError):
    """Bytes or an object cannot be read; the message names the place."""

    def __init__(
        self, message: str, *, path: str = "", line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column = column


class EvidenceError(MlgateError):
    """Evidence could not be used; policy is told, and decides."""


class CardInvalid(EvidenceError):
    """A card cannot be parsed or mapped."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class EvidenceUnavailable(EvidenceError):
    """A source of evidence did not answer, or not in time."""


class EvidenceTooLarge(EvidenceUnavailable):
    """A source sends more than is read of it: whoever may write there can make it so, and no outage can."""


class OtherContent(EvidenceError):
    """A registry sent something else than what has the digest it was asked for."""


class StatementRefused(EvidenceError):
    """A signed statement cannot be read, or nobody who is recognised signed it."""


class EngineError(MlgateError):
    """The policy engine gave no usable decision."""

    reason = "error"


class EngineUnavailable(EngineError):
    """The engine cannot be reached, or refuses more work."""

    reason = "unavailable"


class EngineOverloaded(EngineUnavailable):
    """As many decisions are under way as the engine takes; this one was not asked for."""

    reason = "overloaded"


class EngineTimeout(EngineError):
    """The engine did not answer before the deadline."""

    reason = "timeout"


class DecisionInvalid(EngineError):
    """The engine answered something that is no complete decision."""

    reason = "decision_invalid"


class AnswerTooLarge(DecisionInvalid):
    """There is more to say about the object than is read."""


class PolicyError(MlgateError):
    """The policy bundle or the site's settings cannot be built, checked or loaded."""


class RuleRefused(PolicyError):
    """A rule whose METADATA cannot serve."""

    def __init__(self, what: str, fix: str, *, file: str = "", line: int = 0) -> None:
        place = f"{file}:{line}: " if file else ""
        super().__init__(f"{place}{what}; {fix}")
        self.what = what
        self.fix = fix
        self.file = file
        self.line = line


class SettingRefused(PolicyError):
    """A setting that a site puts over the shipped ones cannot be used."""

    def __init__(self, keys: tuple[str, ...], what: str, fix: str, *, place: str = "") -> None:
        name = f"policy setting {'.'.join(keys)}" if keys else "policy settings"
        super().__init__(f"{place}{name}: {what}; {fix}")
        self.keys = keys
        self.what = what
        self.fix = fix


class BundleUnsound(PolicyError):
    """A bundle that can be read is not what it must be; it was built badly, or changed since."""

    def __init__(
        self, what: str, fix: str = "build it anew with `mlgate policy bundle`, or fetch it again"
    ) -> None:
        super().__init__(f"{what}; {fix}")
        self.what = what
        self.fix = fix


class AuditError(MlgateError):
    """A decision record cannot be written."""


class SettingsError(MlgateError):
    """A setting is not valid; the message names it."""
