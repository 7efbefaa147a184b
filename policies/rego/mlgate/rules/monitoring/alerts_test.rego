package mlgate.rules.monitoring_test

import data.mlgate.lib.fixtures_test as fixtures

# What is said of one signal about its alert.
lateness(keys) := {[finding.observed, finding.required] |
	signals := [object.union(fixtures.signal("dataDrift", "psi", 0.03, 0.15, 0.2), keys)]
	some finding in watching("monitoring.alert_too_late", ["signals"], signals)
}

floor_signal(keys) := object.union({"direction": "min", "baseline": 0.9, "limit": 0.8, "alertAt": 0.85}, keys)

test_an_alert_too_close_to_its_limit_is_found if {
	watching("monitoring.alert_too_late", ["signals", 1, "alertAt"], 0.17) == {{
		"code": "monitoring.alert_too_late",
		"path": "card.monitoring.signals[1].alertAt",
		"term": "dataDrift",
		"model": "predictor",
		"observed": "0.17",
		"required": "0.16 or less",
		"values": {"kind": "dataDrift", "metric": "populationStabilityIndex"},
	}}
}

test_an_alert_below_a_ceiling_fires_in_time[value] if {
	some value in [-1, 0, 0.1, 0.16, 0.1600000001]
	lateness({"alertAt": value}) == set()
}

test_an_alert_above_four_fifths_of_a_ceiling_is_late[value] if {
	some value, shown in {0.17: "0.17", 0.2: "0.2", 0.3: "0.3", 0.16001: "0.16001"}
	lateness({"alertAt": value}) == {[shown, "0.16 or less"]}
}

test_an_alert_above_a_floor_fires_in_time[value] if {
	some value in [0.82, 0.8199999999, 0.85, 0.9, 7]
	lateness(floor_signal({"alertAt": value})) == set()
}

test_an_alert_too_close_to_a_floor_is_late[value] if {
	some value, shown in {0.81: "0.81", 0.8: "0.8", 0.7: "0.7", -1: "-1", 0.81999: "0.81999"}
	lateness(floor_signal({"alertAt": value})) == {[shown, "0.82 or more"]}
}

test_a_floor_may_be_below_zero if {
	lateness(floor_signal({"baseline": 0, "limit": -1, "alertAt": -0.8})) == set()
	lateness(floor_signal({"baseline": 0, "limit": -1, "alertAt": -0.9})) == {["-0.9", "-0.8 or more"]}
}

test_an_alert_that_is_no_number_never_fires[note] if {
	some note, wrong in [null, true, "0.1", "", [], {}]
	lateness({"alertAt": wrong}) == {["no stated value", "0.16 or less"]}
	lateness(floor_signal({"alertAt": wrong})) == {["no stated value", "0.82 or more"]}
}

test_an_alert_needs_a_direction[note] if {
	some note, wrong in [null, true, 7, "", "maximum", "MAX", [], ["max"], {}]
	lateness({"direction": wrong}) == {["0.15 in no stated direction", "a value before the limit, with direction max or min"]}
}

# An alert that would be in time for a floor.
test_a_ceiling_is_not_judged_as_a_floor if {
	lateness(floor_signal({"direction": "max"})) == {["0.85", "0.64 or less"]}
	lateness(floor_signal({"direction": "down"})) == {["0.85 in no stated direction", "a value before the limit, with direction max or min"]}
}

test_a_signal_without_the_keys_of_an_alert_is_found if {
	bare := {"kind": "dataDrift", "metric": "psi", "limit": 0.2}
	findings := watching("monitoring.alert_too_late", ["signals"], [bare, object.union(bare, {"alertAt": 0.1})])
	{[finding.path, finding.observed] | some finding in findings} == {
		["card.monitoring.signals[0].alertAt", "no stated value"],
		["card.monitoring.signals[1].alertAt", "0.1 in no stated direction"],
	}
}

test_a_ceiling_must_be_above_zero[value] if {
	some value in [0, -1, 0.0000000001]
	lateness({"limit": value, "alertAt": -5}) == {["-5", "a share of a limit above 0"]}
}

test_a_floor_needs_a_baseline_above_it[note] if {
	some note, wrong in [null, true, "0.9", [], {}, 0.8, 0.8000000001, 0.7]
	lateness(floor_signal({"baseline": wrong})) == {["0.85", "a value between the limit and a baseline above it"]}
}

test_a_ceiling_needs_no_baseline[note] if {
	some note, wrong in [null, true, "0.9", [], {}, 7]
	lateness({"baseline": wrong}) == set()
}

