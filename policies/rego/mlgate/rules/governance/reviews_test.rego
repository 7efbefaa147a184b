package mlgate.rules.governance_test

import data.mlgate.lib.fixtures_test as fixtures

# The passing document with some keys of the review of a kind changed.
reviewed(kind, keys) := fixtures.with_card_patch(["reviews"], [changed |
	some review in fixtures.card.reviews
	changed := object.union(review, {key: value | some key, value in keys; review.kind == kind})
])

# The passing document without reviews of a kind.
unreviewed(kind) := fixtures.with_card_patch(["reviews"], [review |
	some review in fixtures.card.reviews
	review.kind != kind
])

overdue := {
	"governance.compliance_review_overdue": {
		"kind": "compliance", "required": "a compliance review within 92 days",
		"last": "2026-12-08T00:00:00Z", "before": "2026-12-07T00:00:00Z", "observed": "done 93 days ago",
	},
	"governance.external_audit_overdue": {
		"kind": "externalAudit", "required": "an audit by outsiders with AI experience within 365 days",
		"last": "2026-03-10T00:00:00Z", "before": "2026-03-09T00:00:00Z", "observed": "done 366 days ago",
	},
	"governance.risk_review_overdue": {
		"kind": "risk", "required": "a risk review within 183 days",
		"last": "2026-09-08T00:00:00Z", "before": "2026-09-07T00:00:00Z", "observed": "done 184 days ago",
	},
}

test_a_review_that_is_not_there_is_found[code] if {
	some code, tc in overdue
	found(code, unreviewed(tc.kind)) == {{
		"code": code,
		"path": "card.reviews",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "none",
		"required": tc.required,
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_no_reviews_at_all_are_found[code] if {
	some code, _ in overdue
	every wrong in fixtures.wrong_values {
		observed(code, ["reviews"], wrong) == {"none"}
	}
	count(found(code, fixtures.without_card(["reviews"]))) == 1
}

test_a_review_of_the_last_day_that_counts_is_current[code] if {
	some code, tc in overdue
	found(code, reviewed(tc.kind, {"date": tc.last})) == set()
}

test_an_older_review_is_found[code] if {
	some code, tc in overdue
	[finding] := [finding | some finding in found(code, reviewed(tc.kind, {"date": tc.before}))]
	finding.observed == tc.observed
	startswith(finding.path, "card.reviews[")
}

test_a_failed_review_is_found[code] if {
	some code, tc in overdue
	{finding.observed | some finding in found(code, reviewed(tc.kind, {"outcome": "failed"}))} == {"failed"}
}

test_a_review_of_one_kind_is_none_of_another if {
	codes := {finding.code | some finding in data.mlgate.rules.governance.deny} with input as reviewed("risk", {"kind": "compliance"})
	codes == {"governance.risk_review_overdue"}
}

test_an_audit_is_by_outsiders_with_experience[trait] if {
	some trait, words in {"independent": "not independent", "aiQualified": "not by AI auditors"}
	every wrong in [null, false, "true", 1, [true], {}] {
		document := reviewed("externalAudit", {trait: wrong})
		{finding.observed | some finding in found("governance.external_audit_overdue", document)} == {words}
	}
}

test_the_tier_says_how_old_a_risk_review_may_be[tier] if {
	some tier, days in {"minimal": 730, "limited": 365, "high": 183}
	document := json.patch(unreviewed("risk"), [{"op": "replace", "path": "/cards/0/card/risk/tier", "value": tier}])
	{finding.required | some finding in found("governance.risk_review_overdue", document)} == {sprintf("a risk review within %d days", [days])}
}
