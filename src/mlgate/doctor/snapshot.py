"""The cluster as the checks see it: what was read, and what could not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as of
from datetime import datetime
from typing import Any, Literal

from mlgate.domain.base import Frozen
from mlgate.evidence.looked import field
from mlgate.evidence.times import metadata, name_of

Object = dict[str, Any]
Listing = tuple[Object, ...] | None
"""Objects of a kind; None where they could not be read, so that nothing may be concluded from them."""

HOME = "mlgate-system"
"""Namespace of mlgate where neither the webhook nor the user names one."""
ENTRIES = ("models", "workloads", "records")
"""The entries an installation needs, each named `<entry>.mlgate.dev`."""
_DOMAIN = ".mlgate.dev"


class Unread(Frozen):
    """What could not be looked at, so that nothing is known of it."""

    what: str
    reason: str


@dataclass(frozen=True)
class Served:
    """A resource the API server serves in one version."""

    group: str
    version: str
    resource: str
    """With a slash where it is a subresource."""
    kind: str
    namespaced: bool


@dataclass(frozen=True)
class Held:
    """An object that concerns a model, and lies where somebody has to look."""

    kind: str
    namespace: str | None
    name: str
    because: str = ""
    """From what it was concluded."""

    @property
    def title(self) -> str:
        """As messages name it."""
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True)
class Serving:
    """A certificate that is shown to whoever calls the gate."""

    place: str
    """Where it was read: an address, or a Secret."""
    chain: tuple[bytes, ...]
    """DER; the first is the server's own."""
    refused: Literal["expired", "name", "trust"] | None = None
    """Why a caller who believes the authorities of the webhook does not believe it."""


@dataclass(frozen=True)
class GateState:
    """What a running gate says of itself."""

    place: str
    version: Mapping[str, Any]
    """`/version`."""
    ready: Mapping[str, Any]
    """`/readyz`."""


@dataclass(frozen=True)
class Deciding:
    """What becomes of a refusal, and of what cannot be judged."""

    on_error: str
    modes: Mapping[str, str]
    """By profile: enforce, warn or audit."""
    source: str
    """Where it was read."""


@dataclass(frozen=True)
class TrustFile:
    """A file that the gate is told to read, and the ConfigMap or Secret it is mounted from."""

    setting: str
    """As `mlgate serve` names it, such as `evidence.oci.ca`."""
    kind: str
    name: str
    key: str
    data: bytes | None
    """None where it is not there."""


@dataclass(frozen=True)
class Trust:
    """Whom the gate recognises and trusts, and what it asks registries with."""

    deployment: str
    namespace: str
    files: tuple[TrustFile, ...]
    """Those that lie in ConfigMaps and Secrets which could be read."""
    whole: bool
    """Whether that is all of them."""
    trusted_root: bool
    """Whether one is named."""
    cards: bool
    served: bool
    """`signatures.cards` and `signatures.served`."""
    registries: tuple[str, ...]
    settings: Mapping[str, Any] | None
    """What the site puts over the shipped settings of the policy; None where that is not known."""


@dataclass(frozen=True)
class Entry:
    """One entry of a webhook configuration that belongs to mlgate."""

    configuration: str
    index: int
    webhook: Object

    @property
    def name(self) -> str:
        """`models`, `workloads`, `records`, or a name this release does not use."""
        return str(self.webhook["name"]).removesuffix(_DOMAIN)

    @property
    def fails_open(self) -> bool:
        """Whether what mlgate does not answer is let through."""
        return self.webhook.get("failurePolicy") == "Ignore"

    @property
    def rules(self) -> list[Object]:
        """Which objects are sent."""
        return [*(self.webhook.get("rules") or ())]

    @property
    def client(self) -> Object:
        """Where they are sent."""
        return self.webhook.get("clientConfig") or {}

    @property
    def service(self) -> Object | None:
        """The Service that is called; None where an address is."""
        found = self.client.get("service")
        return found if isinstance(found, dict) else None

    @property
    def home(self) -> str:
        """The namespace of the Service that is called; where none is, where mlgate is put as a rule."""
        place = field(self.service, "namespace")
        return place if isinstance(place, str) else HOME


@dataclass(frozen=True)
class Snapshot:
    """Everything the checks are told."""

    at: datetime
    configurations: tuple[Object, ...]
    """Every ValidatingWebhookConfiguration of the cluster."""
    home: str = HOME
    """The namespace mlgate runs in."""
    served: tuple[Served, ...] = ()
    """What is served of the groups mlgate knows."""
    groups: frozenset[str] = frozenset()
    """Every API group that is served."""
    namespaces: Listing = ()
    policies: Listing = ()
    bindings: Listing = ()
    definitions: Mapping[str, Object | None] | None = None
    """mlgate's own CustomResourceDefinitions by name."""
    models: tuple[Held, ...] = ()
    """Objects of model kinds, everywhere."""
    workloads: tuple[Held, ...] = ()
    """Plain workloads that run a model where nobody judges them."""
    cluster_roles: Listing = ()
    cluster_role_bindings: Listing = ()
    roles: Listing = ()
    role_bindings: Listing = ()
    services: Listing = ()
    slices: Listing = ()
    deployments: Listing = ()
    budgets: Listing = ()
    """Services, EndpointSlices, Deployments and PodDisruptionBudgets of the namespaces that are called."""
    servings: Mapping[str, Serving] = of(default_factory=dict)
    """The certificates that are shown, by the key of the target; those that could not be read are missing."""
    gate: GateState | None = None
    """None where it was not reached."""
    deciding: Deciding | None = None
    """None where it could not be read."""
    trust: Trust | None = None
    """None where no Deployment of the gate was found."""
    called: bool = False
    """Whether the gate was called at an address where it must answer."""
    unread: tuple[Unread, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of mlgate, in the order of the configurations."""
        return tuple(_entries(self.configurations))

    def named(self, entry: str) -> tuple[Entry, ...]:
        """The entries of one name; an installation has one."""
        return tuple(found for found in self.entries if found.name == entry)

    @property
    def roles_are_known(self) -> bool:
        """Whether all roles and bindings could be read."""
        return None not in (
            self.cluster_roles,
            self.cluster_role_bindings,
            self.roles,
            self.role_bindings,
        )

    @property
    def fails_open(self) -> bool:
        """Whether an entry lets through what mlgate does not answer."""
        return any(entry.fails_open for entry in self.entries)


def _entries(configurations: tuple[Object, ...]) -> Iterator[Entry]:
    for configuration in configurations:
        for index, webhook in enumerate(configuration.get("webhooks") or ()):
            if str(webhook.get("name", "")).endswith(_DOMAIN):
                yield Entry(name_of(configuration), index, webhook)


def labels_of(stored: Object) -> dict[str, str]:
    """The labels of an object."""
    found = metadata(stored).get("labels")
    return found if isinstance(found, dict) else {}


def home_of(configurations: tuple[Object, ...], otherwise: str = HOME) -> str:
    """The namespace of the Service that is called, else the one that was named."""
    for entry in _entries(configurations):
        place = field(entry.service, "namespace")
        if isinstance(place, str):
            return place
    return otherwise
