package mlgate.lib.result_test

import data.mlgate.lib.result

test_a_candidate_has_the_code_of_its_rule_and_every_field if {
	found := result.candidate({"custom": {"code": "a.b"}}, {"path": "spec", "term": "t"})
	found == {
		"code": "a.b", "path": "spec", "term": "t", "model": null, "observed": "", "required": "", "values": {},
	}
}

test_fields_cannot_change_the_code if {
	result.candidate({"custom": {"code": "a.b"}}, {"code": "c.d"}).code == "a.b"
}