test_a_signal_without_a_limit_has_no_alert_to_judge[note] if {
	some note, wrong in [null, true, "0.2", [], {}]
	lateness({"limit": wrong, "alertAt": 7}) == set()
}

test_signals_without_names_are_judged_too if {
	signals := [{"kind": ["x"], "metric": 7, "limit": 1, "direction": "max", "alertAt": 1}]
	[finding] := [one | some one in watching("monitoring.alert_too_late", ["signals"], signals)]
	finding.term == "(unnamed)"
	finding.values == {"kind": "(unnamed)", "metric": "(unnamed)"}
}

test_a_site_may_ask_for_earlier_alerts if {
	document := fixtures.with_card_patch(["monitoring", "signals"], [fixtures.signal("dataDrift", "psi", 0, 0.15, 0.2)])
	findings := found("monitoring.alert_too_late", document) with data.mlgate.overrides as {"monitoring": {"alertRatio": 0.5}}
	{finding.required | some finding in findings} == {"0.1 or less"}
}

with_alerts(given) := fixtures.with_patch(["cards", 0, "runtime"], {"incidents": [], "alerts": given})

unattended(given) := {[finding.term, finding.observed] |
	some finding in found("monitoring.alert_unattended", with_alerts(given))
}

alert(keys) := object.union(
	{"name": "psi above 0.15", "firingSince": "2027-03-01T08:00:00Z", "acknowledgedAt": null},
	keys,
)

test_an_alert_nobody_took_is_found if {
	found("monitoring.alert_unattended", with_alerts([alert({"acknowledgedAt": "2027-03-01T09:00:00Z"}), alert({})])) == {{
		"code": "monitoring.alert_unattended",
		"path": "ModelCard/visit-triage-4.0.2.status.alerts[1]",
		"term": "psi above 0.15",
		"model": "predictor",
		"observed": "216 hours",
		"required": "acknowledged within 168 hours",
		"values": {"alert": "psi above 0.15", "card": reference},
	}}
}

test_an_alert_may_fire_for_a_week[since] if {
	some since in ["2027-03-03T08:00:00Z", "2027-03-10T07:00:00Z", "2027-03-11T08:00:00Z"]
	unattended([alert({"firingSince": since})]) == set()
}

test_a_second_longer_is_too_long if {
	unattended([alert({"firingSince": "2027-03-03T07:59:59Z"})]) == {["psi above 0.15", "168 hours"]}
}

test_an_alert_that_does_not_say_since_when_is_found[note] if {
	some note, wrong in [null, true, 7, "", "yesterday", "2027-02-30T00:00:00Z", [], {}]
	unattended([alert({"firingSince": wrong})]) == {["psi above 0.15", "an unknown time"]}
}

test_only_a_time_acknowledges_an_alert[note] if {
	some note, wrong in [null, true, 7, "", "yes", "2027-02-30T00:00:00Z", [], {}]
	unattended([alert({"acknowledgedAt": wrong})]) == {["psi above 0.15", "216 hours"]}
	unattended([object.remove(alert({}), ["acknowledgedAt"])]) == {["psi above 0.15", "216 hours"]}
}

test_an_alert_that_says_nothing_is_found[note] if {
	some note, wrong in [null, 7, "psi", {}]
	unattended([wrong]) == {["(unnamed)", "an unknown time"]}
}

test_cards_without_status_have_no_alerts[note] if {
	some note, wrong in fixtures.wrong_values
	found("monitoring.alert_unattended", fixtures.with_patch(["cards", 0, "runtime"], wrong)) == set()
}

test_alerts_of_a_card_without_reference_are_found_all_the_same[note] if {
	some note, wrong in [null, 7, [], {}]
	document := json.patch(with_alerts([alert({})]), [{"op": "replace", "path": "/cards/0/source", "value": {"reference": wrong}}])
	[finding.path | some finding in found("monitoring.alert_unattended", document)] == ["ModelCard.status.alerts[0]"]
}

test_alerts_of_a_card_that_covers_no_model_are_left_alone if {
	document := json.patch(with_alerts([alert({})]), [{"op": "replace", "path": "/cards/0/models", "value": []}])
	found("monitoring.alert_unattended", document) == set()
}

test_a_site_may_wait_for_less if {
	document := with_alerts([alert({"firingSince": "2027-03-10T06:00:00Z"})])
	findings := found("monitoring.alert_unattended", document) with data.mlgate.overrides as {"monitoring": {"maxUnattendedHours": 1}}
	{finding.observed | some finding in findings} == {"2 hours"}
}
