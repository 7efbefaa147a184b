package mlgate.rules.logging_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.logging

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in logging.deny with input as document
	finding.code == code
}

reference := "modelcard/visit-triage-4.0.2"

# What one code observes when this stands at a path below `logging` of the card.
observed(code, path, value) := {finding.observed |
	some finding in found(code, fixtures.with_card_patch(array.concat(["logging"], path), value))
}

of_the_card := {
	"logging.fields_incomplete", "logging.personal_data_not_redacted", "logging.sink_on_model_host",
	"logging.not_write_once", "logging.retention_too_short", "logging.data_access_not_audited",
}

test_the_passing_document_has_no_finding if {
	logging.deny == set() with input as fixtures.passing
}

test_a_card_without_logging_is_found_by_every_rule_about_it[note] if {
	some note, wrong in fixtures.wrong_values
	document := fixtures.with_card_patch(["logging"], wrong)
	{finding.code | some finding in logging.deny with input as document} == of_the_card
}

test_a_card_without_the_key_logging_is_found_by_every_rule_about_it if {
	document := fixtures.without_card(["logging"])
	{finding.code | some finding in logging.deny with input as document} == of_the_card
}

test_every_model_of_a_card_is_named if {
	second := object.union(fixtures.model, {"id": "canary[0]"})
	document := json.patch(fixtures.without_card(["logging"]), [
		{"op": "add", "path": "/workload/models/1", "value": second},
		{"op": "add", "path": "/cards/0/models/1", "value": "canary[0]"},
	])
	findings := logging.deny with input as document
	{finding.code | some finding in findings; finding.model == "canary[0]"} == of_the_card
	{finding.code | some finding in findings; finding.model == "predictor"} == of_the_card
}

# What is said of the request logger.
silence(path, value) := {[finding.path, finding.observed] |
	some finding in found("logging.prediction_logging_disabled", fixtures.with_patch(array.concat(["workload"], path), value))
}

test_a_logger_that_is_off_is_found if {
	document := fixtures.with_patch(["workload", "features", "requestLogging"], {"mode": "none", "path": null})
	found("logging.prediction_logging_disabled", document) == {{
		"code": "logging.prediction_logging_disabled",
		"path": "spec",
		"term": null,
		"model": null,
		"observed": "the request logger has mode none",
		"required": "mode all",
		"values": {"location": "spec"},
	}}
}

test_a_logger_that_logs_half_is_found[mode] if {
	some mode in ["request", "response", "All"]
	document := fixtures.with_patch(["workload", "features", "requestLogging", "mode"], mode)
	[finding] := [one | some one in found("logging.prediction_logging_disabled", document)]
	finding.path == "spec.predictor.logger"
	finding.values == {"location": "spec.predictor.logger"}
	finding.observed == sprintf("the request logger has mode %s", [mode])
}

test_a_logger_of_which_nothing_is_said_is_off[note] if {
	some note, wrong in fixtures.wrong_values
	count(silence(["features", "requestLogging", "mode"], wrong)) == 1
	count(silence(["features", "requestLogging"], wrong)) == 1
	count(silence(["features"], wrong)) == 1
}

test_a_logger_without_the_keys_is_off[note] if {
	some note, path in [["features", "requestLogging", "mode"], ["features", "requestLogging"], ["features"]]
	count(found("logging.prediction_logging_disabled", fixtures.without(array.concat(["workload"], path)))) == 1
}

test_where_the_logger_stands_may_be_unknown[note] if {
	some note, wrong in [null, true, 7, "", " ", [], {}]
	document := fixtures.with_patch(["workload", "features", "requestLogging"], {"mode": "none", "path": wrong})
	[finding.path | some finding in found("logging.prediction_logging_disabled", document)] == ["spec"]
}

test_a_log_of_the_application_does_not_stand_in_for_the_logger_of_the_kind if {
	count(silence(["features", "requestLogging", "mode"], "none")) == 1
}

# The passing workload as a Deployment, which has no logger, with this sink in its card.
deployed(uri) := json.patch(fixtures.with_card_patch(["logging", "sink", "uri"], uri), [
	{"op": "replace", "path": "/workload/apiVersion", "value": "apps/v1"},
	{"op": "replace", "path": "/workload/kind", "value": "Deployment"},
	{"op": "replace", "path": "/workload/features/requestLogging", "value": {"mode": "none", "path": null}},
])

test_a_kind_without_logger_names_its_own_log if {
	found("logging.prediction_logging_disabled", deployed("https://journal.example.org")) == set()
	found("logging.prediction_logging_disabled", deployed(null)) == {{
		"code": "logging.prediction_logging_disabled",
		"path": "card.logging.sink.uri",
		"term": null,
		"model": null,
		"observed": "the kind has no request logger, and no card names a log",
		"required": "a log in spec.logging.sink.uri of a card",
		"values": {"location": "spec"},
	}}
}

test_a_log_is_named_by_a_word[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["https://journal.example.org"], {}]
	count(found("logging.prediction_logging_disabled", deployed(wrong))) == 1
}

test_a_card_that_is_not_found_names_no_log[status] if {
	some status in ["missing", "invalid", "unavailable", null]
	document := json.patch(deployed("https://journal.example.org"), [{"op": "replace", "path": "/cards/0/status", "value": status}])
	count(found("logging.prediction_logging_disabled", document)) == 1
}

