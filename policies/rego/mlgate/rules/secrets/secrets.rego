# METADATA
# title: Secrets
# description: |
#   Credentials that stand in a manifest, a card or a ConfigMap, how Secrets reach a container, and how old they are.
#   No value of a credential is ever told, only where it stands and why it looks like one.
# schemas:
# - input: schema.input
package mlgate.rules.secrets

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: No credential in an environment variable
# description: |
#   A variable of a container, however nested, holds what looks like a credential, and the site has not said that
#   variables of this name hold none.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.17
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 8.6.2 and 3.5.1
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.1
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0055
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.4.1
# custom:
#   code: secrets.env_literal
#   controls: [C52]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime]}
#   per: env
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   settings: [secrets.allowedNames]
#   message: "environment variable {env} of container {container} holds a credential in plain text ({location})."
#   fix: "Move the value to a secret store, refer to it with valueFrom.secretKeyRef or a mounted volume at {location}, and rotate the credential: it is in the history of the manifest."
deny contains finding if {
	some credential in input.credentials
	credential.kind == "env"
	not allowed(credential)
	container := container_of(credential)
	env := named(credential, "name")
	finding := result.candidate(rego.metadata.rule(), {
		"path": place(credential),
		"term": concat("/", [container, env]),
		"observed": reason(credential),
		"required": "a reference to a Secret",
		"values": {"env": env, "container": container, "location": place(credential)},
	})
}

# METADATA
# scope: rule
# title: No credential elsewhere in manifests and cards
# description: |
#   An argument, an address or any other text of the object looks like a credential, and the site has not said that
#   fields of this name hold none; or a text of a usable card does.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.17
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 8.6.2
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0055 and AML.T0083
# custom:
#   code: secrets.embedded
#   controls: [C53]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime, route, modelCard]}
#   per: location
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   alsoUses: [secrets.allowedNames]
#   message: "{location} holds a credential in plain text."
#   fix: "Remove it, read it from a secret store instead, and rotate the credential."
deny contains finding if {
	some credential in exposed
	finding := result.candidate(rego.metadata.rule(), {
		"path": place(credential),
		"term": place(credential),
		"observed": reason(credential),
		"required": "no credential in plain text",
		"values": {"location": place(credential)},
	})
}

exposed contains credential if {
	some credential in input.credentials
	not credential.kind == "env"
	not allowed(credential)
}

exposed contains credential if {
	some card in facts.found_cards
	some credential in card.credentials
}

# METADATA
# title: allowed
# description: The site knows that what bears this name holds no credential.
allowed(entry) if {
	is_string(entry.name)
	some pattern in settings.value.secrets.allowedNames
	regex.is_valid(pattern)
	regex.match(sprintf("^(?:%s)$", [pattern]), entry.name)
}

# Kinds with one container in a field do not name it there; then it is the one the place lies in.
container_of(credential) := credential.container if {
	present.stated(credential.container)
} else := name if {
	some name in container_names[regex.replace(place(credential), `[.]env\[.*$`, "")]
} else := "unknown"

container_names[container.path] := {container.name} if some container in present.list(input.workload, "containers")

place(credential) := path if {
	path := present.get(credential, "path")
	present.stated(path)
} else := "metadata"

reason(credential) := show.cut(present.get(credential, "reason"))

named(entry, key) := found if {
	found := present.get(entry, key)
	present.stated(found)
} else := "unknown"
