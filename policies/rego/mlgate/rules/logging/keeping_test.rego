package mlgate.rules.logging_test

import data.mlgate.lib.fixtures_test as fixtures

# What is said of logs kept for so many days under these regulations.
kept(days, regulations) := {[finding.observed, finding.required] |
	changes := [[["logging", "retentionDays"], days], [["risk", "regulations"], regulations]]
	some finding in found("logging.retention_too_short", fixtures.with_card_patches(changes))
}

test_logs_that_are_deleted_early_are_found if {
	found("logging.retention_too_short", fixtures.with_card_patch(["logging", "retentionDays"], 182)) == {{
		"code": "logging.retention_too_short",
		"path": "card.logging.retentionDays",
		"term": reference,
		"model": "predictor",
		"observed": "182",
		"required": "183",
		"values": {"card": reference},
	}}
}

test_the_longest_period_counts[note] if {
	some note, tc in {
		"none": {"regulations": ["none"], "days": 183},
		"no rule": {"regulations": ["ECOA", "GDPR"], "days": 183},
		"ai act": {"regulations": ["EU-AI-Act"], "days": 183},
		"cards": {"regulations": ["PCI-DSS"], "days": 365},
		"health": {"regulations": ["PCI-DSS", "HIPAA", "EU-AI-Act"], "days": 2190},
		"default": {"regulations": ["default"], "days": 183},
	}
	kept(tc.days, tc.regulations) == set()
	kept(tc.days - 1, tc.regulations) == {[sprintf("%d", [tc.days - 1]), sprintf("%d", [tc.days])]}
}

test_a_regulation_may_be_spelled_in_many_ways[word] if {
	some word in ["PCI-DSS", "pci-dss", "PCI DSS", "Pci_Dss", " PCI-DSS "]
	kept(200, [word]) == {["200", "365"]}
}

test_a_period_is_a_number[note] if {
	some note, wrong in [null, true, "2555", "", [], [2555], {}]
	kept(wrong, ["GDPR"]) == {["an unstated number of", "183"]}
}

test_a_card_without_the_key_keeps_nothing if {
	document := fixtures.without_card(["logging", "retentionDays"])
	{finding.observed | some finding in found("logging.retention_too_short", document)} == {"an unstated number of"}
}

test_regulations_of_a_wrong_kind_leave_the_least[note] if {
	some note, wrong in [null, true, 7, "hipaa", [], [null], [7], [["hipaa"]], {}, {"a": "hipaa"}]
	kept(182, wrong) == {["182", "183"]}
	kept(183, wrong) == set()
}

test_a_card_without_risk_keeps_the_least[note] if {
	some note, wrong in fixtures.wrong_values
	changes := [[["logging", "retentionDays"], 182], [["risk"], wrong]]
	{finding.required | some finding in found("logging.retention_too_short", fixtures.with_card_patches(changes))} == {"183"}
}

test_a_site_may_add_a_regulation if {
	periods := {"logging": {"minRetentionDays": {"GDPR": 3000}}}
	findings := found("logging.retention_too_short", fixtures.passing) with data.mlgate.overrides as periods
	{finding.required | some finding in findings} == {"3000"}
}

test_access_that_nobody_audits_is_found if {
	document := fixtures.with_card_patch(["logging", "dataAccessAudited"], false)
	found("logging.data_access_not_audited", document) == {{
		"code": "logging.data_access_not_audited",
		"path": "card.logging.dataAccessAudited",
		"term": reference,
		"model": "predictor",
		"observed": "dataAccessAudited is not true",
		"required": "dataAccessAudited: true",
		"values": {"card": reference},
	}}
}

test_only_true_attests_that_access_is_audited[note] if {
	some note, wrong in [null, false, "true", 1, "", [], {}]
	count(observed("logging.data_access_not_audited", ["dataAccessAudited"], wrong)) == 1
	count(found("logging.data_access_not_audited", fixtures.without_card(["logging", "dataAccessAudited"]))) == 1
}
