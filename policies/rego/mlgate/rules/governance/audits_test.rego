package mlgate.rules.governance_test

import data.mlgate.lib.fixtures_test as fixtures

test_a_finding_that_is_overdue_is_found if {
	document := reviewed("externalAudit", {"findings": [{"id": "H-3", "dueAt": "2027-03-09T23:59:59Z"}]})
	found("governance.audit_finding_overdue", document) == {{
		"code": "governance.audit_finding_overdue",
		"path": "card.reviews[7].findings[0]",
		"term": "H-3",
		"model": "predictor",
		"observed": "due on 2027-03-09",
		"required": "closed, or due today or later",
		"values": {"card": "modelcard/visit-triage-4.0.2", "kind": "externalAudit", "name": "H-3"},
	}}
}

due(keys) := {finding.observed |
	document := reviewed("redTeam", {"findings": [object.union({"id": "R-1"}, keys)]})
	some finding in found("governance.audit_finding_overdue", document)
}

test_a_finding_due_today_or_later_may_be_open[time] if {
	some time in ["2027-03-10T00:00:00Z", "2027-03-10T07:00:00Z", "2028-01-01T00:00:00Z"]
	due({"dueAt": time}) == set()
}

test_a_finding_without_a_due_date_is_overdue[note] if {
	some note, wrong in fixtures.wrong_values
	due({"dueAt": wrong}) == {"no due date"}
	due({}) == {"no due date"}
}

test_a_closed_finding_needs_no_due_date if {
	due({"closedAt": "2027-03-10T08:00:00Z"}) == set()
	due({"closedAt": "2027-03-01T00:00:00Z", "dueAt": "2027-02-01T00:00:00Z"}) == set()
}

test_a_finding_that_will_be_closed_is_open if {
	due({"closedAt": "2027-03-10T08:00:01Z"}) == {"no due date"}
}

test_a_closing_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	due({"closedAt": wrong, "dueAt": "2027-03-01T00:00:00Z"}) == {"due on 2027-03-01"}
}

test_findings_of_every_review_count if {
	changes := [[["reviews", index, "findings"], [{"id": sprintf("F-%d", [index])}]] | some index, _ in fixtures.card.reviews]
	document := fixtures.with_card_patches(changes)
	{finding.term | some finding in found("governance.audit_finding_overdue", document)} == {sprintf("F-%d", [index]) |
		some index, _ in fixtures.card.reviews
	}
}

test_a_finding_is_found_whatever_its_review_is if {
	document := fixtures.with_card_patch(["reviews"], [{"findings": [null, {"id": 7}]}])
	{[finding.path, finding.term, finding.values.kind] | some finding in found("governance.audit_finding_overdue", document)} == {
		["card.reviews[0].findings[0]", "(unnamed)", "(unnamed)"],
		["card.reviews[0].findings[1]", "(unnamed)", "(unnamed)"],
	}
}

test_findings_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "", "H-3", [], {}, {"0": {"id": "H-3"}}]
	found("governance.audit_finding_overdue", reviewed("risk", {"findings": wrong})) == set()
}

asked := {"governance": {"requiredCertifications": {"any": ["ISO/IEC 27001"], "gdpr": ["Seal"], "HIPAA": ["HIPAA evaluation"]}}}

certified(document) := {[finding.path, finding.term, finding.observed] |
	some finding in found("governance.certification_expired", document) with data.mlgate.overrides as asked
}

seal := {
	"kind": "certification",
	"name": "Seal",
	"outcome": "passed",
	"validUntil": "2027-03-10T08:00:01Z",
}

# The passing document with one more review.
with_seal(keys) := fixtures.with_card_patch(["reviews"], array.concat(fixtures.card.reviews, [object.union(seal, keys)]))

test_a_certificate_that_is_not_there_is_found if {
	findings := found("governance.certification_expired", fixtures.passing) with data.mlgate.overrides as asked
	findings == {{
		"code": "governance.certification_expired",
		"path": "card.reviews",
		"term": "Seal",
		"model": "predictor",
		"observed": "none",
		"required": "a certificate that is valid today",
		"values": {"card": "modelcard/visit-triage-4.0.2", "name": "Seal"},
	}}
}

test_a_valid_certificate_is_enough[note] if {
	some note, keys in [{}, {"outcome": "accepted"}, {"name": " seal "}]
	certified(with_seal(keys)) == set()
}

test_each_part_of_a_certificate_is_asked_for[note] if {
	some note, tc in [
		{"keys": {"outcome": "failed"}, "observed": "failed"},
		{"keys": {"outcome": null}, "observed": "no outcome"},
		{"keys": {"validUntil": "2027-03-10T08:00:00Z"}, "observed": "valid until 2027-03-10"},
		{"keys": {"validUntil": null}, "observed": "no end of validity"},
		{"keys": {"validUntil": "for ever"}, "observed": "no possible end of validity"},
		{"keys": {"outcome": "failed", "validUntil": ""}, "observed": "failed and no end of validity"},
	]
	certified(with_seal(tc.keys)) == {["card.reviews[10]", "Seal", tc.observed]}
}

test_a_certificate_of_another_name_is_another[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["Seals", ["Seal"]])
	certified(with_seal({"name": wrong})) == {["card.reviews", "Seal", "none"]}
}

test_a_review_of_another_kind_is_no_certificate if {
	certified(with_seal({"kind": "compliance"})) == {["card.reviews", "Seal", "none"]}
}

test_an_ended_certificate_beside_a_valid_one_does_no_harm if {
	both := array.concat(fixtures.card.reviews, [object.union(seal, {"outcome": "failed"}), seal])
	certified(fixtures.with_card_patch(["reviews"], both)) == set()
}

test_the_regulations_of_the_card_say_which_are_asked_for[note] if {
	some note, tc in [
		{"regulations": ["hipaa "], "terms": {"HIPAA evaluation"}},
		{"regulations": ["none"], "terms": set()},
		{"regulations": null, "terms": set()},
		{"regulations": [null, 7, "HIPAA", "GDPR"], "terms": {"HIPAA evaluation", "Seal"}},
	]
	document := fixtures.with_card_patch(["risk", "regulations"], tc.regulations)
	{term | some [_, term, _] in certified(document)} == tc.terms
}

test_what_is_asked_of_any_model_is_asked_without_regulations if {
	document := fixtures.with_card_patches([[["risk"], null], [["reviews"], null]])
	certified(document) == {["card.reviews", "ISO/IEC 27001", "none"]}
}

test_no_certificate_is_asked_for_without_settings if {
	found("governance.certification_expired", fixtures.with_card_patch(["reviews"], [])) == set()
}
