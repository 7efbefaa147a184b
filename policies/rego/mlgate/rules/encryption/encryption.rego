# METADATA
# title: Encryption
# description: |
#   What the card says about encryption at rest and in transit, and what the manifest and the cluster show about
#   storage, endpoints and addresses.
# schemas:
# - input: schema.input
package mlgate.rules.encryption

import data.mlgate.lib.addresses
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Encryption at rest
# description: |
#   For a target the policy names no entry of encryption.atRest has an algorithm and a keyManagement other than
#   none.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.7 and MEASURE 2.10
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 15(5)
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 32(1)(a)
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(a)(2)(iv)
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 3.5.1
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0012 and AML.M0005
# custom:
#   code: encryption.at_rest_missing
#   controls: [C57]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   settings: [encryption.requiredTargets]
#   message: "card {card} does not declare encryption at rest for {required}."
#   fix: "Add an entry with target {required}, algorithm and keyManagement to spec.encryption.atRest of {card}, once the storage is encrypted."
deny contains finding if {
	some pair in facts.pairs
	not exemplary(pair)
	entries := present.list(pair.card.card, ["encryption", "atRest"])
	encrypted := [entry.target | some entry in entries; complete(entry)]
	lacking := [target | some target in required_targets; not target in encrypted]
	count(lacking) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.encryption.atRest",
		"term": pair.card.source.reference,
		"model": pair.model.id,
		"observed": declared(entries, encrypted),
		"required": show.list(lacking),
		"values": {"card": pair.card.source.reference},
	})
}

required_targets := object.get(settings.value.encryption.requiredTargets, facts.tier, [])

# METADATA
# title: exemplary
# description: |
#   Whether a card declares complete encryption under a key of one's own for all that is asked for. Two rules look
#   no further then; it is asked once for both.
exemplary(pair) if {
	entries := pair.card.card.encryption.atRest
	is_array(entries)
	sound := {entry.target |
		some entry in entries
		entry.keyManagement == "customerManaged"
		is_string(entry.keyReference)
		trim(entry.keyReference, present.unseen) != ""
		is_string(entry.algorithm)
		trim(entry.algorithm, present.unseen) != ""
	}
	{target | some target in required_targets} - sound == set()
}

complete(entry) if {
	present.stated(entry.algorithm)
	entry.keyManagement in {"customerManaged", "providerManaged"}
}

# What is declared, and apart from it what is declared by halves.
declared(entries, encrypted) := concat("; ", parts) if {
	halves := {target(entry) | some entry in entries; not target(entry) in encrypted}
	parts := array.concat(named("targets", encrypted), named("incomplete:", halves))
	count(parts) > 0
} else := "no entry"

named(word, names) := [sprintf("%s %s", [word, show.list(names)])] if {
	count(names) > 0
} else := []

target(entry) := given if {
	given := present.get(entry, "target")
	is_string(given)
	present.is_present(given)
} else := "unknown"

# METADATA
# scope: rule
# title: Strong encryption at rest
# description: An entry of encryption.atRest names an algorithm that is not one of the allowed ones.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.7 and MEASURE 2.10
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 15(5)
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 32(1)(a)
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(a)(2)(iv)
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 3.5.1
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0012 and AML.M0005
# custom:
#   code: encryption.at_rest_weak
#   controls: [C57]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   settings: [encryption.allowedAlgorithms]
#   message: "card {card} encrypts {kind} with {observed}; allowed are {required}."
#   fix: "Re-encrypt the storage with an allowed algorithm and correct spec.encryption.atRest[].algorithm."
deny contains finding if {
	some pair in facts.pairs
	weak := [entry |
		some entry in present.list(pair.card.card, ["encryption", "atRest"])
		algorithm := entry.algorithm
		not strong(algorithm)
		present.is_present(algorithm)
	]
	count(weak) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.encryption.atRest",
		"term": pair.card.source.reference,
		"model": pair.model.id,
		"observed": show.list([entry.algorithm | some entry in weak]),
		"required": show.list(settings.value.encryption.allowedAlgorithms),
		"values": {
			"card": pair.card.source.reference,
			"kind": [target(entry) | some entry in weak],
		},
	})
}

# As the setting spells it, which is the usual case, or in another way.
strong(algorithm) if algorithm in settings.value.encryption.allowedAlgorithms

strong(algorithm) if {
	is_string(algorithm)
	regex.replace(upper(trim_space(algorithm)), `[\s_]`, "-") in settings.value.encryption.allowedAlgorithms
}

# METADATA
# scope: rule
# title: Customer-managed key
# description: |
#   A target the policy names is declared as encrypted, but not in any entry under a key of the organisation that
#   is named.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 3.6.1 and 3.7.1
# custom:
#   code: encryption.customer_key_missing
#   controls: [C59]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving], classifications: [confidential, restricted]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   alsoUses: [encryption.requiredTargets]
#   message: "card {card}: {kind} is {classification} data but not encrypted under a customer-managed key."
#   fix: "Encrypt it under a key of your own KMS and set keyManagement: customerManaged and keyReference in spec.encryption.atRest of {card}."
deny contains finding if {
	some pair in facts.pairs
	not exemplary(pair)
	entries := present.list(pair.card.card, ["encryption", "atRest"])
	owned := [entry.target | some entry in entries; own_key(entry)]
	declared_targets := {entry.target | some entry in entries}
	foreign := [name | some name in required_targets; name in declared_targets; not name in owned]
	count(foreign) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.encryption.atRest",
		"term": pair.card.source.reference,
		"model": pair.model.id,
		"observed": sprintf("no customer-managed key for %s", [show.list(foreign)]),
		"required": "customerManaged with a keyReference",
		"values": {"card": pair.card.source.reference, "kind": foreign},
	})
}

own_key(entry) if {
	entry.keyManagement == "customerManaged"
	present.stated(entry.keyReference)
}

# METADATA
# scope: rule
# title: Sensitive model artifacts are protected
# description: |
#   An artifact of the card can be downloaded by more than named identities, or the card does not say by whom.
#   That it is encrypted is judged by encryption.at_rest_missing.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24 and A.8.3
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0048.004, AML.T0035, AML.M0005 and AML.M0012
# custom:
#   code: encryption.artifact_access_open
#   controls: [C60]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving], classifications: [confidential, restricted]}
#   per: artifact
#   pair: true
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   message: "artifact {artifact} holds a model of {classification} data and its access is {observed}."
#   fix: "Limit downloads to named identities in the registry or bucket and set access: restricted in spec.model.artifacts of the card."
deny contains finding if {
	some pair in facts.pairs
	some index, artifact in present.list(pair.card.card, ["model", "artifacts"])
	not artifact.access == "restricted"
	uri := addresses.without_user(present.get(artifact, "uri"))
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("card.model.artifacts[%d].access", [index]),
		"term": uri,
		"model": pair.model.id,
		"observed": stated(present.get(artifact, "access")),
		"required": "restricted",
		"values": {"artifact": show.digests(uri)},
	})
}

stated(access) := "not stated" if {
	present.absent(access)
} else := show.text(access)
