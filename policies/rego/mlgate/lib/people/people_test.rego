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

listed := ["corp/", "OIDC-", "corp|", "corp/eu/", "b2b:partner/"]

test_prefixes_that_a_setting_names_are_left_out[name] if {
	some name, wanted in {
		"corp/Erin@example.org": "erin@example.org",
		"oidc-erin@example.org": "erin@example.org",
		"corp|erin@example.org": "erin@example.org",
		"corp/eu/erin@example.org": "erin@example.org",
		"b2b:partner/erin@example.org": "erin@example.org",
		"corp/oidc:erin@example.org": "erin@example.org",
		"oidc:erin@example.org": "erin@example.org",
		"erin@example.org": "erin@example.org",
		"partner/erin@example.org": "partner/erin@example.org",
		"corp/": "corp/",
		"system:serviceaccount:corp/:x": "system:serviceaccount:corp/:x",
	}
	people.bare(name) == wanted with data.mlgate.settings.people.usernamePrefixes as listed
}

test_without_the_setting_other_prefixes_are_part_of_the_name[name] if {
	some name in ["oidc/erin@example.org", "oidc-erin@example.org", "corp|erin@example.org"]
	people.bare(name) == name
}

test_names_of_the_machinery_keep_any_prefix if {
	people.bare("system:admin") == "system:admin" with data.mlgate.settings.people.usernamePrefixes as ["system:", "sys"]
}

test_prefixes_that_cannot_be_read_are_none[sprintf("%v", [prefixes])] if {
	some prefixes in [null, [], "corp/", 7, {}, [null, 7, "", [], {}]]
	people.bare("corp/erin@example.org") == "corp/erin@example.org" with data.mlgate.settings.people.usernamePrefixes as prefixes
}

known := {"EWT": "erin@example.org", "oidc:ewt2": "oidc:Erin@example.org", "system:admin": "erin@example.org"}

test_a_login_with_another_name_is_that_person[name] if {
	some name, wanted in {
		"ewt": "erin@example.org",
		"oidc:EWT": "erin@example.org",
		"ewt2": "erin@example.org",
		"erin@example.org": "erin@example.org",
		"ewt3": "ewt3",
	}
	people.bare(name) == wanted with data.mlgate.settings.people.aliases as known
}

chain := {"ewt": "erin@example.org", "Erin@example.org": "e.tanaka@example.org", "oidc:e.tanaka@example.org": "et"}

test_names_that_lead_on_are_one_person[name] if {
	some name in ["ewt", "oidc:EWT", "erin@example.org", "e.tanaka@example.org", "et"]
	people.bare(name) == "et" with data.mlgate.settings.people.aliases as chain
}

test_names_that_lead_in_a_circle_are_one_person[name] if {
	some name in ["a", "b", "c", "d"]
	people.bare(name) == "a" with data.mlgate.settings.people.aliases as {"d": "c", "c": "b", "b": "a", "a": "c"}
}

test_one_login_with_two_names_is_one_of_them if {
	people.bare("ewt") in {"a@example.org", "b@example.org"} with data.mlgate.settings.people.aliases as {
		"ewt": "a@example.org", "EWT": "b@example.org",
	}
}

test_other_names_that_cannot_be_read_are_none[sprintf("%v", [aliases])] if {
	some aliases in [null, [], "ewt", 7, {}, {"ewt": null}, {"ewt": 7}, {"ewt": ""}, {"": "erin@example.org"}, [["ewt"]]]
	people.bare("ewt") == "ewt" with data.mlgate.settings.people.aliases as aliases
}

test_a_name_goes_by_another_with_what_stands_before_it_or_without[note] if {
	some note, pair in {
		"equal": ["oidc:erin", " OIDC:Erin"],
		"bare": ["erin", "oidc:erin"],
		"prefixed": ["oidc:erin", "erin"],
	}
	people.goes_by(pair[0], pair[1])
}

test_a_name_does_not_go_by_another_otherwise[note] if {
	some note, pair in {
		"another prefix": ["ldap:erin", "oidc:erin"],
		"another name": ["erina", "erin"],
		"null": [null, "erin"],
		"nobody": ["", ""],
		"nulls": [null, null],
		"a number": [7, 7],
		"given as null": ["erin", null],
	}
	not people.goes_by(pair[0], pair[1])
}
