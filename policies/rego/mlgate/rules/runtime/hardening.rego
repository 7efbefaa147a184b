package mlgate.rules.runtime

import data.mlgate.lib.containers
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Containers are hardened
# description: |
#   A container may run as root, escalate its rights or add capabilities, keeps capabilities it does not need, or
#   runs without a seccomp profile. Containers the platform itself adds are left alone.
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
#   code: runtime.container_not_hardened
#   controls: [C84]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving, training, runtime]}
#   per: container
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   settings: [runtime.allowedCapabilities]
#   alsoUses: [supplyChain.platformImages]
#   message: "container {container} is not hardened: {observed}."
#   fix: "Set under securityContext at {location}: {required}."
deny contains finding if {
	some container in containers.judged
	flaws := flaws_of(container)
	count(flaws) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": container.path,
		"term": container.name,
		"observed": concat(", ", [flaw.observed | some flaw in flaws]),
		"required": concat(", ", [flaw.required | some flaw in flaws]),
		"values": {"container": container.name, "location": container.path},
	})
}

flaws_of(container) := [flaw |
	some demand in demands
	some flaw in lacks(demand, present.get(container, "securityContext"))
]

# In the order in which they are told.
demands := [
	"runAsNonRoot", "runAsUser", "privileged", "allowPrivilegeEscalation",
	"capabilitiesDrop", "capabilitiesAdd", "seccompProfile",
]

lacks("runAsNonRoot", context) := [{"observed": sprintf("runAsNonRoot %s", [stated(context, "runAsNonRoot")]), "required": "runAsNonRoot: true"}] if {
	not present.get(context, "runAsNonRoot") == true
}

lacks("runAsUser", context) := [{"observed": sprintf("runAsUser %s", [stated(context, "runAsUser")]), "required": "runAsUser: other than 0"}] if {
	not ordinary_user(present.get(context, "runAsUser"))
}

lacks("privileged", context) := [{"observed": sprintf("privileged %s", [stated(context, "privileged")]), "required": "privileged: false"}] if {
	not present.get(context, "privileged") in {false, null}
}

lacks("allowPrivilegeEscalation", context) := [{
	"observed": sprintf("allowPrivilegeEscalation %s", [stated(context, "allowPrivilegeEscalation")]),
	"required": "allowPrivilegeEscalation: false",
}] if {
	not present.get(context, "allowPrivilegeEscalation") == false
}

lacks("capabilitiesDrop", context) := [{"observed": "capabilities not dropped", "required": "capabilities.drop: [ALL]"}] if {
	not "ALL" in present.list(context, "capabilitiesDrop")
}

lacks("capabilitiesAdd", context) := [{
	"observed": sprintf("capabilities added: %s", [show.list(excess)]),
	"required": sprintf("capabilities.add: at most %s", [show.list(allowed_capabilities)]),
}] if {
	excess := [name | some name in present.list(context, "capabilitiesAdd"); not name in allowed_capabilities]
	count(excess) > 0
}

lacks("seccompProfile", context) := [{
	"observed": sprintf("seccompProfile %s", [stated(context, "seccompProfile")]),
	"required": "seccompProfile: RuntimeDefault or Localhost",
}] if {
	not present.get(context, "seccompProfile") in {"RuntimeDefault", "Localhost"}
}

allowed_capabilities := settings.value.runtime.allowedCapabilities

ordinary_user(null)

ordinary_user(user) if {
	is_number(user)
	user != 0
}

stated(context, key) := "not set" if {
	present.get(context, key) == null
} else := show.cut(present.get(context, key))
