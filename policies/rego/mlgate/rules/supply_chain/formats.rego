package mlgate.rules.supply_chain

import data.mlgate.lib.addresses
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.tests

# METADATA
# scope: rule
# title: Formats that can run code are scanned
# description: |
#   A model is in a format that can run code when it is loaded, as the manifest, the card or the end of its address
#   says, and no card of it records a passed scan that left nothing critical open.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.7
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.7
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0011.000, AML.T0018.002, AML.M0011 and AML.M0014
# custom:
#   code: supply_chain.unsafe_format
#   controls: [C33]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training]}
#   per: model
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: deny}
#   settings: [supplyChain.unsafeFormats, supplyChain.modelScanMaxAgeDays]
#   message: "{model} is in format {observed}, which can run code when loaded, and has no passed model scan."
#   fix: "Convert the model to safetensors, ONNX or GGUF, or record a passed test of kind modelScan with openCritical 0 in spec.tests of its card."
deny contains finding if {
	some model in input.workload.models
	unsafe := formats(model)
	count(unsafe) > 0
	id := model.id
	not id in scanned
	finding := result.candidate(rego.metadata.rule(), {
		"path": model.path,
		"term": model.id,
		"model": model.id,
		"observed": show.list(unsafe),
		"required": "a format that runs no code, or a passed modelScan",
	})
}

# Models of which a card records a passed scan.
scanned contains model.id if {
	some report in tests.reports
	tests.scanned(report, "modelScan", settings.value.supplyChain.modelScanMaxAgeDays)
	some model in report.models
}

# The formats that can run code among those a model is called, wherever that is said.
formats(model) := union({
	{format | format := unsafe_format(model.format)},
	{format | some said in extensions(model.uri); format := unsafe_format(said)},
	{format |
		some field in ["uri", "digest"]
		is_string(model[field])
		some format in object.get(card_formats, trim_right(model[field], "/"), set())
	},
})

unsafe_format(said) := format if {
	is_string(said)
	format := lower(trim_space(said))
	format in settings.value.supplyChain.unsafeFormats
}

# What cards call their artifacts, by address and by digest; of formats that can run code alone.
card_formats[name] contains format if {
	some report in facts.covering_cards
	some artifact in present.list(report.card, ["model", "artifacts"])
	format := unsafe_format(artifact.format)
	some field in ["uri", "digest"]
	present.stated(artifact[field])
	name := trim_right(artifact[field], "/")
	name != ""
}

# METADATA
# title: extensions
# description: |
#   What follows a dot anywhere behind the host of an address. An archive, a tag or a blank behind the name of a
#   file does not make it another file.
extensions(uri) := set() if {
	is_string(uri)
	regex.match(`^[^:/%]*:/*[^/%]*[^.%]*$`, uri) # nothing that could be one after the host, as in most addresses
} else := {found[1] |
	is_string(uri)
	some spelling in addresses.spellings(uri)
	path := regex.replace(spelling, `^[^:/]*:/*[^/]*`, "")
	some found in regex.find_all_string_submatch_n(`\.([A-Za-z0-9_-]+)`, path, -1)
}
