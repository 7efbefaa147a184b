"""The pods: hardened, restricted, and started with settings that mlgate has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import helm_python as helm
import pytest
from chart.outcomes import ValueSet, outcome, value_sets
from chart.rendering import hooks, objects, only, render
from chart.values import CHART

from mlgate.policy.sidecar import sidecar_arguments
from mlgate.settings import load_settings

SETS = value_sets()
TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"


def pod(values: dict[str, Any]) -> dict[str, Any]:
    """The pod specification that values give."""
    found: dict[str, Any] = only(objects(render(values)), "Deployment")["spec"]["template"]["spec"]
    return found


def trial(values: dict[str, Any]) -> dict[str, Any]:
    """The specification of the pod of `helm test`."""
    found: dict[str, Any] = only(hooks(render(values)), "Pod")["spec"]
    return found


@pytest.fixture(params=sorted(SETS))
def any_spec(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Every pod of a value set."""
    return [pod(SETS[request.param].values), trial(SETS[request.param].values)]


@pytest.fixture(params=sorted(SETS))
def spec(request: pytest.FixtureRequest) -> dict[str, Any]:
    return pod(SETS[request.param].values)


def containers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """All its containers."""
    return [*spec.get("initContainers", []), *spec["containers"]]


def test_the_pod_security_standard_restricted_is_met(any_spec: list[dict[str, Any]]) -> None:
    for spec in any_spec:
        _is_restricted(spec)


def _is_restricted(spec: dict[str, Any]) -> None:
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"].get("runAsUser", 65532) == 65532
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert "sysctls" not in spec["securityContext"]
    for container in containers(spec):
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["runAsNonRoot"] is True
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"privileged", "procMount", "seLinuxOptions"} & set(context)
        assert not [port for port in container.get("ports", []) if "hostPort" in port]
    allowed = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "projected", "secret"}
    assert all(set(volume) - {"name"} <= allowed for volume in spec["volumes"])


def test_nothing_can_be_written_but_sized_folders(any_spec: list[dict[str, Any]]) -> None:
    for spec in any_spec:
        _writes_to_sized_folders(spec)


def _writes_to_sized_folders(spec: dict[str, Any]) -> None:
    empty = {volume["name"]: volume["emptyDir"] for volume in spec["volumes"] if "emptyDir" in volume}
    assert all(folder["sizeLimit"] for folder in empty.values())
    for container in containers(spec):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        for mount in container["volumeMounts"]:
            assert mount.get("readOnly") is True or mount["name"] in empty


def test_ids_are_those_of_the_image_or_the_platforms() -> None:
    ids = {"runAsUser", "runAsGroup", "fsGroup"}
    for find in (pod, trial):
        assert {find({})["securityContext"][name] for name in ids} == {65532}
        assert not ids & set(find({"pod": {"fixedIds": False}})["securityContext"])


def test_every_container_has_requests_and_limits(any_spec: list[dict[str, Any]]) -> None:
    for container in (container for spec in any_spec for container in containers(spec)):
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        limits = set(container["resources"]["limits"])
        assert limits == {"cpu", "memory"} or (limits == set() and container["name"] == "opa"), (
            "as values say"
        )


def test_only_mlgate_has_a_token_and_it_is_short_lived(spec: dict[str, Any]) -> None:
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    sources = [
        source for volume in spec["volumes"] for source in volume.get("projected", {}).get("sources", [])
    ]
    (token,) = [source["serviceAccountToken"] for source in sources if "serviceAccountToken" in source]
    assert token["expirationSeconds"] == 3600
    holders = [
        container["name"]
        for container in containers(spec)
        if any(mount["mountPath"] == TOKEN for mount in container["volumeMounts"])
    ]
    assert holders == ["mlgate"]


