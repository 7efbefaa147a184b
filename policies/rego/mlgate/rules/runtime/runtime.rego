# METADATA
# title: Runtime
# description: How containers and pods are confined, from each other and from the machine they run on.
# schemas:
# - input: schema.input
package mlgate.rules.runtime

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Nothing of the machine is reached
# description: |
#   A pod shares the network, the processes or the memory of its machine or listens on a port of it, or a volume is
#   a path of the machine.
# related_resources:
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.2.2-5.2.13, 5.7.2 and 5.7.3
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.9
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.8
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0105
# custom:
#   code: runtime.host_access
#   controls: [C84]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving, training, runtime]}
#   per: location
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: deny}
#   message: "{document} reaches into the host: {observed} at {location}."
#   fix: "Remove it at {location}; use a PersistentVolumeClaim instead of a host path."
deny contains finding if {
	some reach in reaches
	finding := result.candidate(rego.metadata.rule(), {
		"path": reach.path,
		"term": reach.path,
		"observed": show.list(reach.ways),
		"required": "nothing of the host",
		"values": {"location": reach.path},
	})
}

reaches contains {"path": pod.path, "ways": array.concat(shared(pod), host_ports(pod))} if {
	some pod in present.list(input.workload, "pods")
	not apart(pod)
}

reaches contains {"path": volume.path, "ways": [sprintf("hostPath volume %s", [volume.name])]} if {
	some volume in input.workload.volumes
	volume.kind == "hostPath"
}

apart(pod) if {
	pod.hostNetwork == false
	pod.hostPID == false
	pod.hostIPC == false
	pod.hostPorts == []
}

shared(pod) := [key |
	some key in ["hostNetwork", "hostPID", "hostIPC"]
	not present.get(pod, key) == false
]

host_ports(pod) := [] if {
	present.get(pod, "hostPorts") == []
} else := [sprintf("host port %s", [show.cut(port)]) | some port in present.list(pod, "hostPorts")] if {
	count(present.list(pod, "hostPorts")) > 0
} else := ["unknown host ports"]

# METADATA
# scope: rule
# title: Models of restricted data run in a trusted environment
# description: |
#   The object neither asks for confidential model loading nor runs all its pods in a runtime class that is a
#   trusted execution environment.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 32
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0012
# custom:
#   code: runtime.confidential_computing_missing
#   controls: [C85]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], classifications: [restricted]}
#   per: request
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [runtime.confidentialRuntimeClasses]
#   message: "{document} serves a model of restricted data outside a trusted execution environment."
#   fix: "Set runtimeClassName to one of {required}, or use KServe's confidential model loading."
deny contains finding if {
	facts.classification == "restricted"
	not input.workload.features.confidential.enabled == true
	place := exposed_place
	finding := result.candidate(rego.metadata.rule(), {
		"path": place.path,
		"observed": place.observed,
		"required": show.list(settings.value.runtime.confidentialRuntimeClasses),
	})
}

exposed_place := {"path": "spec", "observed": "no pod template"} if {
	present.list(input.workload, "pods") == []
} else := {"path": first.path, "observed": show.list({class_shown(pod) | some pod in exposed_pods})} if {
	first := exposed_pods[0]
}

exposed_pods := [pod |
	some pod in input.workload.pods
	not confined(pod)
]

confined(pod) if pod.runtimeClassName in settings.value.runtime.confidentialRuntimeClasses

class_shown(pod) := sprintf("runtimeClassName %s", [show.cut(pod.runtimeClassName)]) if {
	present.stated(pod.runtimeClassName)
} else := "no runtimeClassName"
