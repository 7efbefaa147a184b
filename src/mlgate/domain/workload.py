"""A workload in one form, whatever its kind (section 4 of the input document).

`extract` fills these from a manifest; `complete` adds what other objects decide. Nothing here
judges: a fact that policy needs is typed once, so that policy stays cheap.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlgate.domain.base import Frozen, Problem

ModelRole = Literal["primary", "adapter", "draft", "explainer", "transformer", "tokenizer", "base"]
ContainerRole = Literal["server", "init", "sidecar", "ephemeral"]


class Owner(Frozen):
    """The topmost controller of an object, resolved live by uid."""

    api_version: str
    kind: str
    name: str
    uid: str
    gated: bool
    pod_settings_equal: bool


class ServedModel(Frozen):
    """One model the object would load, with its normalised address."""

    id: str
    uri: str
    scheme: str
    name: str | None = None
    revision: str | None = None
    digest: str | None = None
    format: str | None = None
    role: ModelRole = "primary"
    immutable: bool = False
    registry_uri: str | None = None
    path: str
    in_owner: bool = False


class DatasetSource(Frozen):
    """Data the object names as input of training or tuning."""

    uri: str
    scheme: str
    path: str


class Image(Frozen):
    """An image reference taken apart; every part is null when there is no image."""

    raw: str | None = None
    registry: str | None = None
    repository: str | None = None
    tag: str | None = None
    digest: str | None = None


class EnvVar(Frozen):
    """One environment variable; the value is null when there is none or it looks like a credential."""

    name: str
    value: str | None = None
    from_: str | None = Field(default=None, alias="from")
    from_name: str | None = None
    path: str


class EnvSource(Frozen):
    """A whole Secret or ConfigMap taken as variables."""

    kind: Literal["secret", "configMap"]
    name: str
    path: str


class SecurityContext(Frozen):
    """Effective values: the container's, else the pod's, else null."""

    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    privileged: bool | None = None
    allow_privilege_escalation: bool | None = None
    capabilities_add: tuple[str, ...] = ()
    capabilities_drop: tuple[str, ...] = ()
    seccomp_profile: str | None = None


class Container(Frozen):
    """One container the object would run: main, init, sidecar or ephemeral, in every template."""

    name: str
    role: ContainerRole
    source: Literal["object", "reference"] = "object"
    in_owner: bool = False
    path: str
    image: Image = Image()
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvSource, ...] = ()
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    security_context: SecurityContext = SecurityContext()


class PodTemplate(Frozen):
    """The settings of one pod template."""

    path: str
    labels: dict[str, str] = {}
    service_account_name: str | None = None
    automount_service_account_token: bool | None = None
    host_network: bool = False
    host_pid: bool = Field(default=False, alias="hostPID")
    host_ipc: bool = Field(default=False, alias="hostIPC")
    host_ports: tuple[int, ...] = ()
    node_selector: dict[str, str] = {}
    runtime_class_name: str | None = None


class Volume(Frozen):
    """One volume of a template, a claim template or a storage field of the kind."""

    name: str
    kind: str
    claim_name: str | None = None
    storage_class_name: str | None = None
    secret_name: str | None = None
    token_expiration_seconds: int | None = None
    holds_model: bool = False
    path: str
    in_owner: bool = False


class Endpoint(Frozen):
    """An address the object calls: a logger, a graph step, a proxy, a cache."""

    uri: str
    scheme: str
    host: str | None = None
    cluster_local: bool = False
    tls: bool | None = None
    purpose: Literal["logger", "graphStep", "proxy", "cache", "other"] = "other"
    path: str


class Exposure(Frozen):
    """How callers reach the object itself."""

    scope: Literal["none", "cluster", "external", "unknown"] = "none"
    tls: bool | None = None
    authentication: Literal["none", "jwt", "mtls", "other", "unknown"] = "unknown"
    path: str | None = None


class Reference(Frozen):
    """Another object that decides what runs: a serving runtime, a config, a workloadRef."""

    api_version: str
    kind: str
    namespace: str | None
    name: str
    status: Literal["found", "missing", "unavailable"] = "unavailable"
    path: str


class Confidential(Frozen):
    """KServe confidential model loading."""

    enabled: bool = False
    resource_id: str | None = None
    path: str | None = None


class Switch(Frozen):
    """A setting that is on or off, and where it stands."""

    enabled: bool = False
    path: str | None = None


class RequestLogging(Frozen):
    """Which requests the model server logs."""

    mode: Literal["all", "request", "response", "none"] = "none"
    path: str | None = None


class Features(Frozen):
    """Settings that change what the model server does."""

    confidential: Confidential = Confidential()
    runtime_lora: Switch = Switch()
    trust_remote_code: Switch = Switch()
    request_logging: RequestLogging = RequestLogging()
    explainer: bool = False


class Rollout(Frozen):
    """How a change reaches traffic."""

    strategy: Literal["canary", "shadow", "blueGreen", "none", "unknown"] = "none"
    canary_percent: float | None = None
    path: str | None = None


class Workload(Frozen):
    """The object in one form, whatever its kind."""

    api_version: str
    kind: str
    namespace: str | None
    name: str | None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    serves_model: bool = False
    trains_model: bool = False
    is_runtime: bool = False
    is_route: bool = False
    detected_by: tuple[str, ...] = ()
    owner: Owner | None = None
    models: tuple[ServedModel, ...] = ()
    datasets: tuple[DatasetSource, ...] = ()
    containers: tuple[Container, ...] = ()
    pods: tuple[PodTemplate, ...] = ()
    volumes: tuple[Volume, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    exposure: Exposure = Exposure()
    references: tuple[Reference, ...] = ()
    features: Features = Features()
    rollout: Rollout = Rollout()
    problems: tuple[Problem, ...] = ()

    @property
    def concerns_a_model(self) -> bool:
        """Whether any rule can have something to say about it."""
        kinds = (self.serves_model, self.trains_model, self.is_runtime, self.is_route)
        return any(kinds) or bool(self.problems)


class Change(Frozen):
    """What an UPDATE moved; all true on CREATE and for objects that start no model."""

    models: bool = True
    containers: bool = True
    exposure: bool = True
    evidence: bool = True
    any: bool = True
