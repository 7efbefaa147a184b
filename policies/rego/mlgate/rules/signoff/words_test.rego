package mlgate.rules.signoff_test

import data.mlgate.rules.signoff

test_a_place_is_known_whatever_the_source[note] if {
	some note, case in {
		"object": {
			"source": {"type": "signOff", "reference": "clinic-prod/a"},
			"place": "SignOff/a.spec.approver",
		},
		"statement": {
			"source": {"type": "cardStatement", "reference": "modelcard/a#0"},
			"place": "card.signOffs[0].approver",
		},
		"no index": {"source": {"type": "cardClaim", "reference": "modelcard/a"}, "place": "card.signOffs"},
		"null": {"source": {"type": null, "reference": null}, "place": "card.signOffs"},
		"object without reference": {"source": {"type": "signOff"}, "place": "SignOff/unknown.spec.approver"},
		"nothing": {"source": null, "place": "card.signOffs"},
	}
	signoff.place({"source": case.source}, "approver") == case.place
}

test_a_name_that_is_none_is_unknown[name] if {
	some name in [null, "", " ", 7, [], {}]
	signoff.spoken(name) == "unknown"
}

test_a_day_is_told_in_any_case if {
	signoff.day("2027-03-09T23:00:00Z") == "2027-03-09"
	signoff.day("soon") == "soon"
	signoff.day(null) == "null"
}

test_a_long_name_is_cut if {
	long := concat("", ["a" | some _ in numbers.range(1, 300)])
	count(signoff.spoken(long)) == 120
}
