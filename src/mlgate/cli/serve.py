"""`mlgate serve`: the webhook."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from mlgate.assembly import assemble
from mlgate.cli.options import BundleKey
from mlgate.cli.running import run_unless_stopped
from mlgate.errors import SettingsError
from mlgate.logs import configure_logs, get_logger
from mlgate.settings import Settings, load_settings, runs_in_cluster
from mlgate.web.routes import Server
from mlgate.web.server import serve as run_server
from mlgate.web.tls import ServingCertificate

_LONGEST_PORT = 5


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "serve", epilog="Example: mlgate serve --tls-cert tls.crt --tls-key tls.key --listen 0.0.0.0:8443"
    )(serve)


def serve(
    listen: Annotated[str | None, typer.Option(help="HOST:PORT to listen on.")] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM).")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
    tls_client_ca: Annotated[
        Path | None,
        typer.Option(help="Authorities (PEM) of those who may bring reviews; anybody else may not."),
    ] = None,
    opa: Annotated[str | None, typer.Option(help="`managed`, or the URL of a running OPA.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="A policy bundle or source tree.")] = None,
    bundle_key: BundleKey = None,
    settings: Annotated[Path | None, typer.Option(help="The site's policy settings (YAML).")] = None,
    evidence: Annotated[
        list[Path] | None, typer.Option(help="Files that stand for the cluster; never inside one.")
    ] = None,
    assume_authenticated: Annotated[
        bool,
        typer.Option(
            "--assume-authenticated", help="SignOffs and Waivers in those files count as the cluster's."
        ),
    ] = False,
    kubeconfig: Annotated[Path | None, typer.Option(help="How to reach the cluster, outside of it.")] = None,
    context: Annotated[str | None, typer.Option(help="Context of that kubeconfig.")] = None,
) -> None:
    """Serve the webhook until SIGTERM. Every flag is also a setting MLGATE_...; flags win."""
    host, port = _address(listen)
    chosen = load_settings(
        {
            "listen": {"host": host, "port": port},
            "tls": {"cert": tls_cert, "key": tls_key, "client_ca": tls_client_ca},
            "opa": {"url": opa},
            "policy": {"bundle": bundle, "settings": settings, "verification_key": bundle_key},
            "evidence": {
                "files": tuple(evidence) if evidence else None,
                "assume_authenticated": assume_authenticated or None,
                "kubeconfig": kubeconfig,
                "context": context,
            },
        }
    )
    configure_logs(chosen.log.level, chosen.log.format)
    run_unless_stopped(_serve(chosen), _loop_factory())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop, where the platform has it."""
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 - not built for every platform

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def _address(listen: str | None) -> tuple[str | None, int | None]:
    """HOST:PORT taken apart; the host may be an IPv6 address in brackets."""
    if listen is None:
        return None, None
    host, separator, port = listen.rpartition(":")
    if not separator or not (port.isascii() and port.isdigit() and len(port) <= _LONGEST_PORT):
        raise SettingsError(f"setting listen: {listen!r} is not HOST:PORT")
    return host.strip("[]") or "::", int(port)  # an empty host means all


def _certificate(settings: Settings) -> ServingCertificate:
    """The serving certificate; an API server calls webhooks over TLS only."""
    if settings.tls.cert is None or settings.tls.key is None:
        raise SettingsError("settings tls.cert and tls.key are needed: webhooks are called over TLS only")
    return ServingCertificate(settings.tls.cert, settings.tls.key, settings.tls.client_ca)


async def _serve(settings: Settings) -> None:
    """Start what is needed, serve, and stop it all again."""
    if settings.evidence.files and runs_in_cluster():
        raise SettingsError("setting evidence.files: files must not stand for the cluster inside a cluster")
    if settings.evidence.assume_authenticated and not settings.evidence.files:
        raise SettingsError(
            "setting evidence.assume_authenticated: it is about evidence.files, and there are none"
        )
    certificate = _certificate(settings)
    ordered = _reload_orders()
    async with assemble(settings) as running:
        server = Server(
            gate=running.gate,
            engine=running.engine,
            settings=settings,
            versions=running.versions,
            certificate=certificate,
            policy=running.policy,
            reload_ordered=ordered,
        )

        def started(address: str) -> None:
            _spare_what_stays()
            _announce(address, settings, running.versions())

        await run_server(server, started)


def _spare_what_stays() -> None:
    """Leave what is there at the start out of every later search for garbage.

    It stays until the end anyway, and to walk through its hundred thousand objects holds up all reviews for a
    tenth of a second, again and again.
    """
    gc.collect()
    gc.freeze()


def _reload_orders() -> asyncio.Event:
    """Set by SIGHUP from now on; before the server is there it waits, and does not end the process."""
    ordered = asyncio.Event()
    with contextlib.suppress(NotImplementedError, AttributeError):  # not every platform has the signal
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, ordered.set)
    return ordered


def _announce(address: str, settings: Settings, versions: dict[str, Any]) -> None:
    """Say once where and with what this process serves."""
    source = "files" if settings.evidence.files else "cluster"
    get_logger().info(
        "serving", address=address, evidence_source=source, on_error=settings.decision.on_error, **versions
    )
    if settings.evidence.files:
        get_logger().warning(
            "files_stand_for_the_cluster",
            files=[str(path) for path in settings.evidence.files],
            assume_authenticated=settings.evidence.assume_authenticated,
        )
    if settings.decision.on_error == "allow":
        get_logger().warning("on_error_is_allow", meaning="objects that cannot be judged are let through")