def test_opa_is_started_as_mlgate_says(spec: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables(spec).items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.opa.shared_dir is not None
    (opa,) = [container for container in spec["containers"] if container["name"] == "opa"]
    assert opa["args"] == sidecar_arguments(settings, settings.opa.shared_dir)
    bounded = [
        {"name": "GOGC", "value": "400"},
        {"name": "GOMEMLIMIT", "value": str(int(512 * 2**20 * 0.85))},
    ]
    # And nothing that a policy should not read.
    assert opa.get("env", []) == (bounded if opa["resources"]["limits"] else [])
    assert opa["volumeMounts"] == [
        {"name": "shared", "mountPath": str(settings.opa.shared_dir), "readOnly": True}
    ]


def test_the_token_of_opa_lies_where_opa_does_not_see_it(spec: dict[str, Any]) -> None:
    folder = variables(spec)["MLGATE_OPA__TOKEN_FILE"].rpartition("/")[0]
    holders = [
        container["name"]
        for container in containers(spec)
        if any(mount["mountPath"] == folder for mount in container["volumeMounts"])
    ]
    assert holders == ["sidecar", "mlgate"]


def test_what_is_written_before_is_what_mlgate_serves_by(spec: dict[str, Any]) -> None:
    assert variables(spec, "sidecar") == variables(spec)
    (first,) = spec["initContainers"]
    assert first["args"] == ["policy", "sidecar"]


@pytest.mark.parametrize("name", sorted(SETS))
def test_a_replica_has_time_to_drain(name: str) -> None:
    found = objects(render(SETS[name].values))
    spec = only(found, "Deployment")["spec"]["template"]["spec"]
    asked = only(found, "ValidatingWebhookConfiguration")["webhooks"][0]["timeoutSeconds"]
    env = variables(spec)
    needed = sum(float(env[f"MLGATE_{name}_SECONDS"]) for name in ("SERVER__DRAIN", "DECISION__DEADLINE"))
    assert float(env["MLGATE_DECISION__DEADLINE_SECONDS"]) >= asked * float(
        env["MLGATE_DECISION__DEADLINE_SHARE"]
    )
    assert spec["terminationGracePeriodSeconds"] >= needed + 5
    (opa,) = [container for container in spec["containers"] if container["name"] == "opa"]
    (wait,) = [float(flag.partition("=")[2]) for flag in opa["args"] if flag.startswith("--shutdown-wait")]
    assert needed < wait < spec["terminationGracePeriodSeconds"] - 1


def test_what_a_gate_holds_fits_into_its_memory(
    spec: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables(spec).items():
        monkeypatch.setenv(name, value)
    server = load_settings().server
    (mlgate,) = [container for container in spec["containers"] if container["name"] == "mlgate"]
    number, unit = mlgate["resources"]["limits"]["memory"][:-2], mlgate["resources"]["limits"]["memory"][-2:]
    limit = int(number) * {"Mi": 2**20, "Gi": 2**30}[unit]
    assert 200 * 2**20 + server.max_connections * 320 * 2**10 + server.max_held_bytes * 30 <= limit


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"server": {"maxHeldBytes": 2**25}}, True),
        ({"server": {"maxHeldBytes": 2**25}, "resources": {"limits": {"memory": "2Gi"}}}, False),
        ({"server": {"maxConnections": 4096}}, True),
        ({"server": {"maxConnections": 4096}, "resources": {"limits": {"memory": "2100M"}}}, False),
        ({"server": {"maxConnections": 4096}, "resources": {"limits": {"memory": 2**30}}}, True),
        ({"server": {"maxConnections": 512}, "resources": {"limits": {"memory": "900000Ki"}}}, False),
        ({"resources": {"limits": {"memory": "1e12m"}}}, False),
    ],
)
def test_more_than_the_memory_of_a_gate_is_refused(
    values: dict[str, Any], tmp_path: Path, *, refused: bool
) -> None:
    found = outcome(ValueSet(values), CHART, tmp_path)
    assert found.startswith("refused:") is refused
    assert ("docs/operate.md, Limits of a replica" in found) is refused


