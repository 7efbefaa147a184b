"""The settings of one installation, and the only reader of the environment.

Names equal the chart's: `tls.cert` in values is `MLGATE_TLS__CERT` here. Every flag of
`mlgate serve` is one of these settings. What policy demands is not here but in the policy's
own settings (`policies/rego/mlgate/settings/data.yaml`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as VariableError

from mlgate.errors import SettingsError

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Port = Annotated[int, Field(ge=0, le=65535)]
CardSourceName = Literal["modelcard", "configmap", "file", "oci", "huggingface"]


def _known_to_name_servers(value: Any) -> Any:
    """Refuse the name of a host that is not written as it is asked: `bücher` is `xn--bcher-kva`."""
    if isinstance(value, str) and ("xn--" in value or not value.isascii()):
        import httpx  # noqa: PLC0415 - it takes long to import, and hardly anybody names such a host

        scheme, _, place = value.rpartition("://")
        host, colon, port = place.partition(":")
        try:
            named = httpx.URL(f"https://{host}")
            _ = named.host  # a name that is none in IDNA is told only when it is read
        except (httpx.InvalidURL, ValueError) as error:
            raise ValueError(f"{value!a} is no name of a host") from error
        written = named.raw_host.decode("ascii")
        if written != host:
            start = f"{scheme}://" if scheme else ""
            raise ValueError(f"{value!a} must be written {start}{written}{colon}{port}")
    return value


_Host = Annotated[str, BeforeValidator(_known_to_name_servers), Field(pattern=r"^[a-z0-9.-]+(:[0-9]{1,5})?$")]
"""Host of a server, with its port where it is not 443."""


class _Group(BaseModel):
    """A group of settings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ListenSettings(_Group):
    """Where the webhook listens."""

    host: str = "::"
    """`::` is every address, of IPv4 too: the API server calls the Pod from outside it."""
    port: Port = 8443
    """0 lets the system choose; the address is then logged at start."""


class TlsSettings(_Group):
    """The serving certificate. Both or none; none is refused by `serve`."""

    cert: Path | None = None
    key: Path | None = None
    reload_seconds: Seconds = 10
    """How often the files are looked at for a new certificate, key or client authority."""
    client_ca: Path | None = None
    """Authorities (PEM), one of which must have issued the certificate of whoever brings a review. Without
    it nobody needs one; probes and metrics never do."""
    client_names: tuple[str, ...] = ()
    """Common names or DNS names, one of which that certificate must bear; any does when left out."""

    @model_validator(mode="after")
    def _names_need_an_authority(self) -> Self:
        """Names alone would demand nothing, and look as if they did."""
        if self.client_names and self.client_ca is None:
            raise ValueError("client_names demand nothing without client_ca")
        return self


class OpaSettings(_Group):
    """The policy engine."""

    url: str = "managed"
    """`managed`: a child process of our own on loopback. Else the address of a running OPA."""
    binary: Path | None = None
    """The opa program of the managed engine; found on PATH when left out."""
    token_file: Path | None = None
    """Bearer token for an OPA given by URL."""
    shared_dir: Path | None = None
    """Folder shared with an OPA beside this process, which then gets its policy from mlgate."""
    bundle_port: Annotated[int, Field(ge=1, le=65535)] = 8182
    """Port on loopback where that OPA fetches its policy."""
    takeover_seconds: Seconds = 30
    """Longest time until it answers with a policy that was handed to it; else it is given the one before."""
    max_concurrent: Annotated[int, Field(ge=1, le=1024)] = 32
    """Decisions asked for at the same time; more are refused at once."""
    cores: Annotated[int, Field(ge=1, le=1024)] | None = None
    """Processors OPA may use: it gets twice as many decisions at once, the others wait their turn. Left out:
    those this process may use for an OPA of its own, no bound for another."""


class PolicySettings(_Group):
    """Which policy judges."""

    bundle: Path | None = None
    """A built bundle or a policy source tree; the shipped policy when left out."""
    packages: tuple[Path, ...] = ()
    """Rego files and folders of the site's own packages, such as mounted ConfigMaps, built in as well."""
    url: str | None = None
    """Where a signed bundle is fetched from, `https://...` or `oci://...`; needs `verification_key`."""
    url_seconds: Annotated[float, Field(ge=1, le=86400, allow_inf_nan=False)] = 60
    """How often it is asked for a new one."""
    url_token_file: Path | None = None
    """Bearer token for it, or `user:password` of a registry."""
    url_ca: Path | None = None
    """PEM file of the private authority that signed its certificate."""
    settings: Path | None = None
    """The site's overrides of the policy settings (YAML)."""
    verification_key: Path | None = None
    """Public key (PEM); a bundle that is not signed with it is refused."""
    min_sequence: Annotated[int, Field(ge=0)] = 0
    """A bundle with a lower sequence is refused."""
    partial: bool = False
    """Whether a bundle may lack parts of the shipped policy."""
    reload_seconds: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 5
    """How often these files are looked at for a new policy; 0 never, and SIGHUP is the only order to."""


