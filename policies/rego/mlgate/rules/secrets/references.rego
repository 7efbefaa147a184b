package mlgate.rules.secrets

import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Secrets are mounted as files
# description: |
#   A container receives the values of a Secret as environment variables, which end in logs, dumps and child
#   processes. Secrets the site lists may.
# related_resources:
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.4.1 and 5.4.2
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.17 and A.8.24
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 8.6.3
# custom:
#   code: secrets.env_from_secret
#   controls: [C54]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime]}
#   per: container
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [secrets.envSecretExceptions]
#   message: "container {container} receives Secret values as environment variables ({observed})."
#   fix: "Mount them as files from a CSI secret store or projected volume; variables leak into logs, dumps and child processes."
deny contains finding if {
	some index, parts in injected
	container := input.workload.containers[index]
	finding := result.candidate(rego.metadata.rule(), {
		"path": container.path,
		"term": container.name,
		"observed": show.list([part[2] | some part in parts]),
		"required": "Secrets mounted as files",
		"values": {"container": container.name},
	})
}

# What containers take from Secrets into their environment, by their positions; the order is that of the manifest.
injected[index] contains [0, at, taken] if {
	some index, container in input.workload.containers
	some at, variable in container.env
	variable.from == "secretKey"
	not excepted(present.get(variable, "fromName"))
	taken := sprintf("%s of Secret %s", [named(variable, "name"), named(variable, "fromName")])
}

injected[index] contains [1, at, taken] if {
	some index, container in input.workload.containers
	some at, source in container.envFrom
	source.kind == "secret"
	not excepted(present.get(source, "name"))
	taken := sprintf("all of Secret %s", [named(source, "name")])
}

excepted(name) if name in settings.value.secrets.envSecretExceptions

# METADATA
# scope: rule
# title: No credential in a ConfigMap
# description: |
#   A ConfigMap the object refers to holds what looks like a credential under a key of which the site has not said
#   that it holds none. ConfigMaps are read only where the installation may.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.17
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 8.6.2
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0055 and AML.T0083
# custom:
#   code: secrets.config_map_literal
#   controls: [C53]
#   severity: high
#   priority: 3
#   appliesWhen: {objects: [serving, training, runtime]}
#   needs: [cluster.configMaps]
#   per: reference
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: deny}
#   alsoUses: [secrets.allowedNames]
#   message: "ConfigMap {name}, used by {document}, holds a credential under key {key}."
#   fix: "Move it to a secret store, refer to it from there, and rotate it."
deny contains finding if {
	some name, entry in input.cluster.configMaps
	credentials := [credential | some credential in present.list(entry, "credentials"); not allowed(credential)]
	count(credentials) > 0
	keys := {named(credential, "name") | some credential in credentials}
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("ConfigMap/%s.data", [name]),
		"term": sprintf("ConfigMap/%s", [name]),
		"observed": show.list({reason(credential) | some credential in credentials}),
		"required": "no credential in plain text",
		"values": {"name": name, "key": [key | some key in keys]},
	})
}
