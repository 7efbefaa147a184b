package mlgate.lib.people_test

import data.mlgate.lib.people

test_case_and_spaces_do_not_make_another_person if people.same(" Ann@Example.org", "ann@example.org ")

test_other_names_are_other_people if not people.same("ann", "anne")

test_nobody_is_the_same_as_no_one[sprintf("%v", [value])] if {
	some value in [null, "", "  ", 1, [], {}]
	not people.same(value, value)
}

test_characters_nobody_sees_do_not_make_another_person[name] if {
	some name in ["ann\u200b@example.org", "\u202eann@example.org", "\ufeffann@example.org", "a\u00adnn@example.org"]
	people.same(name, "ann@example.org")
}

test_a_name_of_unseen_characters_only_is_nobody if not people.key(" \u200b\u2060 ")

robot := "system:serviceaccount:ci:approver"

test_a_service_account_vouches_only_where_it_is_listed[name] if {
	some name in [robot, " System:ServiceAccount:CI:approver", "system:\u200bserviceaccount:ci:approver"]
	not people.may_vouch(name, [])
	people.may_vouch(name, ["ann", robot])
	not people.may_vouch(name, ["system:serviceaccount:ci:another", null, "system:serviceaccount:ci:*"])
	not people.may_vouch(name, null)
}

test_whoever_is_no_service_account_needs_no_list[sprintf("%v", [name])] if {
	some name in ["ann@example.org", "serviceaccount", "x-system:serviceaccount:ci:approver", "", " ", null, 7, []]
	people.may_vouch(name, [])
}

test_what_the_api_server_puts_before_a_name_is_left_out[name] if {
	some name, wanted in {
		"oidc:Ana@example.org": "ana@example.org",
		"https://login.example.org#ana": "ana",
		"corp:eu:ana": "ana",
		"ana@example.org": "ana@example.org",
		"ana:": "ana:",
		"#": "#",
		"system:serviceaccount:ml:ana": "system:serviceaccount:ml:ana",
		"system:admin": "system:admin",
	}
	people.bare(name) == wanted
}

test_nobody_has_no_bare_name_either[note] if {
	some note, nobody in {"blank": " ", "null": null, "number": 7}
	not people.bare(nobody)
}
