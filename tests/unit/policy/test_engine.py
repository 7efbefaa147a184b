"""The port: what stands for an engine."""

from __future__ import annotations

import inspect

from mlgate.policy.engine import PolicyEngine
from mlgate.policy.opa import OpaEngine


def test_opa_is_an_engine() -> None:
    engine: PolicyEngine = OpaEngine("http://127.0.0.1:8181", None, [])
    assert isinstance(engine, OpaEngine)


def test_every_method_of_the_port_says_what_it_promises() -> None:
    methods = [value for name, value in vars(PolicyEngine).items() if name in ("decide", "ready", "aclose")]
    assert len(methods) == 3
    assert all(inspect.iscoroutinefunction(method) and method.__doc__ for method in methods)
