"""Watched copies of a few kinds, so that a review need not ask the API server for what it just told us.

A copy answers only while its watch is alive: the API server has spoken on it within the last seconds.
A watch that broke, lags or was never opened makes every read a live one; it never makes an old answer.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import structlog

from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.resources import Resource, pages
from mlgate.evidence.times import metadata, name_of
from mlgate.evidence.transport import NotServed, ResourceGone, Stream, Transport

WATCH_SECONDS = 20
"""The API server is asked to end a watch after this long, so that a new one proves it is still there."""
SILENCE_SECONDS = 30.0
"""A watch that said nothing for this long counts as dead."""
_LIST_SECONDS = 10.0
_NOT_SERVED_SECONDS = 10.0
_LONGEST_WAIT = 30.0
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_Objects = dict[str, dict[str, dict[str, Any]]]
"""By namespace and name."""
_log = structlog.get_logger(__name__)


class Copy:
    """The objects of one kind, as the last event left them. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._objects: _Objects = {}
        self._heard: float | None = None
        self._missed: float | None = None

    @property
    def alive(self) -> bool:
        """Whether the API server vouched for this copy within the last seconds."""
        heard = self._heard
        return heard is not None and self._clock() - heard < SILENCE_SECONDS

    @property
    def absent(self) -> bool:
        """Whether the API server said within the last seconds that it does not serve the kind."""
        missed = self._missed
        return missed is not None and self._clock() - missed < SILENCE_SECONDS

    def get(self, namespace: str | None, name: str) -> dict[str, Any] | None:
        """The object, or None when the copy is not alive or does not hold it."""
        if not self.alive:
            return None
        with self._lock:
            return self._objects.get(namespace or "", {}).get(name)

    def replace(self, objects: list[dict[str, Any]]) -> None:
        """Start anew from a full list; alive only once a watch follows it."""
        fresh: _Objects = {}
        for entry in objects:
            place, name = _key(entry)
            fresh.setdefault(place, {})[name] = _lean(entry)
        with self._lock:
            self._objects = fresh

    def apply(self, event_type: str, stored: dict[str, Any]) -> None:
        """Follow one event of the watch."""
        place, name = _key(stored)
        with self._lock:
            if event_type == "DELETED":
                self._objects.get(place, {}).pop(name, None)
            elif event_type in ("ADDED", "MODIFIED"):
                self._objects.setdefault(place, {})[name] = _lean(stored)

    def heard(self) -> None:
        """The API server spoke."""
        self._missed = None
        self._heard = self._clock()

    def lost(self) -> None:
        """The watch is gone; nothing here counts until it is back."""
        self._heard = None

    def missed(self) -> None:
        """The API server said that it does not serve the kind."""
        self._missed = self._clock()

    def list(self, namespace: str | None) -> Sequence[dict[str, Any]] | None:
        """The objects of a namespace, or of all; None when the copy is not alive."""
        if not self.alive:
            return None
        with self._lock:
            if namespace is not None:
                return [*self._objects.get(namespace, {}).values()]
            return [entry for named in self._objects.values() for entry in named.values()]


class Watch:
    """Keeps one copy current, in a thread of its own: list, then watch, and again from where it broke."""

    def __init__(self, transport: Transport, resource: Resource, copy: Copy) -> None:
        self._transport = transport
        self._resource = resource
        self._path = resource.path(None) or ""
        self._copy = copy
        self._stopping = threading.Event()
        self._stream: Stream | None = None
        self._thread = threading.Thread(target=self._run, name=f"watch-{resource.plural}", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """End the watch and wait for its thread, at most `timeout` seconds."""
        self._stopping.set()
        stream = self._stream
        if stream is not None:
            stream.close()
        if self._thread.is_alive():
            self._thread.join(timeout)
        self._copy.lost()

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            wait = 0.0
            try:
                version = self._list()
                failures = 0
                while not self._stopping.is_set():
                    version = self._follow(version)
            except ResourceGone:
                wait = 0.5
            except NotServed:
                self._copy.missed()
                wait = _NOT_SERVED_SECONDS
            except EvidenceUnavailable as error:
                if self._stopping.is_set():
                    break
                failures += 1
                wait = min(_LONGEST_WAIT, 0.5 * 2 ** min(failures, 6))
                _log.warning("watch_broken", path=self._path, error=str(error), retry_seconds=wait)
            except Exception:  # noqa: BLE001 - the thread must outlive any surprise; the copy answers nothing meanwhile
                failures += 1
                wait = _LONGEST_WAIT
                _log.exception("watch_failed", path=self._path, retry_seconds=wait)
            self._copy.lost()
            self._stopping.wait(wait)

    def _list(self) -> str:
        objects: list[dict[str, Any]] = []
        version = None
        for page in pages(self._transport, self._resource, None, _LIST_SECONDS):
            objects += page.get("items") or ()
            version = (page.get("metadata") or {}).get("resourceVersion")
        if version is None:
            raise NotServed(f"{self._path} is not served")
        self._copy.replace(objects)
        return str(version)

    def _follow(self, version: str) -> str:
        query = {
            "watch": "1",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        stream = self._transport.watch(self._path, query, WATCH_SECONDS + 5, self._resource.form)
        self._stream = stream
        try:
            self._copy.heard()
            for line in stream.lines():
                version = self._event(line) or version
                self._copy.heard()
                if self._stopping.is_set():
                    break
        finally:
            self._stream = None
            stream.close()
        return version

    def _event(self, line: bytes) -> str | None:
        """Apply one event; the version it leaves the copy at."""
        try:
            event = json.loads(line)
            event_type, stored = event["type"], event["object"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise EvidenceUnavailable("the watch sent an event that cannot be read") from error
        if event_type == "ERROR":
            code = stored.get("code")
            if code == HTTPStatus.GONE:
                raise ResourceGone("the version is gone")
            raise EvidenceUnavailable(f"the watch ended with {code}")
        self._copy.apply(event_type, stored)
        version = metadata(stored).get("resourceVersion")
        return str(version) if version else None


def _key(stored: dict[str, Any]) -> tuple[str, str]:
    return metadata(stored).get("namespace") or "", name_of(stored)


def _lean(stored: dict[str, Any]) -> dict[str, Any]:
    """The object without the bookkeeping that is often larger than itself."""
    kept = {key: value for key, value in metadata(stored).items() if key != "managedFields"}
    annotations = kept.get("annotations")
    if isinstance(annotations, dict) and _LAST_APPLIED in annotations:
        kept["annotations"] = {key: text for key, text in annotations.items() if key != _LAST_APPLIED}
    return {**stored, "metadata": kept}
