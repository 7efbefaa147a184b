"""The entries of the webhook configuration: whether they are there, and how they fail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from mlgate.doctor.codes import finding
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.snapshot import ENTRIES, Entry, Snapshot

CONFIGURATION = "ValidatingWebhookConfiguration"
SHORTEST_SECONDS, LONGEST_SECONDS = 3, 15
"""Below, mlgate cannot look anything up; above, several slow webhooks use up the request's own time."""


def subject_of(entry: Entry, *fields: str) -> Subject:
    """The entry, or a field of it."""
    path = ".".join((f"webhooks[{entry.webhook['name']}]", *fields))
    return Subject(kind=CONFIGURATION, name=entry.configuration, path=path)


def patch(entry: Entry, field: str, value: object, operation: str = "replace") -> str:
    """A JSON patch that sets a field of the entry, for `kubectl patch`."""
    return json.dumps([{"op": operation, "path": f"/webhooks/{entry.index}/{field}", "value": value}])


def misset(
    code: str,
    entry: Entry,
    field: str,
    value: object,
    message: str,
    *,
    operation: str = "replace",
    fails_open: bool = False,
) -> Finding:
    """A field of an entry that stands wrong, with the patch that gives it the right value."""
    return finding(
        code,
        subject_of(entry, field),
        message,
        fails_open=fails_open,
        name=entry.configuration,
        namespace=entry.home,
        patch=patch(entry, field, value, operation),
    )


def patches(several: Iterable[str]) -> str:
    """Patches of one configuration as one."""
    return json.dumps([step for one in several for step in json.loads(one)])


def check_entries(snapshot: Snapshot) -> Iterator[Finding]:
    """What is wrong with the entries themselves."""
    missing = [name for name in ENTRIES if not snapshot.named(name)]
    if len(missing) == len(ENTRIES):
        message = "none of the webhook configurations has an entry of mlgate: the API server asks it nothing"
        yield finding(
            "webhook.configuration_missing",
            Subject(kind=CONFIGURATION, name=None),
            message,
            namespace=snapshot.home,
        )
        return
    first = snapshot.entries[0].configuration
    for name in missing:
        message = f"there is no entry {name}.mlgate.dev: nothing that it would send is judged"
        yield finding(
            "webhook.entry_missing",
            Subject(kind=CONFIGURATION, name=first, path=f"webhooks[{name}.mlgate.dev]"),
            message,
            namespace=snapshot.home,
        )
    for entry in snapshot.entries:
        yield from _check(entry)
    for name in ENTRIES:
        yield from _doubled(snapshot.named(name))


def _check(entry: Entry) -> Iterator[Finding]:
    yield from _failing(entry)
    if entry.webhook.get("matchPolicy", "Equivalent") != "Equivalent":
        message = f"{entry.webhook['name']} sends only the versions its rules name (matchPolicy Exact)"
        yield misset("webhook.match_policy_exact", entry, "matchPolicy", "Equivalent", message)
    if entry.webhook.get("sideEffects") != "None":
        message = f"{entry.webhook['name']} is said to have side effects ({entry.webhook.get('sideEffects')})"
        yield misset("webhook.side_effects", entry, "sideEffects", "None", message)
    if "v1" not in (entry.webhook.get("admissionReviewVersions") or ()):
        message = f"{entry.webhook['name']} does not take reviews of version v1, the one mlgate reads"
        yield misset(
            "webhook.review_version",
            entry,
            "admissionReviewVersions",
            ["v1"],
            message,
            fails_open=entry.fails_open,
        )


def _failing(entry: Entry) -> Iterator[Finding]:
    if entry.fails_open:
        message = (
            f"{entry.webhook['name']} has failurePolicy Ignore: what mlgate does not answer is let through"
        )
        yield misset("webhook.fails_open", entry, "failurePolicy", "Fail", message)
    seconds = entry.webhook.get("timeoutSeconds", 10)
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        message = f"{entry.webhook['name']} is waited for {seconds} s; 5 s is what the rest is made for"
        yield misset(
            "webhook.timeout_unsuitable", entry, "timeoutSeconds", 5, message, fails_open=entry.fails_open
        )


def _doubled(found: tuple[Entry, ...]) -> Iterator[Finding]:
    names = sorted({entry.configuration for entry in found})
    if len(names) > 1:
        message = f"{found[0].webhook['name']} stands in {len(names)} configurations: {', '.join(names)}"
        yield finding("webhook.entry_doubled", subject_of(found[-1]), message, name=found[-1].configuration)
