package mlgate.rules.waiver_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.waiver

test_a_waiver_without_codes_is_told if {
	candidates(with_field("codes", [])) == {{
		"code": "waiver.scope_invalid",
		"path": "spec",
		"term": null,
		"model": null,
		"observed": "spec.codes names no code",
		"required": "exact codes, a subject, a reason and a ticket",
		"values": {"waiver": "clinic-prod/slow-rollback"},
	}}
}

test_codes_that_are_no_list_are_told[value] if {
	some value in [null, "rollback.too_slow", 7, true, {}]
	observed(with_field("codes", value)) == {"spec.codes names no code"}
}

test_missing_codes_are_told if observed(without_field("codes")) == {"spec.codes names no code"}

test_codes_of_another_type_are_told[value] if {
	some value in [null, 7, true, [], ["rollback.too_slow"], {}]
	observed(with_field("codes", ["rollback.too_slow", value])) == {"spec.codes holds something that is no code"}
}

test_a_code_that_does_not_exist_is_told[code] if {
	some code in ["rollback.slow", "*", "rollback.*", "Rollback.too_slow", " rollback.too_slow"]
	observed(with_field("codes", ["rollback.too_slow", code])) == {sprintf("code %s does not exist", [code])}
}

test_a_code_that_can_never_be_waived_is_told if {
	observed(with_field("codes", ["rollback.too_slow", "waiver.scope_invalid"])) == {
		"code waiver.scope_invalid cannot be waived in profile production",
	}
}

test_a_code_that_cannot_be_waived_here_is_told_here_only if {
	document := with_field("codes", ["secrets.embedded"])
	observed(document) == {"code secrets.embedded cannot be waived in profile production"}
	found := waiver.deny with input as document
		with data.mlgate.catalog as catalog
		with data.mlgate.lib.facts.profile as "staging"
	found == set()
}

test_without_a_catalogue_no_code_exists if {
	found := waiver.deny with input as created(spec) with data.mlgate.catalog as {}
	{candidate.observed | some candidate in found} == {"code rollback.too_slow does not exist"}
}

test_codes_listed_twice_are_let_through if {
	codes(with_field("codes", ["rollback.too_slow", "rollback.too_slow"])) == set()
}

test_a_subject_that_is_not_sufficient_is_told[subject] if {
	some subject in [
		null, {}, [], "visit-triage", 7, {"model": "visit-triage"}, {"version": "4.0.2"},
		{"digest": ""}, {"digest": " "}, {"model": " ", "version": "4.0.2"},
	]
	observed(with_field("subject", subject)) == {"spec.subject names no workload, digest or model with version"}
}

test_a_missing_subject_is_told if {
	observed(without_field("subject")) == {"spec.subject names no workload, digest or model with version"}
}

test_a_sufficient_subject_is_let_through[subject] if {
	some subject in [
		{"digest": "sha256:aa"},
		{"model": "visit-triage", "version": "4.0.2"},
		{"model": "visit-triage", "workload": {"kind": "InferenceService", "name": "x"}},
		{"digest": "sha256:aa", "model": null, "workload": null},
	]
	codes(with_field("subject", subject)) == set()
}

test_a_part_of_the_subject_that_cannot_be_read_is_told[part] if {
	some part in ["model", "version", "digest"]
	every value in [7, true, [], {}, ["x"]] {
		subject := {"workload": spec.subject.workload, part: value}
		observed(with_field("subject", subject)) == {sprintf("spec.subject.%s cannot be read", [part])}
	}
}

test_a_workload_that_cannot_be_read_is_told[workload] if {
	some workload in ["x", 7, [], {}, {"kind": "Deployment"}, {"kind": "", "name": "x"}, {"kind": 1, "name": 2}]
	subject := {"digest": "sha256:aa", "workload": workload}
	observed(with_field("subject", subject)) == {"spec.subject.workload needs kind and name"}
}

test_terms_that_cannot_be_read_are_told[terms] if {
	some terms in ["modelcard/x", 7, true, {}, [7], [null], ["a", []]]
	observed(with_field("terms", terms)) == {"spec.terms is no list of words"}
}

test_terms_may_be_left_out if {
	codes(without_field("terms")) == set()
	codes(with_field("terms", [])) == set()
	codes(with_field("terms", null)) == set()
}

test_a_reason_that_says_nothing_is_told[reason] if {
	some reason in [null, "", " ", "too short", "lorem ipsum", 7, true, {}, [spec.reason]]
	observed(with_field("reason", reason)) == {"spec.reason says nothing"}
}

test_a_missing_reason_is_told if observed(without_field("reason")) == {"spec.reason says nothing"}

test_a_ticket_that_is_none_is_told[ticket] if {
	some ticket in [null, "", " ", 88, true, [], ["RISK-88"], {}]
	observed(with_field("ticket", ticket)) == {"spec.ticket is missing"}
}

test_a_missing_ticket_is_told if observed(without_field("ticket")) == {"spec.ticket is missing"}

test_the_scope_is_judged_on_every_change if {
	document := review("UPDATE", of_spec(object.remove(spec, ["ticket"])), of_spec(object.remove(spec, ["ticket"])))
	codes(document) == {"waiver.scope_invalid"}
}

test_all_flaws_are_one_finding if {
	observed(created(object.union(object.remove(spec, ["ticket", "reason"]), {"codes": ["waiver.scope_invalid"]}))) == {
		concat(", ", [
			"code waiver.scope_invalid cannot be waived in profile production",
			"spec.reason says nothing",
			"spec.ticket is missing",
		]),
	}
}

test_other_objects_are_no_waivers[operation] if {
	some operation in ["CREATE", "UPDATE"]
	codes(fixtures.with_patch(["request", "operation"], operation)) == set()
}

approvals_of_all := [
	"signoff.approval_missing", "signoff.rejected", "signoff.approver_not_independent", "signoff.assurance_too_low",
	"signoff.signer_not_trusted",
]

test_in_production_no_waiver_stands_for_the_approvers[code] if {
	some code in approvals_of_all
	told := {finding.observed | some finding in waiver.deny} with input as created(object.union(spec, {"codes": [code]}))
	told == {sprintf("code %s cannot be waived in profile production", [code])}
}

test_a_site_may_let_them_be_waived[code] if {
	some code in approvals_of_all
	found := waiver.deny with input as created(object.union(spec, {"codes": [code]}))
		with data.mlgate.settings.waiver.notWaivableIn.production as ["secrets.embedded"]
	found == set()
}
