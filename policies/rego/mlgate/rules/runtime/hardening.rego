package mlgate.rules.runtime

import data.mlgate.lib.containers
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
	context := security_context(container)
	not hardened(context)
	lacking := demands - kept(context)
	finding := result.candidate(rego.metadata.rule(), {
		"path": container.path,
		"term": container.name,
		"observed": concat(", ", [sprintf("%s %s", [names[demand], found(demand, context)]) | some demand in ordered(lacking)]),
		"required": concat(", ", [sprintf("%s: %s", [names[demand], wanted(demand)]) | some demand in ordered(lacking)]),
		"values": {"container": container.name, "location": container.path},
	})
}

security_context(container) := container.securityContext if {
	is_object(container.securityContext)
} else := {}

# What is demanded, in the order in which it is told, with its name under securityContext.
order := [
	"runAsNonRoot", "runAsUser", "privileged", "allowPrivilegeEscalation",
	"capabilitiesDrop", "capabilitiesAdd", "seccompProfile",
]

demands := {demand | some demand in order}

ordered(lacking) := [demand | some demand in order; demand in lacking]

names := object.union({demand: demand | some demand in order}, {
	"capabilitiesDrop": "capabilities.drop", "capabilitiesAdd": "capabilities.add",
})

# Each is a positive condition, so that what cannot be shown to hold is a flaw.
# Everything at once; what is lacking is asked of the few containers that lack something.
hardened(context) if {
	context.runAsNonRoot == true
	context.allowPrivilegeEscalation == false
	context.seccompProfile in {"RuntimeDefault", "Localhost"}
	is_array(context.capabilitiesDrop)
	"ALL" in context.capabilitiesDrop
	object.get(context, "privileged", null) in {false, null}
	ordinary_user(object.get(context, "runAsUser", null))
	excess(context) == []
}

kept(context) := union({
	{"runAsNonRoot" | context.runAsNonRoot == true},
	{"runAsUser" | ordinary_user(object.get(context, "runAsUser", null))},
	{"privileged" | object.get(context, "privileged", null) in {false, null}},
	{"allowPrivilegeEscalation" | context.allowPrivilegeEscalation == false},
	{"capabilitiesDrop" | is_array(context.capabilitiesDrop); "ALL" in context.capabilitiesDrop},
	{"capabilitiesAdd" | excess(context) == []},
	{"seccompProfile" | context.seccompProfile in {"RuntimeDefault", "Localhost"}},
})

ordinary_user(null)

ordinary_user(user) if {
	is_number(user)
	user != 0
}

excess(context) := [name |
	is_array(context.capabilitiesAdd)
	some name in context.capabilitiesAdd
	not name in allowed_capabilities
]

allowed_capabilities := settings.value.runtime.allowedCapabilities

found(demand, context) := show.list(excess(context)) if {
	demand == "capabilitiesAdd"
} else := "not set" if {
	object.get(context, demand, null) in [null, []]
} else := show.list(context[demand]) if {
	is_array(context[demand])
} else := show.cut(context[demand])

wanted("runAsNonRoot") := "true"

wanted("runAsUser") := "other than 0"

wanted("privileged") := "false"

wanted("allowPrivilegeEscalation") := "false"

wanted("capabilitiesDrop") := "[ALL]"

wanted("capabilitiesAdd") := sprintf("at most %s", [show.list(allowed_capabilities)])

wanted("seccompProfile") := "RuntimeDefault or Localhost"
