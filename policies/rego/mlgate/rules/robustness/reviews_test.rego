package mlgate.rules.robustness_test

import data.mlgate.lib.fixtures_test as fixtures

# By code, the kind of review asked for.
reviewed := {
	"robustness.red_team_overdue": "redTeam",
	"robustness.threat_model_missing": "threatModel",
}

with_review(kind, keys) := fixtures.with_card_patch(["reviews"], [object.union(fixtures.accepted_review(kind, "Team"), keys)])

test_a_card_without_the_review_is_found[code] if {
	some code, kind in reviewed
	found(code, with_review("other", {})) == {{
		"code": code,
		"path": "card.reviews",
		"term": reference,
		"model": "predictor",
		"observed": "none",
		"required": sprintf("a review of kind %s within 365 days", [kind]),
		"values": {"card": reference},
	}}
}

test_reviews_of_a_wrong_kind_are_none[note] if {
	some note, wrong in fixtures.wrong_values
	some code, _ in reviewed
	{finding.observed | some finding in found(code, fixtures.with_card_patch(["reviews"], wrong))} == {"none"}
}

test_a_review_that_failed_is_found_where_it_stands[code] if {
	some code, kind in reviewed
	findings := found(code, with_review(kind, {"outcome": "failed"}))
	{[finding.path, finding.observed] | some finding in findings} == {["card.reviews[0]", "failed"]}
}

test_a_review_may_be_as_old_as_the_policy_says[code] if {
	some code, kind in reviewed
	found(code, with_review(kind, {"date": "2026-03-10T00:00:00Z"})) == set()
	count(found(code, with_review(kind, {"date": "2026-03-09T23:59:59Z"}))) == 1
}

test_a_review_of_either_good_outcome_will_do[code] if {
	some code, kind in reviewed
	every outcome in ["passed", "accepted"] {
		found(code, with_review(kind, {"outcome": outcome})) == set()
	}
}