class OciSettings(_Group):
    """Registries that cards are read from, over HTTPS and by digest."""

    registries: tuple[_Host, ...] = ()
    """Hosts that may be asked, such as `ghcr.io` or `registry.example:5000`; those that give tokens, too."""
    blob_hosts: dict[_Host, tuple[_Host, ...]] = {}
    """Registry -> hosts it may send on to for the content of its blobs, once and without credentials, such as
    `ghcr.io` -> `pkg-containers.githubusercontent.com`."""
    private: tuple[_Host, ...] = ()
    """Those of all these hosts that are at private addresses."""
    docker_config: Path | None = None
    """Credentials: a mounted Secret of type kubernetes.io/dockerconfigjson."""
    ca: Path | None = None
    """PEM file of a private authority that signed their certificates."""


class HubSettings(_Group):
    """A Hugging Face Hub whose READMEs are read as cards, at the commit that is served."""

    endpoint: (
        Annotated[
            str,
            BeforeValidator(_known_to_name_servers),
            Field(pattern=r"^https://[a-z0-9.-]+(:[0-9]{1,5})?$"),
        ]
        | None
    ) = None
    """Address, `https://huggingface.co` or that of a mirror; without it none is asked."""
    private: bool = False
    """Whether it is at a private address."""
    token_file: Path | None = None
    """Bearer token for it."""
    ca: Path | None = None
    """PEM file of a private authority that signed its certificate."""


class EvidenceSettings(_Group):
    """Where evidence is looked for."""

    files: tuple[Path, ...] = ()
    """Manifests that stand for the cluster (`serve --evidence`); refused inside a cluster."""
    assume_authenticated: bool = False
    """Whether sign-offs and waivers in those files count as if the guarded cluster had returned them."""
    kubeconfig: Path | None = None
    context: str | None = None
    card_sources: frozenset[CardSourceName] = frozenset({"modelcard"})
    """Add `configmap` where mlgate may read ConfigMaps, `oci` with the registries in `evidence.oci`,
    `huggingface` with the endpoint in `evidence.huggingface`."""
    cluster_namespace: str | None = None
    """Namespace of cards, sign-offs and waivers of cluster-scoped objects."""
    waiver_namespaces: tuple[str, ...] = ()
    """Namespaces whose waivers are read beside those of the object's own namespace."""
    region: str | None = None
    """Region of the cluster; the nodes are asked, and watched, only where it is left out."""
    mesh_root: str = "istio-system"
    """Root namespace of the mesh, whose policies hold everywhere."""
    secrets: bool = False
    """Whether the dates of Secrets are read; it takes the right to read Secrets."""
    config_maps: bool = False
    """Whether ConfigMaps are read, for credentials and what servers take from them; it takes the right to."""
    oci: OciSettings = OciSettings()
    huggingface: HubSettings = HubSettings()
    call_seconds: Seconds = 2
    """Timeout of one call to the API server."""


class SignatureSettings(_Group):
    """Which signatures are recognised. Whom of the signers to trust is policy.

    That is `signOff.trustedSigners`, `modelCard.trustedSigners` and `supplyChain.trustedSigners`.
    """

    keys: tuple[Path, ...] = ()
    """Public keys (PEM; Ed25519 or ECDSA): files, or folders of them such as a mounted ConfigMap."""
    trusted_root: Path | None = None
    """Authorities and logs of a Sigstore (`trusted_root.json`); bundles are verified with it, offline."""
    cards: bool = False
    """Whether signatures beside model cards are verified, and for cards in registries sought there."""
    served: bool = False
    """Whether signatures and attestations of images and models are sought in the registries of
    `evidence.oci`, and those of models beside their cards."""


class DecisionSettings(_Group):
    """How long a decision may take, and what a failure of the gate means."""

    deadline_seconds: Seconds = 4
    """Used when the API server does not say how long it waits."""
    deadline_share: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """Share of the API server's own timeout after which the gate answers by itself."""
    on_error: Literal["deny", "allow"] = "deny"
    """`allow` lets objects through that could not be judged: loud, and never the default."""
    cache_dir: Path | None = None
    """Where built policy bundles are kept; the user's cache directory when left out."""


