package mlgate.rules.model_card

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: The card is about the deployed artifact
# description: |
#   The card lists no artifact with the digest of the model, or none with its address where the model has no
#   digest, or the workload is labelled with another version than the card's. Or the workload names a card that is
#   about none of its models.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.8
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 11
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.32
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC8.1
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0074
# custom:
#   code: model_card.artifact_mismatch
#   controls: [C02]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: model
#   pair: true
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   message: "{model} is not what card {card} describes: the manifest deploys {observed}, the card covers {required}."
#   fix: "Deploy an artifact listed in spec.model.artifacts of {card}, or issue a card for this artifact with its uri and digest in spec.model.artifacts and a new spec.model.version."
deny contains finding if {
	some difference in (mistaken | astray)
	finding := result.candidate(rego.metadata.rule(), difference)
}

# A card of a model that differs from it.
mistaken contains {
	"path": differing[0].path,
	"term": pair.model.id,
	"model": pair.model.id,
	"observed": concat(" and ", [part.observed | some part in differing]),
	"required": concat(" and ", [part.required | some part in differing]),
	"values": {"card": reference(entry), "model": show.model(pair.model)},
} if {
	some pair in facts.pairs
	entry := pair.card
	differing := array.concat(artifact_difference(pair.model, entry), version_difference(entry))
	count(differing) > 0
}

# A card of no model at all.
astray contains {
	"path": annotation_path,
	"term": reference(card),
	"observed": show.digests(show.list([known(present.get(model, "digest"), present.get(model, "uri")) |
		some model in input.workload.models
	])),
	"required": meant(card),
	"values": {
		"card": reference(card),
		"model": sprintf("each of %s", [show.list([present.get(model, "id") | some model in input.workload.models])]),
	},
} if {
	some card in input.cards
	facts.stray(card)
}

# What a card of no model is for: the model its reference names, or else its artifacts.
meant(card) := sprintf("only %s, which is no model of the workload", [show.list(card.models)]) if {
	present.is_present(present.list(card, "models"))
} else := show.digests(show.list(artifact_names(card)))

# Empty, or one difference between the artifact deployed and those of the card.
artifact_difference(model, entry) := [] if {
	facts.deploys_artifact(model, entry)
} else := [{
	"path": present.get(model, "path"),
	"observed": show.digests(show.cut(known(present.get(model, "digest"), present.get(model, "uri")))),
	"required": show.digests(show.list(artifact_names(entry))),
}]

artifact_names(entry) := [name |
	some artifact in present.list(entry.card, ["model", "artifacts"])
	name := known(present.get(artifact, "digest"), present.get(artifact, "uri"))
]

version_difference(entry) := [{
	"path": sprintf("metadata.labels[%s]", [version_label]),
	"observed": sprintf("version %s", [show.cut(labelled)]),
	"required": sprintf("version %s", [show.cut(version)]),
}] if {
	labelled := input.workload.labels[version_label]
	not entry.card.model.version == labelled
	present.is_present(labelled)
	version := present.get(entry.card, ["model", "version"])
} else := []

version_label := "mlgate.dev/model-version"
