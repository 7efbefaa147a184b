"""Reads from one API server. The only module that imports the kubernetes package, and only when it must."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import urllib3

from mlgate.errors import EvidenceUnavailable, SettingsError
from mlgate.evidence.resources import WATCHED
from mlgate.evidence.transport import Form, NotServed, ResourceGone, Stream

THREADS = 16
"""Calls at the same time, beside the watches."""
_CONNECTIONS = THREADS + len(WATCHED)
_FORMS: dict[Form, str] = {
    "whole": "application/json",
    "metadata": "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    "metadata list": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
}
"""What the API server is told to send. It refuses what it cannot; the whole is never taken instead."""
_LONGEST_LINE = 8 * 1024 * 1024
_UNUSABLE = "there is no usable cluster configuration"
_ADDRESS = re.compile(r"https?://[^/]")
_ENTRY = re.compile(r"\{.*\}", re.DOTALL)


class Connection:
    """Reads from one API server with the credentials of a kubeconfig or of the pod."""

    def __init__(self, configuration: Any) -> None:
        from kubernetes import client  # noqa: PLC0415 - takes a second; commands without a cluster skip it

        configuration.retries = False
        configuration.connection_pool_maxsize = _CONNECTIONS
        self._client = client.ApiClient(configuration)
        self._failures = (client.ApiException, urllib3.exceptions.HTTPError, OSError)

    @classmethod
    def configure(cls, kubeconfig: Path | None = None, context: str | None = None) -> Connection:
        """With a file or a context as kubectl would; else the pod's own account.

        Raises SettingsError when there is no such configuration; the message quotes nothing secret.
        """
        from kubernetes import client, config  # noqa: PLC0415 - see __init__

        settings = client.Configuration()
        try:
            if kubeconfig is None and context is None:
                config.load_incluster_config(client_configuration=settings)  # type: ignore[no-untyped-call]
            else:
                file = str(kubeconfig) if kubeconfig else None
                config.load_kube_config(  # type: ignore[no-untyped-call]
                    config_file=file, context=context, client_configuration=settings
                )
        except (config.ConfigException, OSError) as error:
            told = _without_entries(error)
            named = f"{kubeconfig}: {told}" if kubeconfig else told
            advice = "" if kubeconfig or context else " Outside a pod, name a kubeconfig."
            raise SettingsError(f"{_UNUSABLE}: {named}{advice}") from error
        except Exception as fault:  # the library checks no types, so that anything may come of a typing error
            problem = f"{kubeconfig or 'it'} is no kubeconfig ({type(fault).__name__})"
            raise SettingsError(f"{_UNUSABLE}: {problem}") from fault
        if not isinstance(settings.host, str) or not _ADDRESS.match(settings.host):
            raise SettingsError(f"{_UNUSABLE}: the server is no address that begins with https://")
        return cls(settings)

    def read(
        self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole"
    ) -> dict[str, Any] | None:
        """The JSON object at a path; None for 404. Raises ResourceGone or EvidenceUnavailable."""
        status, data = self._exchange("GET", path, timeout, query=query, form=form)
        if status == HTTPStatus.NOT_FOUND:
            return None
        _refuse(path, status)
        return _object(path, data)

    def review(self, path: str, question: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        """What the API server answers to a question about its caller. Raises EvidenceUnavailable."""
        status, data = self._exchange("POST", path, timeout, body=question)
        if status != HTTPStatus.CREATED:
            raise EvidenceUnavailable(f"the API server answered {status}")
        return _object(path, data)

    def dry_run(self, path: str, value: Mapping[str, Any], timeout: float) -> tuple[int, dict[str, Any]]:
        """Status and answer of a create that stores nothing. Raises EvidenceUnavailable."""
        status, data = self._exchange("POST", path, timeout, query={"dryRun": "All"}, body=value)
        return status, _object(path, data)

    def watch(self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole") -> Stream:
        """Open a watch. Raises NotServed, ResourceGone or EvidenceUnavailable."""
        try:
            response = self._open("GET", path, timeout, query=query, form=form)
        except self._failures as error:
            raise EvidenceUnavailable(f"the API server did not answer ({type(error).__name__})") from error
        if response.status != HTTPStatus.OK:
            response.close()
            if response.status == HTTPStatus.NOT_FOUND:
                raise NotServed(f"{path} is not served")
            _refuse(path, response.status)
        return _Lines(response, self._failures)

    def close(self) -> None:
        """Close all connections."""
        self._client.rest_client.pool_manager.clear()

    def _exchange(self, method: str, path: str, timeout: float, **sent: Any) -> tuple[int, bytes]:
        """Status and whole body of one call."""
        try:
            response = self._open(method, path, timeout, **sent)
            body = response.data
        except self._failures as error:
            raise EvidenceUnavailable(f"the API server did not answer ({type(error).__name__})") from error
        return response.status, body

    def _open(
        self,
        method: str,
        path: str,
        timeout: float,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Form = "whole",
    ) -> Any:
        sent = {} if body is None else {"Content-Type": "application/json"}
        request = self._client.param_serialize(
            method,
            path,
            query_params=[*(query or {}).items()],
            header_params={"Accept": _FORMS[form], **sent},
            body=body,
            auth_settings=["BearerToken"],
        )
        return self._client.call_api(*request, _request_timeout=(timeout, timeout)).response


class _Lines:
    """An open watch of the API server."""

    def __init__(self, response: Any, failures: tuple[type[Exception], ...]) -> None:
        self._response = response
        self._failures = failures

    def lines(self) -> Iterator[bytes]:
        """One event a line. Raises EvidenceUnavailable when the connection breaks or stays silent."""
        rest = b""
        try:
            for chunk in self._response.stream(65536, decode_content=True):
                *whole, rest = (rest + chunk).split(b"\n")
                yield from (line for line in whole if line)
                if len(rest) > _LONGEST_LINE:
                    raise EvidenceUnavailable("the watch sent an event beyond all measure")
        except self._failures as error:
            raise EvidenceUnavailable(f"the watch broke ({type(error).__name__})") from error

    def close(self) -> None:
        """End it; a reader in another thread is woken."""
        with contextlib.suppress(ValueError, OSError, RuntimeError):  # the connection is gone already
            self._response.shutdown()
        self._response.close()


def _without_entries(error: Exception) -> str:
    """What the library says without the entry it quotes, which may hold a token."""
    return _ENTRY.sub("{...}", str(error))


def _object(path: str, data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EvidenceUnavailable(f"the API server's answer for {path} cannot be read") from error
    if not isinstance(value, dict):
        raise EvidenceUnavailable(f"the API server's answer for {path} is no object")
    return value


def _refuse(path: str, status: int) -> None:
    if status == HTTPStatus.GONE:
        raise ResourceGone(f"{path} is gone")
    if status != HTTPStatus.OK:
        raise EvidenceUnavailable(f"the API server answered {status}")
