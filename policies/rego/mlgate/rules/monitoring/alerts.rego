package mlgate.rules.monitoring

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.signals

# METADATA
# scope: rule
# title: Alerts fire before failure
# description: |
#   A signal with a limit has no alert or no direction, or the alert fires only when too much of the way from the
#   baseline (of a ceiling, from nothing) to the limit is gone, or that way cannot be told.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 3.1 and MANAGE 4.1
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.16
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC7.2
# custom:
#   code: monitoring.alert_too_late
#   controls: [C93]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: signal
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: warn, production: deny}
#   settings: [monitoring.alertRatio]
#   message: "the alert on {metric} ({kind}) fires at {observed}, too close to the limit; it must fire at {required}."
#   fix: "Set alertAt of that signal to {required} in spec.monitoring.signals of the card and in the alerting rule."
deny contains finding if {
	some report in signals.reports
	some index, signal in report.signals
	is_number(signal.limit)
	not early(signal)
	kind := fairness.label(present.get(signal, "kind"))
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("card.monitoring.signals[%d].alertAt", [index]),
		"term": kind,
		"model": model.id,
		"observed": fires_at(signal),
		"required": due(signal),
		"values": {"kind": kind, "metric": fairness.label(present.get(signal, "metric"))},
	})
}

# METADATA
# title: early
# description: Whether the alert of a signal fires early enough.
early(signal) if {
	# Of a limit from above by the plain comparison, which most alerts pass.
	signal.direction == "max"
	is_number(signal.alertAt)
	signal.limit >= 0.000000001
	signal.alertAt <= settings.value.monitoring.alertRatio * signal.limit
} else if {
	# The same of a limit from below.
	signal.direction == "min"
	is_number(signal.alertAt)
	is_number(signal.baseline)
	way := signal.baseline - signal.limit
	way >= 0.000000001
	signal.alertAt >= signal.limit + (spare * way)
} else if {
	value := signal.alertAt
	is_number(value)
	last := last_call(signal)
	in_time(signal.direction, value, last)
}

in_time("max", value, last) if not fairness.below(last, value)

in_time("min", value, last) if not fairness.below(value, last)

# METADATA
# title: last_call
# description: The value at which the alert of a signal must have fired; undefined when it cannot be told.
last_call(signal) := settings.value.monitoring.alertRatio * signal.limit if {
	signal.direction == "max"
	fairness.below(0, signal.limit)
}

last_call(signal) := signal.limit + (spare * (signal.baseline - signal.limit)) if {
	signal.direction == "min"
	fairness.below(signal.limit, signal.baseline)
}

spare := 1 - settings.value.monitoring.alertRatio

fires_at(signal) := "no stated value" if {
	not is_number(present.get(signal, "alertAt"))
} else := fairness.shown(signal.alertAt, last) if {
	last := last_call(signal)
} else := sprintf("%s in no stated direction", [show.number(signal.alertAt)]) if {
	not present.get(signal, "direction") in {"max", "min"}
} else := show.number(signal.alertAt)

# What is due is to be copied into the card, so that it is not rounded as other numbers are.
due(signal) := sprintf("%s or %s", [exact(last_call(signal)), word]) if {
	word := {"max": "less", "min": "more"}[signal.direction]
} else := "a share of a limit above 0" if {
	signal.direction == "max"
} else := "a value between the limit and a baseline above it" if {
	signal.direction == "min"
} else := "a value before the limit, with direction max or min"

exact(value) := trim_right(trim_right(sprintf("%.10f", [value]), "0"), ".")

# METADATA
# scope: rule
# title: Alerts are attended to
# description: An alert on the version that is deployed has been firing for too long and nobody has taken it.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 2.3 and MANAGE 4.1
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC7.3
# custom:
#   code: monitoring.alert_unattended
#   controls: [C94]
#   severity: medium
#   priority: 3
#   appliesWhen: {objects: [serving]}
#   per: alert
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [monitoring.maxUnattendedHours]
#   message: "alert {alert} on {model} has been ignored for {observed}."
#   fix: "Attend to the alert and acknowledge it in the monitoring tool, which writes status.alerts of {card}."
deny contains finding if {
	some pair in facts.pairs
	some index, alert in present.list(pair.card, ["runtime", "alerts"])
	not dates.valid(present.get(alert, "acknowledgedAt"))
	observed := ignored(present.get(alert, "firingSince"))
	name := fairness.label(present.get(alert, "name"))
	reference := present.get(pair.card, ["source", "reference"])
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("%s.status.alerts[%d]", [card_object(reference), index]),
		"term": name,
		"model": pair.model.id,
		"observed": observed,
		"required": sprintf("acknowledged within %d hours", [settings.value.monitoring.maxUnattendedHours]),
		"values": {"alert": name, "card": fairness.label(reference)},
	})
}

# Only cards that are objects have a status.
card_object(reference) := concat("", ["ModelCard/", trim_prefix(reference, "modelcard/")]) if {
	is_string(reference)
} else := "ModelCard"

# METADATA
# title: ignored
# description: How long an alert has been firing, if that is too long; an alert that does not say is.
ignored(since) := "an unknown time" if {
	not dates.valid(since)
} else := sprintf("%d hours", [floor(passed / hour)]) if {
	passed := dates.now - dates.ns(since)
	passed > settings.value.monitoring.maxUnattendedHours * hour
}

hour := (60 * 60) * 1000000000
