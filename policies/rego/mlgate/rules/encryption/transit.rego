package mlgate.rules.encryption

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Encryption in transit
# description: The card does not say which TLS version its endpoint demands.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24 and A.5.14
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 32
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(e)(1) and 164.312(e)(2)(ii)
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 4.2.1
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.7
# custom:
#   code: encryption.in_transit_missing
#   controls: [C61]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   message: "card {card} does not declare encryption in transit."
#   fix: "Set spec.encryption.inTransit.minTlsVersion in {card} to the lowest version the endpoint accepts."
deny contains finding if {
	some pair in facts.pairs
	present.absent(present.get(pair.card.card, tls_path))
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.encryption.inTransit.minTlsVersion",
		"term": pair.card.source.reference,
		"model": pair.model.id,
		"observed": "no minTlsVersion",
		"required": "minTlsVersion",
		"values": {"card": pair.card.source.reference},
	})
}

tls_path := ["encryption", "inTransit", "minTlsVersion"]

# METADATA
# scope: rule
# title: TLS 1.2 or later
# description: |
#   The lowest TLS version the card gives is older than the policy allows. A version that is not in the order
#   counts as older than all of them.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24 and A.5.14
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 32
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(e)(1) and 164.312(e)(2)(ii)
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 4.2.1
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.7
# custom:
#   code: encryption.tls_version_too_low
#   controls: [C61]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   settings: [encryption.minTlsVersion]
#   message: "{card} accepts TLS {observed}; at least {required} is required."
#   fix: "Disable older versions on the endpoint and set spec.encryption.inTransit.minTlsVersion in {card}."
deny contains finding if {
	some pair in facts.pairs
	version := pair.card.card.encryption.inTransit.minTlsVersion
	not new_enough(version)
	present.is_present(version)
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.encryption.inTransit.minTlsVersion",
		"term": pair.card.source.reference,
		"model": pair.model.id,
		"observed": show.text(version),
		"required": settings.value.encryption.minTlsVersion,
		"values": {"card": pair.card.source.reference},
	})
}

new_enough(version) if tls_rank[version] >= tls_rank[settings.value.encryption.minTlsVersion]

tls_rank := {"1.0": 0, "1.1": 1, "1.2": 2, "1.3": 3}

# METADATA
# scope: rule
# title: Endpoint with TLS
# description: |
#   The manifest switches TLS off at an endpoint that can be reached from outside the cluster, or of which nobody
#   knows whether it can.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24 and A.5.14
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 32
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(e)(1) and 164.312(e)(2)(ii)
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 4.2.1
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.7
# custom:
#   code: encryption.endpoint_plaintext
#   controls: [C61]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving, route]}
#   per: request
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   message: "{document} offers its endpoint without TLS ({location})."
#   fix: "Turn TLS on at {location}, or keep the endpoint inside the cluster."
deny contains finding if {
	exposure := input.workload.exposure
	exposure.tls == false
	not present.get(exposure, "scope") in {"none", "cluster"}
	finding := result.candidate(rego.metadata.rule(), {
		"path": show.place(exposure, "spec"),
		"observed": sprintf("no TLS at an endpoint of scope %s", [show.text(present.get(exposure, "scope"))]),
		"required": "TLS",
		"values": {"location": show.place(exposure, "spec")},
	})
}
