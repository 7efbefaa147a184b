# METADATA
# title: Logging
# description: |
#   That predictions are logged, with what an entry needs and without personal data, and that the log outlives the
#   model and whoever would like to change it. Of the log itself the gate sees only what manifest and card say.
# schemas:
# - input: schema.input
package mlgate.rules.logging

import data.mlgate.lib.datasets
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Predictions are logged
# description: |
#   The kind of the object has a request logger, and it does not log every request and answer; or the kind has none,
#   and no card names the log the application keeps itself.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 12, Article 19 and Article 26(6)
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.8
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.15
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(b)
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 10.2.1
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0024
# custom:
#   code: logging.prediction_logging_disabled
#   controls: [C97]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [high]}
#   per: request
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [logging.loggerKinds]
#   message: "{document} does not log predictions: {observed}."
#   fix: "Turn the logger on with mode all at {location} (KServe: spec.predictor.logger), or name the application's own log in spec.logging.sink.uri of the card."
deny contains finding if {
	silence := unlogged
	logger := present.get(input.workload, ["features", "requestLogging"])
	finding := result.candidate(rego.metadata.rule(), {
		"path": silence.path,
		"observed": silence.observed,
		"required": silence.required,
		"values": {"location": place(logger)},
	})
}

# METADATA
# title: unlogged
# description: Why predictions are not logged; undefined when they are.
unlogged := {
	"path": place(logger),
	"observed": sprintf("the request logger has mode %s", [show.cut(mode)]),
	"required": "mode all",
} if {
	has_logger
	not input.workload.features.requestLogging.mode == "all"
	logger := present.get(input.workload, ["features", "requestLogging"])
	mode := present.get(logger, "mode")
}

unlogged := {
	"path": "card.logging.sink.uri",
	"observed": "the kind has no request logger, and no card names a log",
	"required": "a log in spec.logging.sink.uri of a card",
} if {
	not has_logger
	not names_log
}

has_logger if facts.kind_with_group in settings.value.logging.loggerKinds

names_log if {
	some entry in facts.telling_cards
	present.stated(entry.card.logging.sink.uri)
}

place(logger) := logger.path if {
	present.stated(logger.path)
} else := "spec"

# METADATA
# scope: rule
# title: Log entries are complete
# description: An entry of the prediction log lacks a field the policy names.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 12
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 10.2.2
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.15
# custom:
#   code: logging.fields_incomplete
#   controls: [C98]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [logging.requiredFields]
#   message: "log entries of {model} lack {observed}."
#   fix: "Log them and list them in spec.logging.fields of {card}."
deny contains finding if {
	some report in facts.covering_cards
	fields := present.list(report.card, ["logging", "fields"])
	lacking := [field | some field in settings.value.logging.requiredFields; not field in fields]
	count(lacking) > 0
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.logging.fields",
		"term": report.reference,
		"model": model.id,
		"observed": show.list(lacking),
		"required": show.list(settings.value.logging.requiredFields),
		"values": {"card": report.reference},
	})
}

# METADATA
# scope: rule
# title: Personal data stays out of logs
# description: |
#   The card of a model that affects people does not say what happens to personal data before it is logged, or that
#   nothing does, or it says that there is none although a dataset is personal.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 5(1)(c) and Article 32
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.11 and A.8.12
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 3.4.1
# custom:
#   code: logging.personal_data_not_redacted
#   controls: [C99]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high], when: intendedUse.affectsPeople is not false}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "personal data may reach the logs of {model}: {observed}."
#   fix: "Redact or tokenise before logging and set spec.logging.piiHandling of {card} to redacted or tokenized."
deny contains finding if {
	some report in datasets.reports
	not report.card.intendedUse.affectsPeople == false
	observed := exposed(report)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.logging.piiHandling",
		"term": report.reference,
		"model": model.id,
		"observed": observed,
		"required": "redacted or tokenized",
		"values": {"card": report.reference},
	})
}

# METADATA
# title: exposed
# description: By what personal data may reach the log; undefined when it cannot.
exposed(report) := sprintf("noPersonalData although dataset %s is personal", [show.cut(labels[0])]) if {
	report.card.logging.piiHandling == "noPersonalData"
	labels := [entry.label | some entry in report.datasets; entry.personal]
} else := sprintf("piiHandling is %s", [stated]) if {
	handling := present.get(report.card, ["logging", "piiHandling"])
	not handling in {"redacted", "tokenized", "noPersonalData"}
	stated := said(handling)
}

said(value) := "not stated" if {
	present.absent(value)
} else := show.cut(value)
