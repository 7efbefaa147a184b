package mlgate.rules.privacy_test

import data.mlgate.lib.fixtures_test as fixtures

technique(given) := {finding.observed |
	some finding in found("privacy.technique_undeclared", fixtures.with_card_patch(["privacy"], given))
}

test_a_card_without_technique_and_reason_is_found if {
	document := fixtures.without_card(["privacy", "noTechniqueReason"])
	found("privacy.technique_undeclared", document) == {{
		"code": "privacy.technique_undeclared",
		"path": "card.privacy",
		"term": reference,
		"model": "predictor",
		"observed": "no technique and no reason for none",
		"required": "a technique, differentialPrivacy with an epsilon of at most 10, or a reason for none",
		"values": {"card": reference},
	}}
}

test_privacy_of_a_wrong_kind_declares_nothing[note] if {
	some note, wrong in fixtures.wrong_values
	technique(wrong) == {"no technique and no reason for none"}
}

test_a_reason_is_a_text[note] if {
	some note, wrong in [null, true, 7, "", "none", "more information needed", [], ["none"], {}]
	technique({"noTechniqueReason": wrong}) == {"no technique and no reason for none"}
}

test_a_technique_has_a_name[note] if {
	some note, wrong in [null, true, 7, "x", [], [null], [{}], [{"name": null}], [{"name": " "}], [7], {"name": "other"}]
	technique({"techniques": wrong}) == {"no technique and no reason for none"}
}

test_a_technique_needs_no_reason[name] if {
	some name in ["federatedLearning", "trustedExecution", "other"]
	technique({"techniques": [{"name": name}]}) == set()
}

spent(epsilon) := technique({"techniques": [{"name": "differentialPrivacy", "epsilon": epsilon}]})

test_differential_privacy_with_a_small_budget_is_a_technique[epsilon] if {
	some epsilon in [0, 0.5, 10, 10.0000000001]
	spent(epsilon) == set()
}

test_differential_privacy_with_a_large_budget_is_none[epsilon] if {
	some epsilon, shown in {10.0001: "10.0001", 11: "11", 1000000: "1000000", -1: "-1"}
	spent(epsilon) == {sprintf("differentialPrivacy with epsilon %s", [shown])}
}

test_differential_privacy_without_a_budget_is_none[note] if {
	some note, wrong in [null, true, "3", "", [], {}]
	spent(wrong) == {"differentialPrivacy without epsilon"}
	technique({"techniques": [{"name": "differentialPrivacy"}]}) == {"differentialPrivacy without epsilon"}
}

test_neither_a_reason_nor_another_technique_excuses_a_spent_budget if {
	given := {
		"techniques": [{"name": "federatedLearning"}, {"name": "differentialPrivacy", "epsilon": 50}, {"name": "differentialPrivacy"}],
		"noTechniqueReason": "Names never reach training, and noise hid too many visits.",
	}
	technique(given) == {"differentialPrivacy with epsilon 50 and differentialPrivacy without epsilon"}
}

test_a_budget_of_another_technique_is_not_judged if {
	technique({"techniques": [{"name": "federatedLearning", "epsilon": 50}]}) == set()
}

test_a_site_may_allow_a_smaller_budget if {
	document := fixtures.with_card_patch(["privacy"], {"techniques": [{"name": "differentialPrivacy", "epsilon": 4}]})
	findings := found("privacy.technique_undeclared", document) with data.mlgate.overrides as {"privacy": {"maxEpsilon": 3}}
	{finding.observed | some finding in findings} == {"differentialPrivacy with epsilon 4"}
}
