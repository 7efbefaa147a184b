package checks.resources_test

import data.checks.resources

frameworks := {
	"one": {"short": "One", "url": "https://one.example"},
	"two": {"short": "Two", "url": "https://two.example"},
}

controls := {
	"C1": {"references": [
		{"framework": "one", "reference": "1"},
		{"framework": "one", "reference": "2"},
		{"framework": "two", "reference": "a"},
	]},
	"C2": {"references": [{"framework": "one", "reference": "2"}, {"framework": "one", "reference": "3"}]},
	"C3": {},
}

one(description) := {"ref": "https://one.example", "description": description}

two(description) := {"ref": "https://two.example", "description": description}

found(named, given) := {[problem.check, problem.what, problem.fix] | some problem in problems} if {
	problems := resources.problems with input as {"own": ["a.rego"], "inspection": {"annotations": [{
		"annotations": {"scope": "rule", "related_resources": given, "custom": {"code": "a.b", "controls": named}},
		"path": [{"value": "deny"}], "location": {"file": "a.rego", "row": 3},
	}]}}
		with data.mlgate.requirements as {"frameworks": frameworks, "controls": controls}
}

test_what_agrees_is_left_alone[note] if {
	some note, [named, given] in {
		"two references": [["C1"], [one("One 1 and 2"), two("Two a")]],
		"in another order": [["C1"], [two("Two a"), one("One 1 and 2")]],
		"two requirements": [["C1", "C2"], [one("One 1, 2 and 3"), two("Two a")]],
		"nothing to refer to": [["C3"], []],
		"another source as well": [["C3"], [{"ref": "https://three.example", "description": "Three"}]],
		"no requirement": [[], [one("One 7")]],
	}
	found(named, given) == set()
}

test_what_disagrees_is_named[note] if {
	some note, given in {
		"left out": [two("Two a")],
		"not all of it": [one("One 1"), two("Two a")],
		"too much": [one("One 1, 2 and 3"), two("Two a")],
		"another order": [one("One 2 and 1"), two("Two a")],
		"twice": [one("One 1 and 2"), one("One 1"), two("Two a")],
		"at another address": [{"ref": "https://one.example/new", "description": "One 1 and 2"}, two("Two a")],
		"no words": [{"ref": "https://one.example"}, two("Two a")],
	}
	found(["C1"], given) == {[
		"resources", "related_resources and controls disagree about One",
		"write {ref: https://one.example, description: One 1 and 2}",
	]}
}

test_what_the_controls_do_not_refer_to_is_taken_out if {
	found(["C2"], [one("One 2 and 3"), two("Two a")]) == {[
		"resources", "related_resources and controls disagree about Two",
		"the controls refer to nothing in https://two.example; take it out",
	]}
}

test_a_single_reference_stands_alone if {
	found(["C1"], [one("One 1 and 2"), two("Two")]) == {[
		"resources", "related_resources and controls disagree about Two",
		"write {ref: https://two.example, description: Two a}",
	]}
}
