package mlgate.rules.supply_chain

import data.mlgate.lib.present
import data.mlgate.lib.result

# METADATA
# scope: rule
# title: No code from the model's repository
# description: The model server is told to run code that is downloaded together with the model.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.7
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.7
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0011.000, AML.T0018.002, AML.M0011 and AML.M0014
# custom:
#   code: supply_chain.remote_code_enabled
#   controls: [C33]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime]}
#   per: request
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: deny}
#   message: "{document} lets the model server run code downloaded with the model ({location})."
#   fix: "Remove --trust-remote-code (or trust_remote_code) at {location}; use a model class built into the server."
deny contains finding if {
	input.workload.features.trustRemoteCode.enabled == true
	place := place_of("trustRemoteCode")
	finding := result.candidate(rego.metadata.rule(), {
		"path": place,
		"observed": "code downloaded with the model is run",
		"required": "no remote code",
		"values": {"location": place},
	})
}

# METADATA
# scope: rule
# title: No models behind the gate
# description: Callers can have the model server load adapters at run time, which no gate ever sees.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.9 and A.8.32
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0109 and AML.T0010.003
# custom:
#   code: supply_chain.runtime_loading_enabled
#   controls: [C81]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, runtime]}
#   per: request
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   message: "{document} lets callers load adapters at run time ({location}); they would never be judged."
#   fix: "Remove the setting at {location} and declare adapters in the manifest."
deny contains finding if {
	input.workload.features.runtimeLora.enabled == true
	place := place_of("runtimeLora")
	finding := result.candidate(rego.metadata.rule(), {
		"path": place,
		"observed": "callers can load adapters",
		"required": "adapters of the manifest alone",
		"values": {"location": place},
	})
}

# Where a setting of the server stands; the object itself when the reader cannot say.
place_of(feature) := path if {
	path := present.get(input.workload, ["features", feature, "path"])
	present.stated(path)
} else := "spec"
