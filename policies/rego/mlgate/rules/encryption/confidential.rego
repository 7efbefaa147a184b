package mlgate.rules.encryption

import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Confidential model loading that works
# description: |
#   The manifest asks the model server to decrypt the model inside a trusted environment, but a model comes from
#   a scheme the server never decrypts, or the resource of the key is missing or malformed. The server accepts
#   both and decrypts nothing.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24 and A.8.3
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0048.004, AML.T0035, AML.M0005 and AML.M0012
# custom:
#   code: encryption.confidential_ineffective
#   controls: [C60]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: model
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: deny}
#   settings: [encryption.confidentialIneffectiveSchemes]
#   message: "{document} asks for confidential model loading, which has no effect on {model}: {observed}."
#   fix: "Serve the encrypted model from a scheme KServe decrypts (s3, gs, https, hf) with a valid resourceId, or drop the setting and protect the model otherwise."
deny contains finding if {
	confidential := input.workload.features.confidential
	confidential.enabled == true
	some model in present.list(input.workload, "models")
	reasons := array.concat(ineffective_scheme(model), unusable_key(present.get(confidential, "resourceId")))
	count(reasons) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": show.place(confidential, "spec"),
		"term": model.id,
		"model": model.id,
		"observed": concat(" and ", reasons),
		"required": "a scheme that is decrypted and a resourceId kbs:///<repository>/<type>/<tag>",
	})
}

ineffective_scheme(model) := [sprintf("scheme %s is never decrypted", [model.scheme])] if {
	model.scheme in settings.value.encryption.confidentialIneffectiveSchemes
} else := []

unusable_key(resource) := ["there is no resourceId"] if {
	present.absent(resource)
} else := ["the resourceId is malformed"] if {
	not well_formed(resource)
} else := []

well_formed(resource) if {
	is_string(resource)
	regex.match(`^kbs:///[^/\s?#]+/[^/\s?#]+/[^/\s?#]+$`, resource)
}
