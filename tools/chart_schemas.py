"""Write the schemas the chart's objects are checked against, from the modules of those who publish them.

Usage: python tools/chart_schemas.py          (needs Go, and the module proxy)

The module of a release holds its published kinds; Go checks it against the sum given here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from build import find_go, go_environment
from chart.api_schemas import of_api_server, of_definition

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "chart" / "schemas"
_ADMISSION = "admissionregistration.k8s.io/v1"
_RBAC = "rbac.authorization.k8s.io/v1"
KINDS = (
    *(("v1", kind) for kind in ("ConfigMap", "Pod", "Secret", "Service", "ServiceAccount")),
    ("apps/v1", "Deployment"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("policy/v1", "PodDisruptionBudget"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    *((_RBAC, kind) for kind in ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")),
    (_ADMISSION, "ValidatingWebhookConfiguration"),
    (_ADMISSION, "ValidatingAdmissionPolicy"),
    (_ADMISSION, "ValidatingAdmissionPolicyBinding"),
)
"""What the chart makes of Kubernetes itself."""


@dataclass(frozen=True)
class Module:
    """A Go module at a release, and the files that are read of it."""

    path: str
    version: str
    sum: str
    files: tuple[str, ...]

    @property
    def origin(self) -> dict[str, Any]:
        """What a written file says of where it comes from."""
        return {"module": f"{self.path}@{self.version}", "sum": self.sum, "files": [*self.files]}


_SWAGGER = ("api/openapi-spec/swagger.json",)
KUBERNETES = (
    # The oldest minor the chart takes, and the one the e2e tests run.
    Module("k8s.io/kubernetes", "v1.30.14", "h1:MrlKXh9uhLIJpyxOeXhcndzRVSvwiV9iJ8NgH8nqPsg=", _SWAGGER),
    Module("k8s.io/kubernetes", "v1.36.3", "h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=", _SWAGGER),
)
OPERATORS = (
    Module(
        "github.com/cert-manager/cert-manager",
        "v1.21.2",
        "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
        ("deploy/crds/cert-manager.io_certificates.yaml", "deploy/crds/cert-manager.io_issuers.yaml"),
    ),
    Module(
        "github.com/prometheus-operator/prometheus-operator",
        "v0.85.0",
        "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
        tuple(
            f"example/prometheus-operator-crd/monitoring.coreos.com_{kind}.yaml"
            for kind in ("prometheusrules", "servicemonitors")
        ),
    ),
)


def main() -> int:
    """Write every file; 2 where a module is not the one that was looked at."""
    FOLDER.mkdir(exist_ok=True)
    try:
        for module in KUBERNETES:
            swagger = json.loads((_folder(module) / module.files[0]).read_text())
            found = of_api_server(swagger, KINDS)
            _write(f"kubernetes-{module.version}", {"origin": [module.origin], **found})
        schemas: dict[str, Any] = {}
        for module in OPERATORS:
            for file in module.files:
                schemas |= of_definition(yaml.safe_load((_folder(module) / file).read_text()))
        _write("operators", {"origin": [module.origin for module in OPERATORS], "definitions": schemas})
    except ValueError as problem:
        print(f"tools/chart_schemas.py: {problem}", file=sys.stderr)
        return 2
    return 0


def _folder(module: Module) -> Path:
    """Where the module lies on this machine."""
    with tempfile.TemporaryDirectory() as elsewhere:  # in no module, so that no go.mod is touched
        command = [find_go(), "mod", "download", "-json", f"{module.path}@{module.version}"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=elsewhere, env=go_environment()
        )
    if done.returncode:
        raise ValueError(f"{module.path}@{module.version}: {done.stderr or done.stdout}")
    told = json.loads(done.stdout)
    if told["Sum"] != module.sum:
        raise ValueError(f"{module.path}@{module.version} has the sum {told['Sum']}, not {module.sum}")
    return Path(told["Dir"])


def _write(name: str, content: dict[str, Any]) -> None:
    """One definition a line, so that a new release can be looked at."""
    definitions = content.pop("definitions")
    head = json.dumps(content, indent=1).removesuffix("\n}")
    lines = ",\n".join(
        f"  {json.dumps(key)}: {json.dumps(schema, separators=(',', ':'))}"
        for key, schema in definitions.items()
    )
    (FOLDER / f"{name}.json").write_text(f'{head},\n "definitions": {{\n{lines}\n }}\n}}\n')


if __name__ == "__main__":
    sys.exit(main())
