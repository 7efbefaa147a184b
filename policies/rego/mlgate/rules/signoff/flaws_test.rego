package mlgate.rules.signoff_test

import data.mlgate.lib.fixtures_test as fixtures

test_a_claimed_approval_is_told if {
	spoken("signoff.assurance_too_low", owner_says({"assurance": "claimed"})) == {{
		"code": "signoff.assurance_too_low",
		"path": "SignOff/vt-402-businessowner.spec.approver",
		"term": "clinic-prod/vt-402-businessowner",
		"model": "predictor",
		"observed": "claimed",
		"required": "authenticated or signed",
		"values": owner_values,
	}}
}

test_an_approval_with_problems_is_told if {
	problems := [{"path": "spec.expiresAt", "message": "not a date"}]
	observed("signoff.assurance_too_low", owner_says({"problems": problems})) == {
		"authenticated with problems (not a date)",
	}
}

test_an_assurance_that_cannot_be_read_is_told[assurance] if {
	some assurance in [null, 7, true, [], ["authenticated"], "Authenticated"]
	codes(owner_says({"assurance": assurance})) == {"signoff.assurance_too_low", "signoff.approval_missing"}
}

test_problems_that_cannot_be_read_are_told[problems] if {
	some problems in [null, "none", 7, {"a": 1}, [null], ["x"]]
	document := fixtures.with_patch(["signOffs", 0, "problems"], problems)
	codes(document) == {"signoff.assurance_too_low", "signoff.approval_missing"}
}

test_missing_assurance_and_problems_are_told[field] if {
	some field in ["assurance", "problems"]
	codes(fixtures.without(["signOffs", 0, field])) == {"signoff.assurance_too_low", "signoff.approval_missing"}
}

test_a_claim_in_a_card_is_found_in_the_card if {
	claim := {"assurance": "claimed", "source": {"type": "cardClaim", "reference": "modelcard/visit-triage-4.0.2#3"}}
	found := spoken("signoff.assurance_too_low", owner_says(claim))
	{candidate.path | some candidate in found} == {"card.signOffs[3].approver"}
}

test_a_flaw_in_a_role_that_is_met_is_not_told if {
	claim := object.union(fixtures.sign_offs[0], {"assurance": "claimed"})
	codes(with_sign_offs(array.concat(fixtures.sign_offs, [claim]))) == set()
}

test_an_old_approval_is_told if {
	spoken("signoff.expired", owner_says({"issuedAt": "2026-01-05T00:00:00Z"})) == {{
		"code": "signoff.expired",
		"path": "SignOff/vt-402-businessowner.metadata.creationTimestamp",
		"term": "clinic-prod/vt-402-businessowner",
		"model": "predictor",
		"observed": "issued on 2026-01-05",
		"required": "at most 180 days old",
		"values": owner_values,
	}}
}

test_an_approval_that_ended_is_told if {
	found := spoken("signoff.expired", owner_says({"expiresAt": "2027-03-09T00:00:00Z"}))
	[candidate] := [candidate | some candidate in found]
	candidate.path == "SignOff/vt-402-businessowner.spec.expiresAt"
	candidate.observed == "ended on 2027-03-09"
	candidate.required == "an end after 2027-03-10"
}

test_an_old_approval_that_ended_is_one_finding if {
	document := owner_says({"issuedAt": "2026-01-05T00:00:00Z", "expiresAt": "2027-03-09T00:00:00Z"})
	observed("signoff.expired", document) == {"ended on 2027-03-09 and issued on 2026-01-05"}
}

test_a_time_of_issue_that_is_none_or_ahead_is_told[note] if {
	some note, case in {
		"tomorrow": {"time": "2027-03-11T00:00:00Z", "observed": "issued on 2027-03-11"},
		"null": {"time": null, "observed": "without a date"},
		"a number": {"time": 7, "observed": "without a date"},
		"impossible": {"time": "2027-02-30T00:00:00Z", "observed": "without a date"},
	}
	observed("signoff.expired", owner_says({"issuedAt": case.time})) == {case.observed}
}

test_a_missing_time_of_issue_is_told if {
	observed("signoff.expired", fixtures.without(["signOffs", 0, "issuedAt"])) == {"without a date"}
}

test_an_end_that_is_no_time_is_told[end] if {
	some end in [7, true, "soon", "2027-02-30T00:00:00Z"]
	codes(owner_says({"expiresAt": end})) == {"signoff.expired", "signoff.approval_missing"}
}

test_a_missing_end_is_none if codes(fixtures.without(["signOffs", 0, "expiresAt"])) == set()

test_an_old_approval_of_another_version_is_not_called_expired if {
	document := owner_says({"issuedAt": "2026-01-05T00:00:00Z", "subject": {"version": "4.0.1"}})
	codes(document) == {"signoff.not_bound", "signoff.approval_missing"}
}

test_only_approval_missing_speaks_while_sign_offs_could_not_be_read if {
	flawed := {"assurance": "claimed", "issuedAt": null, "approver": "mira.solano@example.org"}
	document := json.patch(owner_says(flawed), [{
		"op": "add", "path": "/unavailable/-",
		"value": {"lookup": "signOffs", "reason": "error", "message": "no answer"},
	}])
	codes(document) == {"signoff.approval_missing"}
}