def test_the_three_probes_ask_what_they_should(spec: dict[str, Any]) -> None:
    (mlgate,) = [container for container in spec["containers"] if container["name"] == "mlgate"]
    paths = {kind: mlgate[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    assert paths == {"startup": "/livez", "liveness": "/livez", "readiness": "/readyz"}


def variables(spec: dict[str, Any], container: str = "mlgate") -> dict[str, str]:
    """Environment of a container, but for the limits of another in it."""
    (found,) = [entry for entry in containers(spec) if entry["name"] == container]
    return {entry["name"]: entry["value"] for entry in found["env"] if "value" in entry}


@pytest.mark.parametrize(
    ("limits", "environment", "knows"),
    [
        ({"cpu": None, "memory": "1G"}, {"GOGC": "400", "GOMEMLIMIT": "850000000"}, False),
        ({"cpu": "500m", "memory": None}, {}, True),
        ({"cpu": 4, "memory": "1e12m"}, {}, True),
    ],
)
def test_limits_of_opa_that_are_not_there_bound_nothing(
    limits: dict[str, Any], environment: dict[str, str], *, knows: bool
) -> None:
    named = {entry["name"]: entry for entry in containers(pod({"opa": {"resources": {"limits": limits}}}))}
    assert {entry["name"]: entry["value"] for entry in named["opa"].get("env", [])} == environment
    assert any(entry["name"] == "MLGATE_OPA__CORES" for entry in named["mlgate"]["env"]) is knows


def test_mlgate_knows_the_processors_of_opa(spec: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    gate, opa = spec["containers"]
    known = next((entry for entry in gate["env"] if "value" not in entry), None)
    if not opa["resources"]["limits"]:
        assert known is None
        return
    limit = {"containerName": "opa", "resource": "limits.cpu"}
    assert known is not None
    assert known == {"name": "MLGATE_OPA__CORES", "valueFrom": {"resourceFieldRef": limit}}
    monkeypatch.setenv(known["name"], "2")
    assert load_settings().opa.cores == 2


def test_mlgate_takes_every_variable(spec: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables(spec).items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert str(settings.tls.cert) == "/etc/mlgate/tls/tls.crt"
    assert settings.server.max_body_bytes == 7 * 1024 * 1024


def test_every_mount_has_its_volume(any_spec: list[dict[str, Any]]) -> None:
    for spec in any_spec:
        volumes = {volume["name"] for volume in spec["volumes"]}
        mounted = {mount["name"] for container in containers(spec) for mount in container["volumeMounts"]}
        assert mounted == volumes


def test_what_evidence_is_read_is_what_the_values_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables(pod(SETS["all-evidence"].values)).items():
        monkeypatch.setenv(name, value)
    evidence = load_settings().evidence
    assert evidence.card_sources == {"modelcard", "configmap"}
    assert (evidence.cluster_namespace, evidence.region) == ("governance", "eu-central-1")
    assert evidence.waiver_namespaces == ("governance",)
    assert (evidence.secrets, evidence.config_maps) == (True, True)


def test_a_policy_that_is_fetched_is_verified_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    values = SETS["fetched-policy"].values
    found = objects(render(values))
    spec = only(found, "Deployment")["spec"]["template"]["spec"]
    for name, value in variables(spec).items():
        monkeypatch.setenv(name, value)
    policy = load_settings().policy
    assert (policy.url, policy.url_seconds) == (values["policy"]["url"], 300)
    assert (policy.min_sequence, policy.settings, policy.packages) == (12, None, ())
    assert policy.verification_key is not None
    assert policy.url_ca is not None
    assert policy.url_token_file is not None
    (data,) = [entry["data"] for entry in found if entry["metadata"]["name"].endswith("-policy")]
    assert data[policy.verification_key.name] == values["policy"]["verificationKey"]
    assert data[policy.url_ca.name] == values["policy"]["urlCa"]
    for name, folders in (
        ("sidecar", {policy.verification_key.parent}),
        ("mlgate", {policy.verification_key.parent, policy.url_ca.parent, policy.url_token_file.parent}),
    ):
        (container,) = [entry for entry in containers(spec) if entry["name"] == name]
        mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
        assert {str(folder) for folder in folders} <= mounts
    egress = only(found, "NetworkPolicy")["spec"]["egress"]
    assert {port["port"] for rule in egress for port in rule["ports"]} >= {53, 8443}
    annotations = only(found, "Deployment")["spec"]["template"]["metadata"]["annotations"]
    assert len(annotations["checksum/verification-key"]) == 64


def test_what_is_trusted_of_registries_and_signers_lies_where_the_settings_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = SETS["signed"].values
    found = objects(render(values))
    spec = only(found, "Deployment")["spec"]["template"]["spec"]
    for name, value in variables(spec).items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    oci, hub, signatures = settings.evidence.oci, settings.evidence.huggingface, settings.signatures
    assert settings.evidence.card_sources == {"modelcard", "oci", "huggingface"}
    assert list(oci.registries) == values["evidence"]["oci"]["registries"]
    assert list(oci.private) == values["evidence"]["oci"]["private"]
    blobs = {registry: list(hosts) for registry, hosts in oci.blob_hosts.items()}
    assert blobs == values["evidence"]["oci"]["blobHosts"]
    assert (hub.endpoint, hub.private) == ("https://hub.example.com:8444", True)
    assert (signatures.served, signatures.cards) == (True, True)
    (data,) = [entry["data"] for entry in found if entry["metadata"]["name"] == "mlgate-trust"]
    given = {
        oci.ca: values["evidence"]["oci"]["ca"],
        hub.ca: values["evidence"]["huggingface"]["ca"],
        signatures.trusted_root: values["signatures"]["trustedRoot"],
        **{path: values["signatures"]["keys"][path.name] for path in signatures.keys},
    }
    assert {str(path): text for path, text in given.items()} == {
        f"{mounted(spec, 'trust')}/{name}": text for name, text in data.items()
    }
    for path, volume in ((oci.docker_config, "registries"), (hub.token_file, "huggingface")):
        (source,) = [entry["secret"] for entry in spec["volumes"] if entry["name"] == volume]
        (item,) = source["items"]
        assert str(path) == f"{mounted(spec, volume)}/{item['path']}"


def mounted(spec: dict[str, Any], volume: str) -> str:
    """Where the gate finds a volume; no other container does."""
    (place,) = [
        (entry["name"], mount["mountPath"])
        for entry in containers(spec)
        for mount in entry["volumeMounts"]
        if mount["name"] == volume
    ]
    assert place[0] == "mlgate"
    return str(place[1])


def test_keys_that_change_replace_the_pods() -> None:
    """The gate reads them once; what nobody trusts any more must not count on."""
    values = SETS["signed"].values
    fewer = {**values, "signatures": {**values["signatures"], "keys": {}}}
    before, after = (
        only(objects(render(given)), "Deployment")["spec"]["template"]["metadata"]["annotations"]
        for given in (values, fewer)
    )
    assert before["checksum/trust"] != after["checksum/trust"]


def test_servers_of_cards_and_signatures_may_be_reached_at_their_ports_alone() -> None:
    values = SETS["signed"].values
    _, names, servers = only(objects(render(values)), "NetworkPolicy")["spec"]["egress"]
    assert {entry["port"] for entry in names["ports"]} == {53}
    assert {entry["port"] for entry in servers["ports"]} == {443, 5000, 8444, 8445}
    ranges = [peer["ipBlock"]["cidr"] for peer in servers["to"]]
    assert ranges == values["networkPolicy"]["serverCIDRs"]


def test_the_api_server_is_reached_at_any_address_until_some_are_named_and_others_at_theirs() -> None:
    network = {"apiServerPorts": [443, 16443]}
    (free,) = only(objects(render({"networkPolicy": network})), "NetworkPolicy")["spec"]["egress"]
    assert [entry["port"] for entry in free["ports"]] == [443, 16443]
    assert "to" not in free

    signed = SETS["signed"].values
    named = signed["networkPolicy"] | {"apiServerTo": ["10.96.0.1/32"]}
    narrow, _, servers = only(objects(render(signed | {"networkPolicy": named})), "NetworkPolicy")["spec"][
        "egress"
    ]
    assert narrow["to"] == [{"ipBlock": {"cidr": "10.96.0.1/32"}}]
    assert 443 in {entry["port"] for entry in servers["ports"]}
    assert {"ipBlock": {"cidr": "192.0.2.0/24"}} in servers["to"]


AGENTS = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "konnectivity-agent"}},
}
READERS = {"podSelector": {}}


@pytest.mark.parametrize(
    ("network", "peers"),
    [
        ({"apiServerFrom": [AGENTS]}, [AGENTS]),
        (
            {"apiServerCIDRs": ["192.0.2.10/32"], "apiServerFrom": [AGENTS], "metricsFrom": [READERS]},
            [{"ipBlock": {"cidr": "192.0.2.10/32"}}, AGENTS, READERS],
        ),
    ],
)
def test_pods_through_which_the_api_server_calls_may_be_named(
    network: dict[str, Any], peers: list[dict[str, Any]]
) -> None:
    (rule,) = only(objects(render({"networkPolicy": network})), "NetworkPolicy")["spec"]["ingress"]
    assert rule["from"] == peers


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("policy.example.com", 443),
        ("policy.example.com:8443", 8443),
        ("policy7", 443),
        ("192.0.2.10", 443),
        ("[2001:db8::10]:9443", 9443),
        ("[2001:db8::10]", 443),
    ],
)
def test_the_server_of_the_bundle_may_be_reached_at_its_port_alone(host: str, port: int) -> None:
    policy = {**SETS["fetched-policy"].values["policy"], "url": f"https://{host}/policy.tar.gz"}
    _, _, server = only(objects(render({"policy": policy})), "NetworkPolicy")["spec"]["egress"]
    assert server == {"ports": [{"port": port, "protocol": "TCP"}]}


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({}, 1),
        ({"replicaCount": 1}, None),
        ({"replicaCount": 3, "podDisruptionBudget": {"minAvailable": 2}}, 2),
        ({"replicaCount": 3, "podDisruptionBudget": {"minAvailable": "50%"}}, "50%"),
        ({"autoscaling": {"enabled": True, "minReplicas": 1}}, None),
        ({"replicaCount": 1, "autoscaling": {"enabled": True}}, 1),
    ],
)
def test_a_budget_leaves_a_pod_that_may_be_moved(values: dict[str, Any], kept: int | str | None) -> None:
    budgets = [entry for entry in objects(render(values)) if entry["kind"] == "PodDisruptionBudget"]
    assert [entry["spec"]["minAvailable"] for entry in budgets] == ([] if kept is None else [kept])


