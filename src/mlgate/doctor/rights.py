"""Who may switch mlgate off, or go around it, by rights that no admission webhook sees used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlgate.doctor.codes import finding
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.powers import Power, powers
from mlgate.doctor.rbac import Grant, Right, Standing, grants
from mlgate.doctor.snapshot import Snapshot
from mlgate.domain.listing import first_few

_SHOWN = 8
_ANYTHING = "do anything"
_EVERY_RIGHT = Right("rbac.authorization.k8s.io", "clusterrolebindings", frozenset())


@dataclass(frozen=True)
class _Held:
    """A power as the roles of the cluster give it to some."""

    power: Power
    given: tuple[tuple[Grant, Right], ...]

    def by(self, standing: Standing) -> tuple[tuple[Grant, Right], ...]:
        """What is given to those of one standing."""
        return tuple(one for one in self.given if one[0].standing == standing)


def check_rights(snapshot: Snapshot) -> Iterator[Finding]:
    """Each power that is held, told apart by who holds it; nothing where the roles could not be read.

    Who may do anything is told once, and so are all the parts of Kubernetes itself.
    """
    if not snapshot.roles_are_known:
        return
    given = [*grants(snapshot)]
    masters = [one for one in given if one.gives_everything]
    lesser = [one for one in given if one.subject not in {master.subject for master in masters}]
    held = [_Held(power, (*_given(power, lesser),)) for power in powers(snapshot)]
    anything = _Held(
        Power("rights.everything", _ANYTHING, (_EVERY_RIGHT,)),
        tuple((one, _EVERY_RIGHT) for one in masters),
    )
    yield from _each(snapshot, [anything, *held])
    system = [pair for one in (anything, *held) if one.power.code for pair in one.by("system")]
    yield from _told("rights.held_by_system", "switch the gate off or go around it", snapshot, system)


def _given(power: Power, grants: Iterable[Grant]) -> Iterator[tuple[Grant, Right]]:
    for grant in grants:
        for right in power.rights:
            if grant.gives(right):
                yield grant, right


def _each(snapshot: Snapshot, held: Iterable[_Held]) -> Iterator[Finding]:
    """What everyone may do, and what people may who were not told of something greater."""
    told: dict[str, set[str]] = {}
    for one in held:
        power, everyone = one.power, one.by("everyone")
        yield from _told("rights.held_by_everyone", power.does, snapshot, everyone)
        if power.code is None:
            continue
        known = told.get(power.beneath or "", set())
        people = [pair for pair in one.by("people") if pair[0].subject not in known]
        told[power.code] = {grant.subject for grant, _ in people}
        yield from _told(power.code, power.does, snapshot, people)


def _told(
    code: str, does: str, snapshot: Snapshot, given: Iterable[tuple[Grant, Right]]
) -> Iterator[Finding]:
    """One finding for all who may do it; each user or group is named once with each binding."""
    pairs = [*given]
    if not pairs:
        return
    holders = [*dict.fromkeys(f"{grant.subject} ({grant.binding})" for grant, _ in pairs)]
    grant, right = pairs[0]
    subject = Subject(kind=right.resource, name=None, namespace=right.namespace, path=right.group or None)
    yield finding(
        code,
        subject,
        f"{first_few(holders, _SHOWN)} may {does}{_by(code, pairs)}",
        binding=grant.binding,
        namespace=grant.namespace or snapshot.home,
    )


def _by(code: str, pairs: Iterable[tuple[Grant, Right]]) -> str:
    """By which of the power's rights, where these are of many kinds."""
    used = [*dict.fromkeys(right.resource for _, right in pairs)]
    many = code in {"rights.gate_editable", "rights.exempt_writable", "rights.impersonation"}
    return f", by rights to {first_few(used, _SHOWN)}" if many else ""
