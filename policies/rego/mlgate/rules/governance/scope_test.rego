package mlgate.rules.governance_test

import data.mlgate.lib.fixtures_test as fixtures

test_a_card_without_regulations_is_found if {
	found("governance.regulations_missing", fixtures.without_card(["risk", "regulations"])) == {{
		"code": "governance.regulations_missing",
		"path": "card.risk.regulations",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "none named",
		"required": "the regulations that apply, or the word none",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_regulations_that_say_nothing_are_none[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["GDPR", [" "], ["tbd"], ["n/a", "TODO"], [7, {}], {"0": "GDPR"}])
	observed("governance.regulations_missing", ["risk", "regulations"], wrong) == {"none named"}
}

test_one_regulation_or_the_word_none_is_an_answer[note] if {
	some note, given in [["none"], ["GDPR"], [null, "tbd", "HIPAA"]]
	observed("governance.regulations_missing", ["risk", "regulations"], given) == set()
}

region(document) := {[finding.required, finding.values.region] |
	some finding in found("governance.region_out_of_scope", document)
}

test_a_region_the_model_was_not_assessed_for_is_found if {
	document := fixtures.with_card_patch(["risk", "regions"], ["us-east-1", "eu-west-1"])
	found("governance.region_out_of_scope", document) == {{
		"code": "governance.region_out_of_scope",
		"path": "card.risk.regions",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "eu-west-3",
		"required": "us-east-1, eu-west-1",
		"values": {"card": "modelcard/visit-triage-4.0.2", "region": "eu-west-3"},
	}}
}

test_regions_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "", "eu-west-3", [], [null], [7], [" "], {}, {"a": "eu-west-3"}]
	region(fixtures.with_card_patch(["risk", "regions"], wrong)) == {["no region", "eu-west-3"]}
	region(fixtures.with_card_patch(["risk"], wrong)) == {["no region", "eu-west-3"]}
}

test_regions_are_compared_without_case if {
	region(fixtures.with_card_patch(["risk", "regions"], [null, "us-east-1", "EU-West-3"])) == set()
	region(fixtures.with_patch(["cluster", "region"], "EU-WEST-3")) == set()
}

test_a_region_that_begins_alike_is_another[other] if {
	some other in ["eu-west-3a", "eu-west", "*", "eu-*"]
	region(fixtures.with_card_patch(["risk", "regions"], [other])) == {[other, "eu-west-3"]}
}

test_a_region_that_is_not_known_is_not_one_of_them[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["eu-west-3"], {}]
	region(fixtures.with_patch(["cluster", "region"], wrong)) == {["eu-west-3", "an unknown region"]}
}

test_a_blank_region_fits_no_blank_one if {
	document := json.patch(
		fixtures.with_patch(["cluster", "region"], ""),
		[{"op": "replace", "path": "/cards/0/card/risk/regions", "value": [""]}],
	)
	region(document) == {["no region", "an unknown region"]}
}
