"""What is called: the Service, its ports and whether anybody stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlgate.doctor.codes import finding
from mlgate.doctor.deployment import deployments_of, service_of
from mlgate.doctor.entries import patch, patches, subject_of
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.snapshot import Object, Snapshot, labels_of
from mlgate.doctor.targets import PATH, Target, targets
from mlgate.evidence.looked import entries, field
from mlgate.evidence.times import metadata

Teller = Callable[[str, str], Finding]
"""Makes a finding of a code and a message."""
_SERVICE_LABEL = "kubernetes.io/service-name"


def check_services(snapshot: Snapshot) -> Iterator[Finding]:
    """What is wrong with where reviews are sent."""
    for target in targets(snapshot.entries):
        yield from _path(target)
        if target.url is not None:
            yield from _address(snapshot, target)
        elif snapshot.services is not None:
            yield from _service(snapshot, target)


def _path(target: Target) -> Iterator[Finding]:
    if target.path == PATH:
        return
    entry = target.entries[0]
    message = f"reviews are sent to {target.path or '/'}, and mlgate takes them at {PATH}"
    if target.url is not None:
        field_name, value = "clientConfig/url", f"https://{target.host}:{target.port}{PATH}"
    else:
        field_name, value = "clientConfig/service/path", PATH
    yield finding(
        "service.path_wrong",
        subject_of(entry, "clientConfig"),
        message,
        fails_open=target.fails_open,
        name=entry.configuration,
        patch=patches(
            patch(other, field_name, value, "add")
            for other in target.entries
            if other.configuration == entry.configuration
        ),
    )


def _address(snapshot: Snapshot, target: Target) -> Iterator[Finding]:
    entry = target.entries[0]
    message = f"reviews are sent to {target.url}: who answers there decides, and that is no Service"
    yield finding(
        "service.address_used",
        subject_of(entry, "clientConfig", "url"),
        message,
        namespace=snapshot.home,
    )


def _service(snapshot: Snapshot, target: Target) -> Iterator[Finding]:
    namespace, name = target.service
    stored = service_of(snapshot, target)
    subject = Subject(kind="Service", name=name, namespace=namespace)

    def told(code: str, message: str) -> Finding:
        return finding(code, subject, message, fails_open=target.fails_open, namespace=namespace, name=name)

    if namespace != snapshot.home:
        message = f"the webhook calls {name} in {namespace}, and mlgate runs in {snapshot.home}"
        yield told("service.leads_elsewhere", message)
    if stored is None:
        yield told("service.missing", f"the webhook calls Service {namespace}/{name}, which does not exist")
        return
    port = next(
        (one for one in entries(field(stored, "spec", "ports")) if one.get("port") == target.port), None
    )
    if port is None:
        yield told(
            "service.port_missing", f"the webhook calls port {target.port}, which {name} does not have"
        )
        return
    if snapshot.deployments is not None and not [*deployments_of(snapshot, target)]:
        message = f"{name} leads to Pods of no Deployment in {namespace}: whoever they are, they decide"
        yield told("service.leads_elsewhere", message)
    if snapshot.slices is not None:
        yield from _endpoints(snapshot.slices, target, port, told)


def _endpoints(slices: tuple[Object, ...], target: Target, port: Object, told: Teller) -> Iterator[Finding]:
    namespace, name = target.service
    ours = [
        one
        for one in slices
        if metadata(one).get("namespace") == namespace and labels_of(one).get(_SERVICE_LABEL) == name
    ]
    standing = [one for one in ours if any(_is_ready(end) for end in entries(one.get("endpoints")))]
    if not standing:
        yield told("service.no_endpoints", f"no ready replica stands behind {name}: nobody answers reviews")
    elif not any(_has_port(one, port) for one in standing):
        message = f"no replica behind {name} has its target port {port.get('targetPort')}"
        yield told("service.port_mismatch", message)


def _is_ready(endpoint: Object) -> bool:
    """Whether reviews are sent there; what says nothing counts, as for the API server."""
    return field(endpoint, "conditions", "ready") is not False


def _has_port(piece: Object, port: Object) -> bool:
    """Whether a slice has the port of the Service; both are matched by name."""
    named = (field(one, "name") or "" for one in entries(piece.get("ports")))
    return (port.get("name") or "") in named
