package mlgate.rules.supply_chain_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.supply_chain

scan := object.union(fixtures.passed_test("modelScan"), {"openCritical": 0})

# The passing document with a model of these fields, an artifact of these and these tests on the card.
packed(model, artifact, list) := json.patch(fixtures.passing, [
	{"op": "replace", "path": "/workload/models", "value": [object.union(fixtures.model, model)]},
	{"op": "replace", "path": "/cards/0/card/model/artifacts", "value": [object.union(fixtures.card.model.artifacts[0], artifact)]},
	{"op": "replace", "path": "/cards/0/card/tests", "value": list},
])

unsafe(model, artifact, list) := [finding.observed | some finding in found("supply_chain.unsafe_format", packed(model, artifact, list))]

test_a_model_in_a_format_that_runs_code_is_found if {
	found("supply_chain.unsafe_format", packed({"format": "sklearn"}, {}, [])) == {{
		"code": "supply_chain.unsafe_format",
		"path": "spec.predictor.model.storageUri",
		"term": "predictor",
		"model": "predictor",
		"observed": "sklearn",
		"required": "a format that runs no code, or a passed modelScan",
		"values": {},
	}}
}

test_a_passed_scan_is_enough if unsafe({"format": "sklearn"}, {}, [scan]) == []

test_a_scan_that_does_not_count_is_not[note] if {
	some note, list in {
		"other kind": [object.union(scan, {"kind": "vulnerabilityScan"})],
		"failed": [object.union(scan, {"result": "failed"})],
		"other version": [object.union(scan, {"modelVersion": "4.0.1"})],
		"no report": [object.union(scan, {"report": null})],
		"a day too old": [object.union(scan, {"date": "2026-12-09T00:00:00Z"})],
		"in the future": [object.union(scan, {"date": "2027-03-11T00:00:00Z"})],
		"one left open": [object.union(scan, {"openCritical": 1})],
		"open unknown": [object.union(scan, {"openCritical": null})],
		"none": null,
	}
	document := json.patch(packed({"format": "sklearn"}, {}, list), [{"op": "remove", "path": "/cards/0/card/training/completedAt"}])
	count(found("supply_chain.unsafe_format", document)) == 1
}

test_a_scan_of_the_last_day_counts if {
	oldest := object.union(scan, {"date": "2026-12-10T00:00:00Z"})
	document := json.patch(packed({"format": "sklearn"}, {}, [oldest]), [{"op": "remove", "path": "/cards/0/card/training/completedAt"}])
	found("supply_chain.unsafe_format", document) == set()
}

test_the_format_may_be_written_in_any_way[format] if {
	some format in ["pickle", "PyTorch", " mlflow ", "H5"]
	unsafe({"format": format}, {}, []) == [lower(trim_space(format))]
}

test_other_formats_are_safe[note] if {
	some note, format in ["onnx", "safetensors", "gguf", "pickles", null, 7, "", [], {}]
	unsafe({"format": format}, {}, []) == []
}

test_the_card_may_say_what_the_manifest_does_not[note] if {
	some note, artifact in [
		{"format": "Pickle"},
		{"format": "pickle", "digest": null},
		{"format": "pickle", "uri": "s3://elsewhere/x"},
		{"format": "pickle", "digest": "sha256:00", "uri": sprintf("%s/", [fixtures.model_uri])},
	]
	unsafe({"format": null}, artifact, []) == ["pickle"]
}

test_an_artifact_that_is_another_says_nothing[note] if {
	some note, artifact in [
		{"digest": "sha256:00", "uri": "s3://elsewhere/x"},
		{"digest": null, "uri": null},
		{"digest": 7, "uri": 7},
	]
	unsafe({"format": "onnx"}, object.union({"format": "pickle"}, artifact), []) == []
}

test_what_is_not_known_of_both_makes_them_no_same_thing[note] if {
	some note, nothing in [null, "", " ", "/", "//"]
	unsafe({"digest": nothing, "uri": nothing}, {"format": "pickle", "digest": nothing, "uri": nothing}, []) == []
}

test_artifacts_of_a_wrong_kind_say_nothing[note] if {
	some note, wrong in fixtures.wrong_values
	found("supply_chain.unsafe_format", fixtures.with_card_patch(["model", "artifacts"], wrong)) == set()
}

test_the_end_of_an_address_tells_the_format[uri] if {
	some uri, wanted in {
		"s3://b/model.pkl": ["pkl"],
		"s3://b/model.PTH": ["pth"],
		"s3://b/model.pkl/": ["pkl"],
		"s3://b/model.pkl?versionId=3": ["pkl"],
		"gs://b/model.bin#17": ["bin"],
		"https://h.example.org/fetch?file=model.joblib": ["joblib"],
		"https://h.example.org/model.onnx?as=x.pkl": ["pkl"],
		"https://h.example.org/model.p%6bl": ["pkl"],
		"oci://r/m.ckpt@sha256:2c7f": ["ckpt"],
		"s3://b/model.pkl.onnx": ["pkl"],
		"s3://b/model.pkl.gz": ["pkl"],
		"s3://b/model.pkl/.": ["pkl"],
		"s3://b/model.pkl;x": ["pkl"],
		"s3://b/model.pkl%20": ["pkl"],
		"s3://b%2Fmodel.pkl": ["pkl"],
		"s3:%2F%2Fb%2Fmodel.pkl": ["pkl"],
		"hf:o%2Fmodel.pkl": ["pkl"],
		"a%2Fmodel.pkl:latest": ["pkl"],
		"hf://o/model.pkl:main": ["pkl"],
		"hf://o/model.pkl@main": ["pkl"],
		"https://models.pkl/model.onnx": [],
		"https://models.pkl:8443/model.onnx": [],
		"s3://b.bin/model": [],
		"s3://b/pkl": [],
		"s3://b/model.onnx": [],
		"": [],
	}
	unsafe({"uri": uri, "digest": null}, {}, []) == wanted
}

test_an_address_that_is_none_has_no_end[note] if {
	some note, wrong in [null, 7, true, [], {}]
	supply_chain.extensions(wrong) == set()
	unsafe({"uri": wrong}, {}, []) == []
}

test_a_model_without_a_field_is_read_without_error[key] if {
	some key in ["format", "uri", "digest"]
	document := json.patch(packed({}, {"format": "pickle"}, []), [{"op": "remove", "path": concat("/", ["/workload/models/0", key])}])
	count(found("supply_chain.unsafe_format", document)) == 1
}

# A card that is not about a model cannot vouch for it, whatever it holds.
test_a_scan_on_the_card_of_another_model_is_none[note] if {
	some note, change in {
		"of another model": {"op": "replace", "path": "/cards/0/models", "value": ["worker"]},
		"not found": {"op": "replace", "path": "/cards/0/status", "value": "invalid"},
		"no card": {"op": "replace", "path": "/cards", "value": []},
	}
	document := json.patch(packed({"format": "sklearn"}, {}, [scan]), [change, {
		"op": "add",
		"path": "/workload/models/-",
		"value": object.union(fixtures.model, {"id": "worker"}),
	}])
	{finding.term | some finding in found("supply_chain.unsafe_format", document)} == {"predictor"}
}
