# METADATA
# title: Registry
# description: Whether a model that is to serve in production was promoted for it.
# schemas:
# - input: schema.input
package mlgate.rules.registry

import data.mlgate.lib.addresses
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Production serves from production places
# description: |
#   The address of a model, or that of its record in a registry, is one of those where models lie that are still
#   being worked on.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 1.1
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.31
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC8.1
# custom:
#   code: registry.staging_source
#   controls: [C42]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving], profiles: [production]}
#   per: model
#   enforcement: {sandbox: "off", development: "off", staging: "off", production: deny}
#   settings: [registry.stagingUriPatterns]
#   message: "{model} comes from a non-production location ({uri}) and is being deployed to production."
#   fix: "Promote the version in the registry and set the production location at {location}."
deny contains finding if {
	facts.profile == "production"
	some model in input.workload.models
	places := [uri | some key in ["uri", "registryUri"]; uri := model[key]; is_staging(uri)]
	uri := addresses.without_user(places[0])
	finding := result.candidate(rego.metadata.rule(), {
		"path": model.path,
		"term": model.id,
		"model": model.id,
		"observed": uri,
		"required": "a production location",
		"values": {"uri": show.digests(uri), "location": model.path},
	})
}

is_staging(uri) if {
	is_string(uri)
	some place in addresses.spellings(regex.replace(uri, `^[a-zA-Z][a-zA-Z0-9+.-]*:/{1,2}|@sha256:[0-9a-f]+$`, ""))
	some pattern in staging_patterns
	regex.match(pattern, place)
}

staging_patterns := [concat("", ["(?i)", pattern]) |
	some pattern in settings.value.registry.stagingUriPatterns
	regex.is_valid(pattern)
]

# METADATA
# scope: rule
# title: Only promoted versions reach production
# description: |
#   The registry has no usable record of a model, or one that has neither a stage nor an alias of production. Where
#   no registry was asked, a record is demanded, or the card says that the version is not for production.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 1.1
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.31
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC8.1
# custom:
#   code: registry.not_promoted
#   controls: [C42]
#   severity: critical
#   priority: 2
#   appliesWhen: {objects: [serving], profiles: [production]}
#   per: model
#   enforcement: {sandbox: "off", development: "off", staging: "off", production: deny}
#   settings: [registry.productionStages, registry.productionAliases, registry.recordRequired]
#   alsoUses: [modelCard.rolesWithoutCard]
#   message: "{model} is not promoted to production: {observed}."
#   fix: "Promote it: set an alias of registry.productionAliases or the production stage in the registry, and spec.model.stage in its card."
deny contains finding if {
	facts.profile == "production"
	some model in facts.covered_models
	lacking := unpromoted(model)
	first := lacking[0]
	finding := result.candidate(rego.metadata.rule(), {
		"path": first.path,
		"term": model.id,
		"model": model.id,
		"observed": show.list([lack.observed | some lack in lacking]),
		"required": first.required,
	})
}

unpromoted(model) := [lack | some record in records; lack := record_lack(model, record)] if {
	records := records_of[model.id]
} else := [{"path": model.path, "observed": "no record in a registry", "required": "a record in a registry"}] if {
	settings.value.registry.recordRequired == true
} else := [lack | some lack in object.get(card_lacks, model.id, set())]

records_of[record.model] contains record if some record in present.list(input.evidence, "registry")

card_lacks[model.id] contains lack if {
	some report in facts.covering_cards
	lack := card_lack(report.card)
	some model in report.models
}

record_lack(model, record) := {
	"path": model.path,
	"observed": sprintf("its record is %s", [show.cut(present.get(record, "status"))]),
	"required": "a record in a registry",
} if {
	not record.status == "found"
} else := {
	"path": model.path,
	"observed": sprintf("stage %s, aliases %s", [known(present.get(record, "stage")), show.list(present.list(record, "aliases"))]),
	"required": sprintf("stage %s or alias %s", [one_of(settings.value.registry.productionStages), one_of(settings.value.registry.productionAliases)]),
} if {
	not promoted(record)
}

promoted(record) if {
	is_string(record.stage)
	lower(record.stage) in settings.value.registry.productionStages
}

promoted(record) if {
	some alias in present.list(record, "aliases")
	alias in settings.value.registry.productionAliases
}

card_lack(card) := {
	"path": "card.model.stage",
	"observed": sprintf("the card says %s", [show.cut(stage)]),
	"required": "stage production in the card",
} if {
	stage := present.get(card, ["model", "stage"])
	is_string(stage)
	lower(trim_space(stage)) in {"staging", "archived"}
}

known(word) := show.cut(word) if {
	present.stated(word)
} else := "none"

one_of(words) := concat(" or ", words)