@pytest.mark.parametrize("more", [{}, {"autoscaling": {"enabled": True, "minReplicas": 2}}])
def test_a_budget_that_would_hold_up_every_drain_is_refused(more: dict[str, Any]) -> None:
    for kept in (2, "51%"):
        with pytest.raises(helm.HelmError, match="must be less than the 2 replicas"):
            render({"podDisruptionBudget": {"minAvailable": kept}, **more})


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"replicaCount": 1}, True),
        ({"replicaCount": 2}, False),
        ({"autoscaling": {"enabled": True, "minReplicas": 1}}, True),
        ({"replicaCount": 1, "autoscaling": {"enabled": True}}, False),
    ],
)
def test_whoever_has_one_replica_is_told(values: dict[str, Any], *, told: bool) -> None:
    assert ("with one replica, each restart" in render(values)["NOTES.txt"]) is told


ENFORCING = {"decision": {"mode": {"production": "enforce"}}}
EDITORS = {"policy": {"settings": {"environment": {"labelEditorGroups": ["platform"]}}}}
CALLERS = {"networkPolicy": {"apiServerCIDRs": ["192.0.2.10/32"]}}
CLIENTS = {"tls": {"clientCa": "-----BEGIN CERTIFICATE-----"}}


@pytest.mark.parametrize(
    ("values", "labels", "callers"),
    [
        ({}, False, False),
        (ENFORCING, True, True),
        (ENFORCING | EDITORS, False, True),
        (ENFORCING | CALLERS, True, False),
        (ENFORCING | {"networkPolicy": {"apiServerFrom": [AGENTS]}}, True, False),
        (ENFORCING | CLIENTS, True, False),
        (ENFORCING | {"networkPolicy": {"enabled": False, **CALLERS["networkPolicy"]}}, True, True),
        (ENFORCING | {"policy": SETS["fetched-policy"].values["policy"]}, False, True),
    ],
)
def test_whoever_enforces_is_told_what_stays_open(
    values: dict[str, Any], *, labels: bool, callers: bool
) -> None:
    notes = render(values)["NOTES.txt"]
    assert ("whoever may label a namespace chooses its profile" in notes) is labels
    assert ("every pod of the cluster may ask the gate" in notes) is callers


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ({}, False),
        (CALLERS["networkPolicy"], True),
        ({"apiServerFrom": [AGENTS]}, True),
        (CALLERS["networkPolicy"] | {"enabled": False}, False),
    ],
)
def test_whoever_names_the_callers_is_told_to_try_at_once(network: dict[str, Any], *, told: bool) -> None:
    notes = render({"networkPolicy": network})["NOTES.txt"]
    assert ("see NOW that it refuses" in notes) is told
    assert notes.count("helm test mlgate") == 1


@pytest.mark.parametrize(
    ("namespace", "told"), [("default", True), ("kube-public", True), ("mlgate-system", False)]
)
def test_whoever_installs_it_where_people_deploy_is_told(namespace: str, *, told: bool) -> None:
    notes = render(namespace=namespace)["NOTES.txt"]
    assert (f"NOTHING IN NAMESPACE {namespace} IS EVER JUDGED" in notes) is told


def test_labels_of_the_site_cannot_take_a_pod_from_its_service() -> None:
    stolen = {"app.kubernetes.io/name": "other", "app.kubernetes.io/instance": "other", "team": "x"}
    found = objects(render({"pod": {"labels": stolen}}))
    labels = only(found, "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert only(found, "Service")["spec"]["selector"].items() <= labels.items()
    assert labels["team"] == "x"


def test_the_images_are_pinned_by_digest_where_one_is_given() -> None:
    wanted: ValueSet = SETS["enforcing"]
    assert pod(wanted.values)["containers"][0]["image"].endswith(f"@{wanted.values['image']['digest']}")
    assert json.dumps(pod({})).count('"image": "ghcr.io/mlgate/mlgate:0.1.0"') >= 1
