package checks.annotations_test

import data.checks.annotations

file := "mlgate/rules/demo/demo.rego"

custom := {
	"code": "demo.refused", "controls": ["C15"], "severity": "high", "priority": 1,
	"appliesWhen": {"objects": ["serving"], "tiers": ["high"]}, "per": "model", "needs": ["signOffs"],
	"enforcement": {"sandbox": "audit", "development": "warn", "staging": "deny", "production": "deny"},
	"raise": [{"tiers": ["high"], "to": {"development": "deny"}}],
	"settings": ["fairness.tolerance"], "message": "{model} is {observed}.", "fix": "Make it {required}.",
}

path(names) := array.concat([{"type": "var", "value": "data"}], [{"type": "string", "value": name} | some name in names])

above := {
	"annotations": {"scope": "subpackages", "title": "mlgate", "description": "x", "schemas": [{"x": 1}]},
	"path": path(["mlgate"]), "location": {"file": "mlgate/mlgate.rego", "row": 1},
}

entrypoint := {
	"annotations": {"scope": "document", "entrypoint": true},
	"path": path(["mlgate", "main", "decision"]), "location": {"file": "mlgate/main.rego", "row": 1},
}

head := {
	"annotations": {"scope": "package", "title": "demo", "description": "x"},
	"path": path(["mlgate", "rules", "demo"]), "location": {"file": file, "row": 1},
}

rule(code, keys) := {
	"annotations": {
		"scope": "rule", "title": "x", "description": "x", "related_resources": [1],
		"custom": object.union(object.union(custom, {"code": code}), keys),
	},
	"path": path(["mlgate", "rules", "demo", "deny"]), "location": {"file": file, "row": 7},
}

found(items) := found_among(items, {"data.mlgate.rules.demo": [file], "data.mlgate.rules.demo_test": ["x_test.rego"]})

found_among(items, namespaces) := {problem.what | some problem in problems} if {
	problems := annotations.problems with input as {
		"own": [file, "x_test.rego"],
		"inspection": {"annotations": items, "namespaces": namespaces},
	}
		with data.mlgate.requirements.controls as {"C15": 1}
		with data.mlgate.settings as {"fairness": {"tolerance": 1, "other": 2}}
}

test_what_keeps_every_convention_is_left_alone if {
	found([above, entrypoint, head, rule("demo.refused", {})]) == set()
	found([above, entrypoint, head, rule("demo.refused", {"effectiveOn": "2027-03-11T00:00:00Z"})]) == set()
	helper := {"annotations": {"scope": "rule"}, "path": path(["a", "helper"]), "location": {"file": file, "row": 9}}
	found([above, entrypoint, head, helper]) == set()
}

test_a_breach_is_named[told] if {
	some told, keys in {
		"unknown key colour": {"colour": 1},
		"unknown severity huge": {"severity": "huge"},
		"unknown priority 9": {"priority": 9},
		"unknown object server": {"appliesWhen": {"objects": ["server"]}},
		"unknown tier top": {"appliesWhen": {"tiers": ["top"]}},
		"unknown profile prod": {"appliesWhen": {"profiles": ["prod"]}},
		"unknown classification x": {"raise": [{"classifications": ["x"], "to": {}}]},
		"unknown profile dev": {"raise": [{"to": {"dev": "deny"}}]},
		"unknown action stop": {"raise": [{"to": {"staging": "stop"}}]},
		"unknown granularity planet": {"per": "planet"},
		"unknown lookup moonPhase": {"needs": ["moonPhase"]},
		"unknown placeholder mode": {"message": "{mode}"},
		"unknown placeholder req": {"fix": "{req}"},
		"enforcement names 5 profiles": {"enforcement": {"x": "deny"}},
		"no setting fairness.nothing": {"settings": ["fairness.nothing"]},
		"no setting nothing": {"alsoUses": ["nothing"]},
		"no setting a.b": {"configuredBy": ["a.b"]},
		"no requirement C9": {"controls": ["C9"]},
		"effectiveOn 2027-01-01 is no time": {"effectiveOn": "2027-01-01"},
		"effectiveOn 7 is no time": {"effectiveOn": 7},
	}
	told in found([above, entrypoint, head, rule("demo.refused", keys)])
}

test_a_missing_key_is_named if {
	bare := {"annotations": {"scope": "rule"}, "path": path(["mlgate", "rules", "demo", "deny"])}
	told := found([above, entrypoint, head, object.union(bare, {"location": {"file": file, "row": 3}})])
	told & {"title is missing in METADATA", "code is missing in METADATA"} == {
		"title is missing in METADATA",
		"code is missing in METADATA",
	}
}

test_a_code_belongs_to_its_package[code] if {
	some code in ["other.refused", "demo.Refused", "demo", "demo.a.b"]
	sprintf("%s is no code of this package", [code]) in found([above, entrypoint, head, rule(code, {})])
}

test_a_code_and_a_setting_are_used_once if {
	twice := [above, entrypoint, head, rule("demo.refused", {}), rule("demo.refused", {"priority": 2})]
	found(twice) == {"demo.refused is used by 2 rules"}
	both := [above, entrypoint, head, rule("demo.refused", {}), rule("demo.other", {})]
	found(both) == {
		"setting fairness.tolerance belongs to demo.other as well",
		"setting fairness.tolerance belongs to demo.refused as well",
	}
	found([above, entrypoint, head, rule("demo.refused", {}), rule("demo.other", {"settings": []})]) == set()
}

test_a_package_is_described[note] if {
	some note, annotation in {
		"without title": {"scope": "package", "description": "x"},
		"without description": {"scope": "package", "title": "x"},
		"of a rule": {"scope": "rule", "title": "x", "description": "x"},
	}
	item := object.union(object.remove(head, ["annotations"]), {"annotations": annotation})
	found([above, entrypoint, item]) == {"data.mlgate.rules.demo has no title or no description"}
}

test_packages_of_others_and_of_data_need_no_description if {
	found_among([above, entrypoint], {"data.a": ["a.rego"], "data.b": [file_of_data], "data.c_test": [file]}) == set()
}

file_of_data := "mlgate/rules/demo/data.json"

test_rules_of_others_are_not_judged_again if {
	other := object.union(rule("demo.refused", {"severity": "huge"}), {"location": {"file": "other.rego"}})
	found([above, entrypoint, head, other]) == set()
}

test_there_is_one_entrypoint if {
	found([above, head]) == {"there are 0 entrypoints"}
	found([above, head, entrypoint, entrypoint]) == {"there are 2 entrypoints"}
}

test_the_schema_of_the_input_is_named[note] if {
	some note, changes in {"none": {"schemas": []}, "of one package": {"scope": "package"}}
	item := object.union(above, {"annotations": changes})
	found([item, entrypoint, head]) == {"no annotation over all packages names the schema of the input"}
}
