package mlgate.rules.secrets_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.secrets

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in secrets.deny with input as document
	finding.code == code
}

# The same at a site that knows these names to hold no credential.
tolerated(code, document, names) := findings if {
	findings := found(code, document) with data.mlgate.settings.secrets.allowedNames as names
}

place := "spec.predictor.containers[0].env[3]"

variable := {"kind": "env", "container": "kserve-container", "name": "HF_TOKEN", "path": place, "reason": "value"}

text := {"kind": "text", "container": null, "name": null, "path": "metadata.annotations.note", "reason": "uriPassword"}

holding(list) := fixtures.with_patch(["credentials"], list)

test_the_passing_document_has_no_finding if {
	secrets.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	secrets.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_a_credential_in_a_variable_is_found if {
	found("secrets.env_literal", holding([variable])) == {{
		"code": "secrets.env_literal",
		"path": place,
		"term": "kserve-container/HF_TOKEN",
		"model": null,
		"observed": "value",
		"required": "a reference to a Secret",
		"values": {"env": "HF_TOKEN", "container": "kserve-container", "location": place},
	}}
	found("secrets.embedded", holding([variable])) == set()
}

test_a_credential_elsewhere_is_found if {
	found("secrets.embedded", holding([text])) == {{
		"code": "secrets.embedded",
		"path": "metadata.annotations.note",
		"term": "metadata.annotations.note",
		"model": null,
		"observed": "uriPassword",
		"required": "no credential in plain text",
		"values": {"location": "metadata.annotations.note"},
	}}
	found("secrets.env_literal", holding([text])) == set()
}

test_every_credential_is_one_finding if {
	other := object.union(variable, {"name": "DB_PASSWORD", "path": "spec.x"})
	count(found("secrets.env_literal", holding([variable, other, text]))) == 2
}

test_a_credential_of_another_kind_is_embedded[note] if {
	some note, kind in ["argument", "uri", "text", "later", null, 7, [], {}, "ENV"]
	entry := object.union(variable, {"kind": kind})
	count(found("secrets.embedded", holding([entry]))) == 1
	found("secrets.env_literal", holding([entry])) == set()
}

test_a_credential_without_kind_is_embedded if {
	count(found("secrets.embedded", holding([object.remove(variable, ["kind"])]))) == 1
}

test_a_name_the_site_knows_is_left_alone[note] if {
	some note, patterns in [["HF_TOKEN"], ["x", "HF_.*"], ["hf_token|HF_TOKEN"], ["(?i)hf_token"]]
	tolerated("secrets.env_literal", holding([variable]), patterns) == set()
	argument := object.union(variable, {"kind": "argument"})
	tolerated("secrets.embedded", holding([argument]), patterns) == set()
}

test_a_pattern_is_matched_with_the_whole_name[note] if {
	some note, patterns in [[], ["HF"], ["TOKEN"], ["HF|TOKEN"], ["hf_token"], [""], ["("], ["HF_TOKEN)|(?:x"]]
	count(tolerated("secrets.env_literal", holding([variable]), patterns)) == 1
	argument := object.union(variable, {"kind": "argument"})
	count(tolerated("secrets.embedded", holding([argument]), patterns)) == 1
}

test_a_name_with_a_line_of_its_own_is_not_the_name_the_site_knows if {
	hidden := object.union(variable, {"name": "HF_TOKEN\nDB_PASSWORD"})
	count(tolerated("secrets.env_literal", holding([hidden]), ["HF_TOKEN"])) == 1
}

test_what_has_no_name_is_never_left_alone[note] if {
	some note, wrong in [null, 7, true, [], {}]
	some code, entry in {"secrets.env_literal": variable, "secrets.embedded": text}
	nameless := object.union(object.remove(entry, ["name"]), {"name": wrong})
	count(tolerated(code, holding([nameless]), [".*"])) == 1
}

test_without_the_key_of_a_name_it_is_found if {
	count(tolerated("secrets.env_literal", holding([object.remove(variable, ["name"])]), [".*"])) == 1
	count(tolerated("secrets.embedded", holding([object.remove(text, ["name"])]), [".*"])) == 1
}

test_what_is_not_stated_is_unknown[note] if {
	some note, wrong in [null, 7, "", " ", [], {}]
	entry := object.union(object.remove(variable, ["container", "name", "path"]), {"container": wrong, "name": wrong, "path": wrong})
	[finding] := [one | some one in found("secrets.env_literal", holding([entry]))]
	finding.term == "unknown/unknown"
	finding.path == "metadata"
	finding.values == {"env": "unknown", "container": "unknown", "location": "metadata"}
}

test_a_container_without_name_there_is_the_one_the_place_lies_in[note] if {
	some note, wrong in [null, 7, "", " ", [], {}]
	entry := object.union(object.remove(variable, ["container"]), {"container": wrong})
	{finding.term | some finding in found("secrets.env_literal", holding([entry]))} == {"kserve-container/HF_TOKEN"}
}

test_without_the_key_of_a_container_it_is_the_one_around if {
	entry := object.remove(variable, ["container"])
	{finding.term | some finding in found("secrets.env_literal", holding([entry]))} == {"kserve-container/HF_TOKEN"}
	elsewhere := object.union(entry, {"path": "spec.predictor.containers[01].env[0]"})
	{finding.term | some finding in found("secrets.env_literal", holding([elsewhere]))} == {"unknown/HF_TOKEN"}
}

test_a_reason_is_shown_short if {
	[finding] := [one | some one in found("secrets.embedded", holding([object.remove(text, ["reason"])]))]
	finding.observed == "null"
}

test_credentials_of_a_wrong_kind_are_read_without_error[note] if {
	some note, wrong in [null, true, 7, "x", [], {}]
	secrets.deny == set() with input as holding(wrong)
	secrets.deny == set() with input as fixtures.with_patch(["cards", 0, "credentials"], wrong)
}

test_a_credential_in_a_card_is_found if {
	entry := {"path": "card.training.hyperparameters.url", "reason": "uriPassword"}
	found("secrets.embedded", fixtures.with_patch(["cards", 0, "credentials"], [entry])) == {{
		"code": "secrets.embedded",
		"path": "card.training.hyperparameters.url",
		"term": "card.training.hyperparameters.url",
		"model": null,
		"observed": "uriPassword",
		"required": "no credential in plain text",
		"values": {"location": "card.training.hyperparameters.url"},
	}}
}

test_a_name_does_not_excuse_a_card if {
	entry := {"path": "card.x", "reason": "name", "name": "HF_TOKEN"}
	count(tolerated("secrets.embedded", fixtures.with_patch(["cards", 0, "credentials"], [entry]), [".*"])) == 1
}

test_a_card_that_is_not_used_says_nothing if {
	card := object.union(fixtures.card_entry, {"status": "invalid", "credentials": [{"path": "card.x", "reason": "value"}]})
	found("secrets.embedded", fixtures.with_patch(["cards", 0], card)) == set()
}
