package mlgate.rules.encryption_test

import data.mlgate.lib.fixtures_test as fixtures

confidential(keys, model) := {[finding.term, finding.observed, finding.path] |
	document := json.patch(fixtures.passing, [
		{
			"op": "replace", "path": "/workload/features/confidential",
			"value": object.union({"enabled": true, "resourceId": "kbs:///models/key/4", "path": "spec.confidential"}, keys),
		},
		{"op": "replace", "path": "/workload/models/0", "value": object.union(fixtures.model, model)},
	])
	some finding in found("encryption.confidential_ineffective", document)
}

remote := {"scheme": "s3", "uri": "s3://clinic-models/visit-triage.enc"}

test_confidential_loading_from_a_scheme_that_is_never_decrypted_is_found if {
	document := json.patch(fixtures.passing, [{
		"op": "replace", "path": "/workload/features/confidential",
		"value": {"enabled": true, "resourceId": "kbs:///models/key/4", "path": "spec.confidential"},
	}])
	found("encryption.confidential_ineffective", document) == {{
		"code": "encryption.confidential_ineffective",
		"path": "spec.confidential",
		"term": "predictor",
		"model": "predictor",
		"observed": "scheme oci is never decrypted",
		"required": "a scheme that is decrypted and a resourceId kbs:///<repository>/<type>/<tag>",
		"values": {},
	}}
}

test_confidential_loading_that_works_passes if {
	confidential({}, remote) == set()
}

test_confidential_loading_that_is_not_asked_for_is_not_judged[note] if {
	some note, enabled in [false, null, "true", 1, [], {}]
	confidential({"enabled": enabled, "resourceId": null}, {}) == set()
}

test_each_ineffective_scheme_is_found[scheme] if {
	some scheme in ["oci", "oci+native", "oci+fetch", "pvc", "file"]
	{row[1] | some row in confidential({}, {"scheme": scheme})} == {sprintf("scheme %s is never decrypted", [scheme])}
}

test_a_scheme_of_a_wrong_type_is_read_without_error[note] if {
	some note, wrong in [null, 7, true, [], {}]
	confidential({}, {"scheme": wrong}) == set()
}

test_a_key_must_be_named[note] if {
	some note, wrong in [null, "", " ", [], {}]
	confidential({"resourceId": wrong}, remote) == {["predictor", "there is no resourceId", "spec.confidential"]}
}

test_a_key_must_be_named_in_full[note] if {
	some note, wrong in [
		"kbs://models/key/4", "kbs:///models/key", "kbs:///models/key/4/5", "kbs:///models//4", "kbs:///a/b/c?d",
		"kbs:///a b/c/d", "http:///models/key/4", "x kbs:///models/key/4", "kbs:///models/key/4\nx", 7, true, ["kbs:///a/b/c"],
	]
	confidential({"resourceId": wrong}, remote) == {["predictor", "the resourceId is malformed", "spec.confidential"]}
}

test_both_reasons_are_told_at_once if {
	{row[1] | some row in confidential({"resourceId": null}, {})} == {"scheme oci is never decrypted and there is no resourceId"}
}

test_a_setting_without_path_is_found_at_the_spec if {
	{row[2] | some row in confidential({"path": null}, {})} == {"spec"}
}

test_a_feature_of_a_wrong_kind_is_read_without_error[note] if {
	some note, wrong in fixtures.wrong_values
	document := fixtures.with_patch(["workload", "features", "confidential"], wrong)
	found("encryption.confidential_ineffective", document) == set()
	found("encryption.confidential_ineffective", fixtures.with_patch(["workload", "features"], wrong)) == set()
}
