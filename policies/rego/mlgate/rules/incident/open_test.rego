package mlgate.rules.incident_test

import data.mlgate.lib.fixtures_test as fixtures

# The passing document whose card has these incidents.
with_incidents(given) := fixtures.with_patch(["cards", 0, "runtime", "incidents"], given)

severities(given) := {finding.observed | some finding in found("incident.open_incident", with_incidents(given))}

test_an_open_incident_is_found if {
	found("incident.open_incident", with_incidents([{"id": "INC-7", "severity": "high", "closedAt": null}])) == {{
		"code": "incident.open_incident",
		"path": "card.status.incidents[0]",
		"term": "INC-7",
		"model": "predictor",
		"observed": "high",
		"required": "no open incident of severity high, critical",
		"values": {"card": "modelcard/visit-triage-4.0.2", "incident": "INC-7", "value": "high"},
	}}
}

test_the_severity_decides[severity] if {
	some severity, words in {"low": set(), "medium": set(), "high": {"high"}, "critical": {"critical"}}
	severities([{"id": "INC-7", "severity": severity}]) == words
}

test_a_severity_that_is_not_known_counts_as_critical[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["Low", ["low"]])
	severities([{"id": "INC-7", "severity": wrong}]) == {"critical"}
	severities([{"id": "INC-7"}]) == {"critical"}
}

test_a_closed_incident_is_none if {
	severities([{"id": "INC-7", "severity": "critical", "closedAt": "2027-03-01T00:00:00Z"}]) == set()
}

test_a_closing_of_a_wrong_kind_leaves_it_open[note] if {
	some note, wrong in fixtures.wrong_values
	severities([{"id": "INC-7", "severity": "high", "closedAt": wrong}]) == {"high"}
}

test_one_closed_incident_does_not_close_another if {
	given := [{"id": "INC-7", "closedAt": "2027-03-01T00:00:00Z"}, {"id": "INC-8"}]
	{[finding.path, finding.term] | some finding in found("incident.open_incident", with_incidents(given))} == {["card.status.incidents[1]", "INC-8"]}
}

test_an_incident_that_is_no_object_is_open_and_critical if {
	{[finding.term, finding.observed] | some finding in found("incident.open_incident", with_incidents([null]))} == {["(unnamed)", "critical"]}
}

test_incidents_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "", "INC-7", [], {}, {"0": {"id": "INC-7"}}]
	severities(wrong) == set()
	found("incident.open_incident", fixtures.with_patch(["cards", 0, "runtime"], wrong)) == set()
}

test_an_incident_of_a_card_of_other_models_is_theirs if {
	document := json.patch(
		with_incidents([{"id": "INC-7"}]),
		[{"op": "replace", "path": "/cards/0/models", "value": ["another"]}],
	)
	found("incident.open_incident", document) == set()
}

test_the_site_says_which_severities_stop_a_rollout if {
	found("incident.open_incident", with_incidents([{"id": "INC-7", "severity": "low"}])) == set()
	lower := found("incident.open_incident", with_incidents([{"id": "INC-7", "severity": "low"}])) with data.mlgate.overrides as {"incident": {"blockingSeverities": ["low"]}}
	{finding.required | some finding in lower} == {"no open incident of severity low"}
}