class ServerSettings(_Group):
    """Limits of the serving edge."""

    max_body_bytes: Annotated[int, Field(ge=1024)] = 7 * 1024 * 1024
    """Largest review: object and old object at the API server's 3 MiB, and room for the envelope."""
    max_held_bytes: Annotated[int, Field(ge=1024)] = 16 * 1024 * 1024
    """Bytes of all reviews that are being sent or judged. One more displaces the one that is least worth
    keeping, never one that is being judged; where only such are left, it is refused with 503. A review takes
    up to thirty times its bytes of memory."""
    max_concurrent: Annotated[int, Field(ge=1, le=4096)] = 64
    """Reviews judged at the same time; more are refused at once with 503 inside the review."""
    max_connections: Annotated[int, Field(ge=16, le=65536)] = 1024
    """Connections at the same time. One more displaces the one that is least worth keeping, never one that
    waits for its answer."""
    max_connections_per_peer: Annotated[int, Field(ge=8, le=65536)] = 256
    """Of them, from one address (with IPv6: from one /64); one more displaces another of that address."""
    handshake_seconds: Seconds = 5
    """Time a caller has for its TLS handshake."""
    head_seconds: Seconds = 5
    """Time a caller has for the head of a request: from its handshake on, later from the first byte."""
    body_seconds: Seconds = 5
    """Time a caller has to send its body."""
    answer_seconds: Seconds = 3
    """Time a caller has to read an answer, and to say goodbye when its connection is closed."""
    keep_alive_seconds: Annotated[int, Field(ge=1, le=3600)] = 120
    """Longer than the 90 s an API server keeps an idle connection, so that it closes first."""
    drain_seconds: Annotated[float, Field(ge=0, le=300)] = 3
    """After SIGTERM: seconds of answering with `Connection: close` before the exit."""

    @model_validator(mode="after")
    def _the_largest_review_can_be_held(self) -> Self:
        """Else it would always be refused, and for a reason that says to try again."""
        if self.max_held_bytes < self.max_body_bytes:
            raise ValueError("max_held_bytes is less than max_body_bytes, the largest review")
        return self


class LogSettings(_Group):
    """Logs."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] = "json"


class Settings(BaseSettings):
    """All settings. Unknown keys, negative times and impossible values refuse to start."""

    model_config = SettingsConfigDict(
        env_prefix="MLGATE_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    listen: ListenSettings = ListenSettings()
    tls: TlsSettings = TlsSettings()
    opa: OpaSettings = OpaSettings()
    policy: PolicySettings = PolicySettings()
    evidence: EvidenceSettings = EvidenceSettings()
    signatures: SignatureSettings = SignatureSettings()
    decision: DecisionSettings = DecisionSettings()
    server: ServerSettings = ServerSettings()
    log: LogSettings = LogSettings()


def load_settings(flags: dict[str, dict[str, Any]] | None = None) -> Settings:
    """The settings from the environment, with the flags of the command line on top.

    Args:
        flags: group -> name -> value; a value of None was not given and is left out.

    Raises:
        SettingsError: a setting is unknown or not valid; the message names it.
    """
    given = {
        group: {name: value for name, value in values.items() if value is not None}
        for group, values in (flags or {}).items()
    }
    try:
        _refuse_unknown_variables()
        sources: Any = {group: values for group, values in given.items() if values}
        return Settings(**sources)
    except ValidationError as problem:
        first = problem.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"setting {name} is not valid: {first['msg']}") from problem
    except VariableError as problem:
        raise SettingsError(f'{_variables_of(str(problem))} must be JSON, such as ["a", "b"]') from problem


def _variables() -> list[str]:
    """The environment variables that are meant for mlgate; case does not count in them."""
    return sorted(name for name in os.environ if name.upper().startswith("MLGATE_"))


def _group_of(variable: str) -> str:
    """The group of settings a variable names."""
    return variable[len("MLGATE_") :].split("__", maxsplit=1)[0].lower()


def _refuse_unknown_variables() -> None:
    """Name a mistyped MLGATE_ variable; the settings library would pass over it in silence."""
    for variable in _variables():
        if _group_of(variable) not in Settings.model_fields:
            raise SettingsError(f"environment variable {variable} is no setting of mlgate")


def _variables_of(complaint: str) -> str:
    """The variables of the group that the settings library names when a value is no JSON."""
    named = [name for name in _variables() if f'"{_group_of(name)}"' in complaint]
    return f"a list or a whole group in an environment variable ({', '.join(named)})"


def user_cache() -> Path:
    """The user's cache directory for what mlgate builds."""
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(base or Path.home() / ".cache") / "mlgate"


def bundle_cache(settings: Settings) -> Path:
    """Where built bundles are kept."""
    return settings.decision.cache_dir or user_cache() / "bundles"


def runs_in_cluster() -> bool:
    """Whether this process runs in a Pod, where files must never stand for the cluster."""
    return "KUBERNETES_SERVICE_HOST" in os.environ


def login_name() -> str | None:
    """The user's login name as the shell knows it; null where there is none."""
    return os.environ.get("USER") or os.environ.get("LOGNAME")


def kubeconfig_path() -> Path | None:
    """The kubeconfig kubectl would use, where there is one; several files are named in one path.

    The client splits such a path again and merges them, as kubectl does.
    """
    named = os.environ.get("KUBECONFIG", "") or str(Path.home() / ".kube" / "config")
    files = [part for part in named.split(os.pathsep) if part and Path(part).is_file()]
    return Path(os.pathsep.join(files)) if files else None
