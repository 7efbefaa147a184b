package mlgate.rules.monitoring_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.monitoring

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in monitoring.deny with input as document
	finding.code == code
}

reference := "modelcard/visit-triage-4.0.2"

# Findings of one code when this stands at a path below `monitoring` of the card.
watching(code, path, value) := found(code, fixtures.with_card_patch(array.concat(["monitoring"], path), value))

# What one code observes when these are the signals of the card.
observed(code, signals) := {finding.observed | some finding in watching(code, ["signals"], signals)}

performance := fixtures.signal("performance", "rocAuc", 0.1, 0.2, 0.3)

codes := {
	"monitoring.baseline_missing", "monitoring.performance_signal_missing", "monitoring.drift_signal_missing",
	"monitoring.runbook_missing", "monitoring.fairness_signal_missing", "monitoring.abuse_signal_missing",
}

test_the_passing_document_has_no_finding if {
	monitoring.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	monitoring.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_a_card_without_monitoring_is_found_by_every_rule_that_asks_for_some[note] if {
	some note, wrong in fixtures.wrong_values
	document := fixtures.with_card_patch(["monitoring"], wrong)
	{finding.code | some finding in monitoring.deny with input as document} == codes
}

test_a_card_without_the_key_monitoring_is_found_by_every_rule_that_asks_for_some if {
	document := fixtures.without_card(["monitoring"])
	{finding.code | some finding in monitoring.deny with input as document} == codes
}

test_every_model_of_a_card_is_named if {
	second := object.union(fixtures.model, {"id": "canary[0]"})
	document := json.patch(fixtures.without_card(["monitoring"]), [
		{"op": "add", "path": "/workload/models/1", "value": second},
		{"op": "add", "path": "/cards/0/models/1", "value": "canary[0]"},
	])
	{finding.code | some finding in monitoring.deny with input as document; finding.model == "canary[0]"} == codes
}

test_a_performance_signal_without_baseline_is_found if {
	found("monitoring.baseline_missing", fixtures.without_card(["monitoring", "signals", 0, "baseline"])) == {{
		"code": "monitoring.baseline_missing",
		"path": "card.monitoring.signals",
		"term": reference,
		"model": "predictor",
		"observed": "no performance signal with a baseline",
		"required": "a signal of kind performance with a baseline",
		"values": {"card": reference},
	}}
}

test_only_a_number_is_a_baseline[note] if {
	some note, wrong in [null, true, "0.91", "", [], [0.91], {}]
	count(watching("monitoring.baseline_missing", ["signals", 0, "baseline"], wrong)) == 1
}

test_one_performance_signal_with_a_baseline_is_enough if {
	signals := [object.remove(performance, ["baseline"]), object.union(performance, {"baseline": 0})]
	observed("monitoring.baseline_missing", signals) == set()
}

test_a_performance_signal_without_metric_is_found if {
	found("monitoring.performance_signal_missing", fixtures.without_card(["monitoring", "signals", 0, "metric"])) == {{
		"code": "monitoring.performance_signal_missing",
		"path": "card.monitoring.signals",
		"term": reference,
		"model": "predictor",
		"observed": "no performance signal with metric and limit",
		"required": "a dashboard and a performance signal with metric and limit",
		"values": {"card": reference},
	}}
}

test_performance_without_dashboard_is_found[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["https://graphs.example.org"], {}]
	some finding in watching("monitoring.performance_signal_missing", ["dashboard"], wrong)
	finding.path == "card.monitoring.dashboard"
	finding.observed == "no dashboard"
}

test_performance_without_the_key_dashboard_is_found if {
	count(found("monitoring.performance_signal_missing", fixtures.without_card(["monitoring", "dashboard"]))) == 1
}

test_everything_that_is_missing_is_told_at_once if {
	[finding] := [one | some one in watching("monitoring.performance_signal_missing", [], {})]
	finding.observed == "no dashboard and no performance signal with metric and limit"
}

test_a_performance_signal_needs_metric_and_limit[note] if {
	some note, keys in {
		"other kind": {"kind": "modelDrift"},
		"kind null": {"kind": null},
		"metric null": {"metric": null},
		"metric blank": {"metric": " "},
		"metric number": {"metric": 7},
		"limit null": {"limit": null},
		"limit word": {"limit": "0.3"},
	}
	signal := object.union(performance, keys)
	observed("monitoring.performance_signal_missing", [signal]) == {"no performance signal with metric and limit"}
	observed("monitoring.performance_signal_missing", [signal, performance]) == set()
}

test_metric_and_limit_must_be_of_one_signal if {
	signals := [object.remove(performance, ["metric"]), object.remove(performance, ["limit"])]
	observed("monitoring.performance_signal_missing", signals) == {"no performance signal with metric and limit"}
}

test_a_card_without_drift_signal_is_found if {
	watching("monitoring.drift_signal_missing", ["signals"], [performance]) == {{
		"code": "monitoring.drift_signal_missing",
		"path": "card.monitoring.signals",
		"term": reference,
		"model": "predictor",
		"observed": "no drift signal with metric and limit",
		"required": "a signal of kind dataDrift or modelDrift with metric and limit",
		"values": {"card": reference},
	}}
}

test_drift_of_data_or_of_the_model_is_drift[kind] if {
	some kind in ["dataDrift", "modelDrift"]
	signal := object.union(performance, {"kind": kind})
	observed("monitoring.drift_signal_missing", [signal]) == set()
	count(observed("monitoring.drift_signal_missing", [object.remove(signal, ["metric"])])) == 1
	count(observed("monitoring.drift_signal_missing", [object.remove(signal, ["limit"])])) == 1
}

test_a_card_without_runbook_is_found if {
	found("monitoring.runbook_missing", fixtures.without_card(["monitoring", "runbook"])) == {{
		"code": "monitoring.runbook_missing",
		"path": "card.monitoring.runbook",
		"term": reference,
		"model": "predictor",
		"observed": "no runbook",
		"required": "the address of a runbook",
		"values": {"card": reference},
	}}
}

test_only_words_are_a_runbook[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["https://runbooks.example.org"], {}, {"uri": "x"}]
	count(watching("monitoring.runbook_missing", ["runbook"], wrong)) == 1
}