test_one_of_several_cards_may_name_the_log if {
	other := object.union(fixtures.card_entry, {"card": {}})
	document := json.patch(deployed("https://journal.example.org"), [{"op": "add", "path": "/cards/0", "value": other}])
	found("logging.prediction_logging_disabled", document) == set()
}

test_a_kind_of_the_same_name_in_another_group_has_no_logger[version] if {
	some version in ["serving.example.com/v1", "v1", "serving.kserve.io.example.com/v1", null]
	{row[0] | some row in silence(["apiVersion"], version)} == set()
	document := json.patch(fixtures.without_card(["logging"]), [{"op": "replace", "path": "/workload/apiVersion", "value": version}])
	[finding.path | some finding in found("logging.prediction_logging_disabled", document)] == ["card.logging.sink.uri"]
}

test_a_site_may_list_other_kinds_with_a_logger if {
	kinds := {"logging": {"loggerKinds": ["Deployment.apps"]}}
	findings := found("logging.prediction_logging_disabled", deployed("https://journal.example.org")) with data.mlgate.overrides as kinds
	{finding.observed | some finding in findings} == {"the request logger has mode none"}
}

test_a_log_entry_without_a_field_is_found if {
	document := fixtures.with_card_patch(["logging", "fields"], ["caller", "input", "prediction", "timestamp"])
	found("logging.fields_incomplete", document) == {{
		"code": "logging.fields_incomplete",
		"path": "card.logging.fields",
		"term": reference,
		"model": "predictor",
		"observed": "confidence, modelVersion",
		"required": "caller, input, prediction, confidence, timestamp and 1 more",
		"values": {"card": reference},
	}}
}

test_fields_are_words_in_a_list[note] if {
	some note, wrong in [null, true, 7, "caller", [], [null], [["caller"]], ["Caller"], {}, {"caller": true}, {"a": "caller"}]
	observed("logging.fields_incomplete", ["fields"], wrong) == {"caller, input, prediction, confidence, timestamp and 1 more"}
}

test_more_fields_than_needed_do_no_harm if {
	fields := ["caller", "input", "prediction", "confidence", "timestamp", "modelVersion", "other", "caller"]
	observed("logging.fields_incomplete", ["fields"], fields) == set()
}

test_a_site_may_ask_for_other_fields if {
	fields := {"logging": {"requiredFields": ["caller", "explanation", "region"]}}
	findings := found("logging.fields_incomplete", fixtures.passing) with data.mlgate.overrides as fields
	{finding.observed | some finding in findings} == {"region"}
}

test_personal_data_that_is_not_handled_is_found if {
	document := fixtures.with_card_patch(["logging", "piiHandling"], "none")
	found("logging.personal_data_not_redacted", document) == {{
		"code": "logging.personal_data_not_redacted",
		"path": "card.logging.piiHandling",
		"term": reference,
		"model": "predictor",
		"observed": "piiHandling is none",
		"required": "redacted or tokenized",
		"values": {"card": reference},
	}}
}

test_redacting_and_tokenizing_are_ways_to_handle_it[handling] if {
	some handling in ["redacted", "tokenized"]
	observed("logging.personal_data_not_redacted", ["piiHandling"], handling) == set()
}

test_handling_that_is_not_stated_is_none[note] if {
	some note, wrong in [null, "", " ", [], {}]
	observed("logging.personal_data_not_redacted", ["piiHandling"], wrong) == {"piiHandling is not stated"}
}

test_handling_of_another_kind_is_none[note] if {
	some note, wrong in [true, 7, "Redacted", "encrypted", ["redacted"], {"redacted": true}]
	count(observed("logging.personal_data_not_redacted", ["piiHandling"], wrong)) == 1
}

claimed(changes) := {finding.observed |
	full := array.concat([[["logging", "piiHandling"], "noPersonalData"]], changes)
	some finding in found("logging.personal_data_not_redacted", fixtures.with_card_patches(full))
}

harmless := [[["datasets", 0, "personalData"], "none"], [["datasets", 1, "personalData"], "anonymized"]]

test_no_personal_data_must_agree_with_the_datasets if {
	claimed([]) == {"noPersonalData although dataset visits-2020-2026 is personal"}
	claimed([harmless[0]]) == {"noPersonalData although dataset visits-holdout-2026 is personal"}
	claimed(harmless) == set()
	claimed([[["datasets"], []]]) == set()
}

test_personal_datasets_may_be_logged_redacted if {
	observed("logging.personal_data_not_redacted", ["piiHandling"], "redacted") == set()
}

test_a_model_that_affects_nobody_may_log_everything if {
	document := fixtures.with_card_patches([[["intendedUse", "affectsPeople"], false], [["logging", "piiHandling"], "none"]])
	found("logging.personal_data_not_redacted", document) == set()
}

test_a_model_affects_people_unless_it_says_otherwise[note] if {
	some note, wrong in [null, true, 7, 0, "false", "", [], {}]
	document := fixtures.with_card_patches([[["intendedUse", "affectsPeople"], wrong], [["logging", "piiHandling"], "none"]])
	count(found("logging.personal_data_not_redacted", document)) == 1
	bare := fixtures.with_card_patches([[["intendedUse"], wrong], [["logging", "piiHandling"], "none"]])
	count(found("logging.personal_data_not_redacted", bare)) == 1
}
