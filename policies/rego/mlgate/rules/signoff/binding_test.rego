package mlgate.rules.signoff_test

import data.mlgate.lib.fixtures_test as fixtures

test_an_approval_of_another_version_is_told if {
	spoken("signoff.not_bound", owner_says({"subject": {"version": "4.0.1", "digest": fixtures.card_digest}})) == {{
		"code": "signoff.not_bound",
		"path": "SignOff/vt-402-businessowner.spec.version",
		"term": "clinic-prod/vt-402-businessowner",
		"model": "predictor",
		"observed": "version 4.0.1",
		"required": "version 4.0.2",
		"values": owner_values,
	}}
}

test_an_approval_of_another_artifact_is_told if {
	found := spoken("signoff.not_bound", owner_says({"subject": {"digest": fixtures.image_digest}}))
	[candidate] := [candidate | some candidate in found]
	candidate.path == "SignOff/vt-402-businessowner.spec.digest"
	candidate.observed == "digest sha256:6e0d1c2b3a49"
	candidate.required == "digest sha256:2c7f9a41d0b8"
}

test_an_approval_of_an_earlier_card_is_told if {
	found := spoken("signoff.not_bound", owner_says({"subject": {"cardDigest": fixtures.image_digest}}))
	[candidate] := [candidate | some candidate in found]
	candidate.path == "SignOff/vt-402-businessowner.spec.cardDigest"
	candidate.observed == "card digest sha256:6e0d1c2b3a49"
	candidate.required == "card digest sha256:91b4e0c7d2a6"
}

test_what_a_statement_names_that_does_not_verify_is_not_told if {
	claim := {"assurance": "claimed", "source": {"type": "cardStatement", "reference": "modelcard/x#0"}}
	document := owner_says(object.union(claim, {"subject": {"digest": null, "cardDigest": null}}))
	codes(document) == {"signoff.assurance_too_low", "signoff.approval_missing"}
}

test_what_else_is_only_claimed_is_told[note] if {
	some note, fields in {
		"a line of a card": {"assurance": "claimed", "source": {"type": "cardClaim", "reference": "modelcard/x#0"}},
		"an object": {"assurance": "claimed"},
		"a statement that verifies": {
			"assurance": "signed",
			"source": {"type": "cardStatement", "reference": "modelcard/x#0"},
		},
		"no assurance": {"assurance": null, "source": {"type": "cardStatement", "reference": "modelcard/x#0"}},
		"an assurance of another type": {"assurance": ["claimed"]},
		"a source of no type": {"assurance": "claimed", "source": {"type": null, "reference": "modelcard/x#0"}},
		"a source that is none": {"assurance": "claimed", "source": 7},
	}
	"signoff.not_bound" in codes(owner_says(object.union(fields, {"subject": {"digest": null}})))
}

test_all_digests_that_differ_are_one_finding if {
	document := owner_says({"subject": {"digest": null, "cardDigest": null}})
	observed("signoff.not_bound", document) == {"no card digest and no digest"}
}

test_a_digest_is_not_named_for_a_card_without_any if {
	document := fixtures.with_card_patch(["model", "artifacts", 0, "digest"], null)
	{candidate.required | some candidate in spoken("signoff.not_bound", document)} == {"no digest"}
}

test_a_subject_that_cannot_be_read_is_not_bound[field] if {
	some field in ["version", "digest", "cardDigest"]
	every value in [null, 7, true, [], {}, "", " "] {
		document := fixtures.with_patch(["signOffs", 0, "subject", field], value)
		codes(document) == {"signoff.not_bound", "signoff.approval_missing"}
	}
}

test_a_missing_part_of_the_subject_is_not_bound[field] if {
	some field in ["version", "digest", "cardDigest"]
	codes(fixtures.without(["signOffs", 0, "subject", field])) == {"signoff.not_bound", "signoff.approval_missing"}
}

test_an_approval_of_another_version_is_not_told_where_the_role_signed_this_one if {
	older := object.union(fixtures.sign_offs[0], {"subject": {"version": "4.0.1"}})
	stale := object.union(fixtures.sign_offs[0], {"issuedAt": "2026-01-05T00:00:00Z"})
	document := with_sign_offs(array.concat([older, stale], array.slice(fixtures.sign_offs, 1, 5)))
	codes(document) == {"signoff.expired", "signoff.approval_missing"}
}

test_an_approval_of_another_version_is_told_where_another_role_signed_this_one if {
	codes(owner_says({"subject": {"version": "4.0.1"}})) == {"signoff.not_bound", "signoff.approval_missing"}
}
