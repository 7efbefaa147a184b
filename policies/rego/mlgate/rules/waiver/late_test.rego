package mlgate.rules.waiver_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.waiver

slow := {
	"code": "rollback.too_slow",
	"term": "modelcard/visit-triage-4.0.2",
	"model": "predictor",
	"enforcement": "deny",
}

overdue := object.union(slow, {"code": "rollback.test_overdue", "enforcement": "warn"})

# A waiver in force for both findings.
in_force := object.union(read, {
	"codes": ["rollback.too_slow", "rollback.test_overdue"],
	"createdAt": "2027-03-01T00:00:00Z",
})

late(list, findings) := found if {
	found := waiver.late with input as fixtures.with_patch(["waivers"], list)
		with data.mlgate.lib.judgement.judged as findings
}

late_codes(list, findings) := {candidate.code | some candidate in late(list, findings)}

test_a_waiver_that_applies_for_long_is_quiet if late([in_force], {slow, overdue}) == set()

test_a_waiver_that_does_not_apply_is_told_once if {
	late([object.union(in_force, {"assurance": "claimed"})], {slow, overdue}) == {{
		"code": "waiver.not_applied",
		"path": "Waiver/slow-rollback.spec",
		"term": "clinic-prod/slow-rollback",
		"model": null,
		"observed": "it is only claimed, for no guard has stood unedited since before it (`mlgate doctor` tells)",
		"required": "a waiver that applies",
		"values": {"waiver": "clinic-prod/slow-rollback", "code": "rollback.test_overdue, rollback.too_slow"},
	}}
}

test_each_reason_is_told_with_its_code if {
	never := object.union(slow, {"code": "waiver.scope_invalid"})
	list := [object.union(in_force, {"codes": ["waiver.scope_invalid", "rollback.too_slow"], "expiresAt": null})]
	found := late(list, {slow, never})
	{candidate.observed | some candidate in found} == {concat(", ", [
		"it ended on null",
		"it lasts longer than 90 days",
		"waiver.scope_invalid cannot be waived here",
		"it ended on null",
		"it lasts longer than 90 days",
	])}
}

test_a_hindered_waiver_for_an_audited_finding_is_not_told if {
	late([object.union(in_force, {"assurance": "claimed"})], {object.union(slow, {"enforcement": "audit"})}) == set()
}

test_a_hindered_waiver_for_no_finding_is_not_told if {
	late([object.union(in_force, {"assurance": "claimed"})], set()) == set()
}

test_a_waiver_for_something_else_is_not_told[note] if {
	some note, fields in {
		"code": {"codes": ["rollback.procedure_missing"]},
		"term": {"terms": ["x"]},
		"workload": {"subject": {"workload": {"name": "front-desk"}}},
	}
	late([object.union(in_force, object.union({"assurance": "claimed"}, fields))], {slow}) == set()
}

test_a_waiver_listed_twice_is_told_once if {
	hindered := object.union(in_force, {"assurance": "claimed"})
	count(late([hindered, hindered], {slow})) == 1
}

test_waivers_without_a_name_are_told[name] if {
	some name in [null, 7, {}]
	hindered := object.union(object.remove(in_force, ["name"]), {"assurance": "claimed", "name": name})
	count(late([hindered], {slow})) == 1
}

test_waivers_that_cannot_be_read_are_not_told[list] if {
	some list in [null, {}, "x", 7, [null], ["x"], [{}]]
	late(list, {slow}) == set()
}

test_a_waiver_that_ends_soon_is_told if {
	late([object.union(in_force, {"expiresAt": "2027-03-24T08:00:00Z"})], {slow, overdue}) == {{
		"code": "waiver.expiring",
		"path": "Waiver/slow-rollback.spec.expiresAt",
		"term": "clinic-prod/slow-rollback",
		"model": null,
		"observed": "2027-03-24",
		"required": "more than 14 days left",
		"values": {
			"waiver": "clinic-prod/slow-rollback",
			"code": "rollback.test_overdue, rollback.too_slow",
			"date": "2027-03-24",
		},
	}}
}

test_a_waiver_that_ends_a_second_later_is_not_told if {
	late([object.union(in_force, {"expiresAt": "2027-03-24T08:00:01Z"})], {slow}) == set()
}

test_a_waiver_that_lifts_an_audited_finding_is_told if {
	ending_soon := object.union(in_force, {"expiresAt": "2027-03-20T00:00:00Z"})
	late_codes([ending_soon], {object.union(slow, {"enforcement": "audit"})}) == {"waiver.expiring"}
}

test_only_the_waiver_that_was_applied_is_told if {
	ending_soon := object.union(in_force, {"name": "old", "expiresAt": "2027-03-20T00:00:00Z"})
	late([in_force, ending_soon], {slow}) == set()
	late_codes([ending_soon, in_force], {slow}) == {"waiver.expiring"}
}

test_a_waiver_that_lifts_nothing_is_not_told_to_end if {
	late([object.union(in_force, {"expiresAt": "2027-03-20T00:00:00Z"})], set()) == set()
}
