package mlgate.rules.logging

import data.mlgate.lib.addresses
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Logs live elsewhere
# description: |
#   The card names no log store, one that is reached without encryption, or does not say that it outlives the host of
#   the model; or a logger of the manifest sends to that very host.
# related_resources:
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 10.3.3
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.15
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC7.2
# custom:
#   code: logging.sink_on_model_host
#   controls: [C100]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   alsoUses: [encryption.insecureSchemes]
#   message: "logs of {model} would be lost with its host: {observed}."
#   fix: "Send logs to a separate system over https and set spec.logging.sink.uri and .separateFromModelHost of {card}."
deny contains finding if {
	some report in facts.covering_cards
	not elsewhere(report)
	sink := present.get(report.card, ["logging", "sink"])
	faults := array.concat(array.concat(weak_address(sink), attached(sink)), own_loggers)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": faults[0].path,
		"term": report.reference,
		"model": model.id,
		"observed": concat(" and ", [fault.observed | some fault in faults]),
		"required": "a separate system, reached over an encrypted connection",
		"values": {"card": report.reference},
	})
}

elsewhere(report) if {
	report.card.logging.sink.separateFromModelHost == true
	weak_address(report.card.logging.sink) == []
	own_loggers == []
}

# METADATA
# title: weak_address
# description: What is wrong with the address of a sink, as a list of one or none.
weak_address(sink) := [{"path": "card.logging.sink.uri", "observed": "no sink.uri"}] if {
	not present.stated(present.get(sink, "uri"))
} else := [{"path": "card.logging.sink.uri", "observed": sprintf("sink.uri has scheme %s", [scheme])}] if {
	scheme := lower(trim_space(split(sink.uri, ":")[0]))
	scheme in settings.value.encryption.insecureSchemes
} else := []

attached(sink) := [] if {
	sink.separateFromModelHost == true
} else := [{
	"path": "card.logging.sink.separateFromModelHost",
	"observed": "separateFromModelHost is not true",
}]

# Loggers that send to the host they run on, or to one that cannot be told.
own_loggers := [{"path": place(endpoint), "observed": sprintf("the logger sends to %s", [host])} |
	some endpoint in present.list(input.workload, "endpoints")
	endpoint.purpose == "logger"
	not far(endpoint)
	host := own_host(present.get(endpoint, "host"))
]

# A name as hosts elsewhere have it: no address, which does not begin with a letter, and nothing called local.
far(endpoint) if {
	is_string(endpoint.host)
	regex.match(`^[a-zA-Z].*$`, endpoint.host)
	not contains(lower(endpoint.host), "local")
}

# METADATA
# title: own_host
# description: |
#   How to speak of a host that is the machine itself; undefined for any other. Who resolves an address takes more
#   spellings of it than the plain ones, so that here every form of an IP address but the usual one counts.
own_host(host) := "no host that can be told" if {
	not present.stated(host)
} else := show.cut(host) if {
	local(trim_right(lower(trim_space(host)), "."))
}

local(name) if addresses.loopback(name)

local(name) if regex.match(`^(.*[.])?localhost([.]localdomain)?$`, name)

# 127.1, 2130706433, 0x7f.0.0.1, 0177.0.0.1, 0.0.0.0
local(name) if {
	regex.match(`^(0x[0-9a-f]*|[0-9]+)([.](0x[0-9a-f]*|[0-9]+))*$`, name)
	not regex.match(`^[1-9][0-9]*([.](0|[1-9][0-9]*)){3}$`, name)
}

# ::, ::1, 0:0:0:0:0:0:0:1, ::ffff:127.0.0.1, ::ffff:7f00:1
local(name) if regex.match(`^[\[0:]*:(0*1|ffff:127[.].*|ffff:7f[0-9a-f]{2}:.*|127[.].*)?(%.*)?\]?$`, name)

# METADATA
# scope: rule
# title: Logs cannot be altered
# description: The card does not say that its log is written once, or how anybody would notice a change.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 12 and Article 19
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.15 and A.5.28
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 10.3.2 and 10.3.4
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(c)(1)
# custom:
#   code: logging.not_write_once
#   controls: [C101]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "logs of {model} can be altered: {observed}."
#   fix: "Use write-once storage with a hash chain, signatures or object lock and set spec.logging.sink.writeOnce and .tamperEvidence of {card}."
deny contains finding if {
	some report in facts.covering_cards
	not tamper_proof(report)
	sink := present.get(report.card, ["logging", "sink"])
	faults := array.concat(rewritable(sink), unnoticed(sink))
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": faults[0].path,
		"term": report.reference,
		"model": model.id,
		"observed": concat(" and ", [fault.observed | some fault in faults]),
		"required": "a write-once log with evidence of tampering",
		"values": {"card": report.reference},
	})
}

tamper_proof(report) if {
	report.card.logging.sink.writeOnce == true
	report.card.logging.sink.tamperEvidence in {"hashChain", "signed", "objectLock"}
}

rewritable(sink) := [] if {
	sink.writeOnce == true
} else := [{"path": "card.logging.sink.writeOnce", "observed": "writeOnce is not true"}]

unnoticed(sink) := [] if {
	sink.tamperEvidence in {"hashChain", "signed", "objectLock"}
} else := [{"path": "card.logging.sink.tamperEvidence", "observed": "no tamperEvidence"}]
