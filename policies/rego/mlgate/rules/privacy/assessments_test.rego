package mlgate.rules.privacy_test

import data.mlgate.lib.fixtures_test as fixtures

# The kind of review each rule asks for, and how old it may be.
asked := {
	"privacy.reidentification_assessment_missing": {"kind": "reidentification", "days": 365},
	"privacy.minimization_review_overdue": {"kind": "dataMinimization", "days": 92},
	"privacy.impact_assessment_missing": {"kind": "privacyImpact", "days": 365},
	"privacy.synthetic_audit_missing": {"kind": "syntheticData", "days": 365},
}

synthetic := [["datasets", 1, "synthetic"], true]

# What one code observes when this is the only review of the kind it asks for.
assessed(code, keys) := {finding.observed |
	base := object.union(fixtures.accepted_review(asked[code].kind, "Privacy Office"), {"independent": true})
	changes := [synthetic, [["reviews"], [object.union(base, keys)]]]
	some finding in found(code, fixtures.with_card_patches(changes))
}

test_a_review_that_is_missing_is_found[code] if {
	some code, review in asked
	document := fixtures.with_card_patches([synthetic, [["reviews"], []]])
	[finding] := [one | some one in found(code, document)]
	object.remove(finding, ["required"]) == {
		"code": code,
		"path": "card.reviews",
		"term": reference,
		"model": "predictor",
		"observed": "none",
		"values": {"card": reference},
	}
	startswith(finding.required, sprintf("a current review of kind %s, at most %d days old", [review.kind, review.days]))
}

test_an_audit_of_synthetic_data_comes_from_outside if {
	document := fixtures.with_card_patches([synthetic, [["reviews"], []]])
	{finding.required | some finding in found("privacy.synthetic_audit_missing", document)} == {
		"a current review of kind syntheticData, at most 365 days old, by somebody from outside",
	}
}

test_reviews_of_a_wrong_kind_are_none[sprintf("%s %d", [code, note])] if {
	some code, _ in asked
	some note, wrong in fixtures.wrong_values
	document := fixtures.with_card_patches([synthetic, [["reviews"], wrong]])
	{finding.observed | some finding in found(code, document)} == {"none"}
}

test_a_current_review_is_enough[code] if {
	some code, _ in asked
	assessed(code, {}) == set()
	assessed(code, {"outcome": "passed"}) == set()
	assessed(code, {"validUntil": "2027-03-10T08:00:01Z"}) == set()
}

test_a_review_that_does_not_count_is_found[sprintf("%s %s", [code, note])] if {
	some code, _ in asked
	some note, keys in {
		"failed": {"outcome": "failed"},
		"no outcome": {"outcome": null},
		"nobody": {"by": " "},
		"no report": {"report": null},
		"no date": {"date": null},
		"future": {"date": "2027-03-11T00:00:00Z"},
		"ended": {"validUntil": "2027-03-10T08:00:00Z"},
		"no end": {"validUntil": "soon"},
	}
	count(assessed(code, keys)) == 1
}

test_a_review_may_be_as_old_as_the_settings_say[note] if {
	some note, tc in {
		"minimisation, 92 days": {"code": "privacy.minimization_review_overdue", "date": "2026-12-08T00:00:00Z", "count": 0},
		"minimisation, 93 days": {"code": "privacy.minimization_review_overdue", "date": "2026-12-07T00:00:00Z", "count": 1},
		"impact, 365 days": {"code": "privacy.impact_assessment_missing", "date": "2026-03-10T00:00:00Z", "count": 0},
		"impact, 366 days": {"code": "privacy.impact_assessment_missing", "date": "2026-03-09T00:00:00Z", "count": 1},
		"risk, 365 days": {"code": "privacy.reidentification_assessment_missing", "date": "2026-03-10T00:00:00Z", "count": 0},
		"risk, 366 days": {"code": "privacy.reidentification_assessment_missing", "date": "2026-03-09T00:00:00Z", "count": 1},
		"audit, 365 days": {"code": "privacy.synthetic_audit_missing", "date": "2026-03-10T00:00:00Z", "count": 0},
		"audit, 366 days": {"code": "privacy.synthetic_audit_missing", "date": "2026-03-09T00:00:00Z", "count": 1},
	}
	count(assessed(tc.code, {"date": tc.date})) == tc.count
}

test_a_site_may_ask_for_each_review_more_often[code] if {
	some code, key in {
		"privacy.reidentification_assessment_missing": "reidentificationMaxAgeDays",
		"privacy.minimization_review_overdue": "minimizationMaxAgeDays",
		"privacy.impact_assessment_missing": "impactAssessmentMaxAgeDays",
	}
	findings := found(code, fixtures.passing) with data.mlgate.overrides as {"privacy": {key: 20}}
	count(findings) == 1
}

