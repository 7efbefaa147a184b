# METADATA
# title: Supply chain
# description: |
#   Where models and images come from, whether they can change after approval, whether they run code when loaded,
#   and who signed them.
# schemas:
# - input: schema.input
package mlgate.rules.supply_chain

import data.mlgate.lib.addresses
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Models are pinned
# description: |
#   The address of a model can come to mean other bytes: it names neither a digest, nor a commit, nor a version of
#   an object, and lies in no place the platform guarantees to be write-once.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.9 and A.8.32
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0109 and AML.T0010.003
# custom:
#   code: supply_chain.model_not_pinned
#   controls: [C81]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training]}
#   per: model
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   settings: [supplyChain.immutablePrefixes]
#   message: "{model} can change after approval: its address is not pinned ({observed})."
#   fix: "Pin it at {location}: a digest for oci, a 40-digit commit for hf, an object version for s3, gs and azure if the loader asks for it (those of KServe, Seldon, KubeAI, AIBrix and OME do not); or serve it from a write-once location listed in setting supplyChain.immutablePrefixes."
deny contains finding if {
	some model in present.list(input.workload, "models")
	not model.immutable == true
	not write_once(model)
	finding := result.candidate(rego.metadata.rule(), {
		"path": model.path,
		"term": model.id,
		"model": model.id,
		"observed": revision(present.get(model, "revision"), present.get(model, "scheme")),
		"required": "an address that always means the same bytes",
		"values": {"location": model.path},
	})
}

write_once(model) if addresses.keeps_to(model.uri, settings.value.supplyChain.immutablePrefixes)

# The address names a version of an object, and is not called immutable: whoever loads it does not ask for that version.
revision(given, scheme) := sprintf("its loader ignores version %s", [show.cut(given)]) if {
	present.stated(given)
	scheme in {"s3", "gs", "https"}
} else := sprintf("revision %s can move", [show.cut(given)]) if {
	present.stated(given)
} else := "no digest, commit or version"

# METADATA
# scope: rule
# title: Models come from trusted sources
# description: |
#   A model comes from outside the sources the site lists; where it lists none, from a public hub or a plain
#   download.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 3.1 and MANAGE 3.2
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.10.3
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.19
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0058 and AML.T0010.003
# custom:
#   code: supply_chain.model_source_not_trusted
#   controls: [C82]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training]}
#   per: model
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   settings: [supplyChain.trustedModelSources, supplyChain.publicSchemes]
#   message: "{model} comes from a source that is not trusted ({uri})."
#   fix: "Copy the model to a trusted source and serve it from there, or have the source added to setting supplyChain.trustedModelSources."
deny contains finding if {
	some model in present.list(input.workload, "models")
	not trusted_source(model)
	finding := result.candidate(rego.metadata.rule(), {
		"path": model.path,
		"term": model.id,
		"model": model.id,
		"observed": addresses.without_user(present.get(model, "uri")),
		"required": trusted_sources,
		"values": {"uri": show.digests(addresses.without_user(present.get(model, "uri")))},
	})
}

trusted_source(model) if addresses.keeps_to(model.uri, listed_sources)

trusted_source(model) if {
	listed_sources == []
	scheme := model.scheme
	is_string(scheme)
	not scheme in settings.value.supplyChain.publicSchemes
}

listed_sources := settings.value.supplyChain.trustedModelSources

trusted_sources := "no public hub and no plain download" if {
	listed_sources == []
} else := show.list(listed_sources)
