"""The settings: from the environment, with flags on top, and never a silent mistake."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from mlgate import settings as module
from mlgate.errors import SettingsError
from mlgate.settings import load_settings


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("MLGATE_"):
            monkeypatch.delenv(name)


def test_the_default_denies_what_cannot_be_judged() -> None:
    assert load_settings().decision.on_error == "deny"


def test_a_variable_sets_a_nested_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLGATE_TLS__CERT", "tls.crt")
    monkeypatch.setenv("MLGATE_LISTEN__PORT", "9443")

    found = load_settings()

    assert (found.tls.cert, found.listen.port) == (Path("tls.crt"), 9443)


def test_a_flag_wins_over_a_variable_of_the_same_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLGATE_LISTEN__PORT", "9443")
    monkeypatch.setenv("MLGATE_LISTEN__HOST", "127.0.0.1")

    found = load_settings({"listen": {"port": 1234, "host": None}})

    assert (found.listen.host, found.listen.port) == ("127.0.0.1", 1234)


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("MLGATE_DECISION__DEADLINE_SECONDS", "-1", "decision.deadline_seconds"),
        ("MLGATE_DECISION__DEADLINE_SECONDS", "nan", "decision.deadline_seconds"),
        ("MLGATE_DECISION__DEADLINE_SHARE", "1", "decision.deadline_share"),
        ("MLGATE_DECISION__ON_ERROR", "maybe", "decision.on_error"),
        ("MLGATE_SERVER__MAX_BODY_BYTES", "0", "server.max_body_bytes"),
        ("MLGATE_OPA__MAX_CONCURRENT", "0", "opa.max_concurrent"),
        ("MLGATE_LISTEN__PORT", "70000", "listen.port"),
        ("MLGATE_TLS__CERTT", "x", "tls.certt"),
        ("MLGATE_TSL__CERT", "x", "MLGATE_TSL__CERT"),
        ("mlgate_tsl__cert", "x", "mlgate_tsl__cert"),
        ("MLGATE_", "x", "MLGATE_"),
        ("MLGATE_EVIDENCE__FILES", "a.yaml,b.yaml", "(MLGATE_EVIDENCE__FILES)"),
        ("MLGATE_EVIDENCE__CARD_SOURCES", '["ftp"]', "evidence.card_sources"),
        ("MLGATE_TLS", "tls.crt", "(MLGATE_TLS)"),
        ("MLGATE_SERVER__HEAD_SECONDS", "0", "server.head_seconds"),
        ("MLGATE_SERVER__MAX_CONNECTIONS", "0", "server.max_connections"),
        ("MLGATE_SERVER__ANSWER_SECONDS", "0", "server.answer_seconds"),
        ("MLGATE_SERVER__MAX_HELD_BYTES", "2048", "max_held_bytes is less than max_body_bytes"),
        ("MLGATE_TLS__CLIENT_NAMES", '["kube-apiserver"]', "client_names demand nothing without client_ca"),
        ("MLGATE_SERVER__DRAIN_SECONDS", "-1", "server.drain_seconds"),
        ("MLGATE_SERVER__MAX_CONCURRENT", "1e9", "server.max_concurrent"),
        ("MLGATE_TLS__RELOAD_SECONDS", "inf", "tls.reload_seconds"),
        ("MLGATE_LOG__LEVEL", "loud", "log.level"),
    ],
)
def test_a_bad_setting_refuses_to_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, named: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError, match=re.escape(named)):
        load_settings()


def test_the_cache_follows_the_xdg_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert module.user_cache() == tmp_path / "mlgate"


def test_the_cache_is_below_home_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    assert module.user_cache() == Path.home() / ".cache" / "mlgate"


def test_a_pod_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    outside = module.runs_in_cluster()
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")

    assert (outside, module.runs_in_cluster()) == (False, True)


def test_the_login_name_is_the_shells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "erin")

    assert module.login_name() == "erin"


def test_the_kubeconfig_is_the_one_kubectl_would_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("{}")
    monkeypatch.setenv("KUBECONFIG", f"{config}:other")
    found = module.kubeconfig_path()
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "absent"))

    assert (found, module.kubeconfig_path()) == (config, None)


def test_several_kubeconfigs_are_merged_by_the_client(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("clusters", "users")]
    for file in files:
        file.write_text("{}")
    monkeypatch.setenv("KUBECONFIG", ":".join(map(str, [*files, tmp_path / "absent"])))

    assert module.kubeconfig_path() == Path(":".join(map(str, files)))


def test_a_list_in_a_variable_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLGATE_EVIDENCE__FILES", '["a.yaml", "b.yaml"]')
    monkeypatch.setenv("MLGATE_EVIDENCE__CARD_SOURCES", '["configmap"]')

    found = load_settings().evidence

    assert found.files == (Path("a.yaml"), Path("b.yaml"))
    assert found.card_sources == {"configmap"}


def test_a_value_that_is_refused_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLGATE_OPA__TOKEN", "hunter2")
    with pytest.raises(SettingsError) as unknown:
        load_settings()
    monkeypatch.delenv("MLGATE_OPA__TOKEN")
    monkeypatch.setenv("MLGATE_OPA", "hunter2")
    with pytest.raises(SettingsError) as unreadable:
        load_settings()

    assert "hunter2" not in f"{unknown.value} {unreadable.value}"


def test_settings_do_not_change_once_they_are_read() -> None:
    found = load_settings()

    with pytest.raises(ValidationError):
        setattr(found.decision, "on_error", "allow")  # noqa: B010 - plainly written, no type checker lets it pass


@pytest.mark.parametrize("variable", ["USER", "LOGNAME"])
def test_who_has_no_login_name_has_none(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv("USER", raising=False)
    monkeypatch.delenv("LOGNAME", raising=False)
    nobody = module.login_name()
    monkeypatch.setenv(variable, "erin")

    assert (nobody, module.login_name()) == (None, "erin")


def test_the_kubeconfig_is_below_home_without_the_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    absent = module.kubeconfig_path()
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text("{}")

    assert (absent, module.kubeconfig_path()) == (None, tmp_path / ".kube" / "config")
