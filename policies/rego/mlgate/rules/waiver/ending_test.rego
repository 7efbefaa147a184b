package mlgate.rules.waiver_test

import data.mlgate.rules.waiver

# A new Waiver that the loader read with this end.
ending(time) := json.patch(created(spec), [{"op": "replace", "path": "/waivers/0/expiresAt", "value": time}])

test_an_end_too_far_away_is_told if {
	candidates(ending("2027-06-08T08:00:01Z")) == {{
		"code": "waiver.expiry_invalid",
		"path": "spec.expiresAt",
		"term": null,
		"model": null,
		"observed": "2027-06-08",
		"required": "90",
		"values": {"waiver": "clinic-prod/slow-rollback"},
	}}
}

test_an_end_within_the_days_is_let_through[time] if {
	some time in ["2027-03-10T08:00:01Z", "2027-06-08T08:00:00Z"]
	codes(ending(time)) == set()
}

test_an_end_that_has_passed_is_told[time] if {
	some time in ["2027-03-10T08:00:00Z", "2027-03-10T00:00:00Z", "1999-01-01T00:00:00Z"]
	codes(ending(time)) == {"waiver.expiry_invalid"}
}

test_an_end_that_is_none_is_told[time] if {
	some time in [null, "", "soon", "2027-04-31T00:00:00Z", "9999-01-01T00:00:00Z", 7, true, [], {}]
	codes(ending(time)) == {"waiver.expiry_invalid"}
	observed(ending(time)) == {"not a date"}
}

test_a_missing_end_is_told if {
	document := json.patch(created(spec), [{"op": "remove", "path": "/waivers/0/expiresAt"}])
	observed(document) == {"not a date"}
}

test_the_waiver_under_review_stands_alone[list] if {
	some list in [[], [read, read], null, {}, "x", [null]]
	document := json.patch(created(spec), [{"op": "replace", "path": "/waivers", "value": list}])
	codes(document) == {"waiver.expiry_invalid"}
}

test_missing_waivers_are_told if {
	codes(json.patch(created(spec), [{"op": "remove", "path": "/waivers"}])) == {"waiver.expiry_invalid"}
}

test_a_longest_life_that_cannot_be_read_is_none[days] if {
	some days in [null, "90", []]
	found := waiver.deny with input as created(spec)
		with data.mlgate.catalog as catalog
		with data.mlgate.settings.waiver.maxDays as days
	{candidate.code | some candidate in found} == {"waiver.expiry_invalid"}
}

test_the_end_is_not_judged_again_on_a_change if {
	document := json.patch(review("UPDATE", waiver_object, waiver_object), [{
		"op": "replace", "path": "/waivers/0/expiresAt", "value": "2027-03-01T00:00:00Z",
	}])
	codes(document) == set()
}

test_a_name_still_to_be_generated_is_left_out if {
	document := json.patch(ending(null), [{"op": "replace", "path": "/request/name", "value": null}])
	{candidate.values.waiver | some candidate in candidates(document)} == {"clinic-prod"}
}