test_a_later_failure_is_not_outweighed_by_an_earlier_pass if {
	reviews := [
		object.union(fixtures.accepted_review("privacyImpact", "Privacy Office"), {"date": "2027-02-01T00:00:00Z"}),
		object.union(fixtures.accepted_review("privacyImpact", "Privacy Office"), {"outcome": "failed"}),
	]
	[finding] := [one | some one in found("privacy.impact_assessment_missing", fixtures.with_card_patch(["reviews"], reviews))]
	finding.path == "card.reviews[1]"
	finding.observed == "failed"
}

test_an_audit_by_the_own_people_does_not_count[note] if {
	some note, wrong in [null, false, "true", 1, [], {}]
	assessed("privacy.synthetic_audit_missing", {"independent": wrong}) == {"not independent"}
}

test_other_reviews_may_be_of_the_own_people[code] if {
	some code in (object.keys(asked) - {"privacy.synthetic_audit_missing"})
	assessed(code, {"independent": null}) == set()
}

test_only_generated_rows_need_an_audit[note] if {
	some note, value in [null, false, "true", 1, "", [], {}]
	document := fixtures.with_card_patches([[["datasets", 1, "synthetic"], value], [["reviews"], []]])
	found("privacy.synthetic_audit_missing", document) == set()
}

# Codes that ask for a review of a card whose datasets are all of this kind.
asking(personal_data) := {finding.code |
	changes := array.concat([[["reviews"], []]], [change |
		some index in [0, 1]
		change := [["datasets", index, "personalData"], personal_data]
	])
	document := fixtures.with_card_patches(changes)
	some code, _ in asked
	some finding in found(code, document)
}

test_what_is_assessed_follows_from_the_data[personal_data] if {
	some personal_data, codes in {
		"none": set(),
		"anonymized": {"privacy.reidentification_assessment_missing"},
		"pseudonymized": {
			"privacy.reidentification_assessment_missing",
			"privacy.minimization_review_overdue", "privacy.impact_assessment_missing",
		},
		"personal": {"privacy.minimization_review_overdue", "privacy.impact_assessment_missing"},
		"special": {"privacy.minimization_review_overdue", "privacy.impact_assessment_missing"},
	}
	asking(personal_data) == codes
}

test_data_of_which_nothing_is_said_is_assessed_as_personal[note] if {
	some note, wrong in fixtures.wrong_values
	asking(wrong) == {"privacy.minimization_review_overdue", "privacy.impact_assessment_missing"}
}

test_one_dataset_is_enough if {
	changes := [[["reviews"], []], [["datasets", 0, "personalData"], "none"], [["datasets", 1, "personalData"], "anonymized"]]
	{finding.code |
		some code, _ in asked
		some finding in found(code, fixtures.with_card_patches(changes))
	} == {"privacy.reidentification_assessment_missing"}
}

test_a_card_without_datasets_needs_no_assessment[note] if {
	some note, wrong in [null, true, 7, "visits", [], {}]
	document := fixtures.with_card_patches([[["reviews"], []], [["datasets"], wrong]])
	{finding.code | some code, _ in asked; some finding in found(code, document)} == set()
}

# How many impact assessments are missed of a card of a tier and a data class.
impact(tier, classification) := count(found("privacy.impact_assessment_missing", document)) if {
	document := json.patch(
		fixtures.with_card_patches([
			[["reviews"], []], [["risk", "tier"], tier],
			[["datasets", 0, "classification"], classification], [["datasets", 1, "classification"], classification],
		]),
		[{"op": "replace", "path": "/workload/labels", "value": {}}],
	)
}

test_impact_is_assessed_for_high_risk_or_sensitive_data if {
	impact("high", "public") == 1
	impact("limited", "confidential") == 1
	impact("minimal", "restricted") == 1
	impact("limited", "internal") == 0
	impact("minimal", "public") == 0
	impact(null, "public") == 1
	impact("minimal", null) == 1
}

test_each_card_answers_for_its_own_data if {
	other := object.union(fixtures.card_entry, {
		"source": {"type": "modelcard", "reference": "modelcard/other"},
		"card": object.union(fixtures.card, {"datasets": [], "reviews": []}),
	})
	first := json.patch(fixtures.with_card_patch(["reviews"], []), [{"op": "add", "path": "/cards/0", "value": other}])
	{finding.term | some code, _ in asked; some finding in found(code, first)} == {reference}
}
