package mlgate.rules.signoff_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.signoff

sign_off_object := {
	"apiVersion": "mlgate.dev/v1alpha1",
	"kind": "SignOff",
	"metadata": {"name": "vt-402-privacy", "namespace": "clinic-prod"},
	"spec": {
		"model": "visit-triage",
		"version": "4.0.2",
		"digest": fixtures.model_digest,
		"cardDigest": fixtures.card_digest,
		"role": "privacy",
		"approver": "noor.haddad@example.org",
		"decision": "approved",
	},
}

requester := {"username": "noor.haddad@example.org", "uid": null, "groups": ["privacy-office"], "extra": {}}

# A SignOff under review, as the API server sends it.
review(operation, object, old) := json.patch(fixtures.passing, [
	{"op": "replace", "path": "/request/operation", "value": operation},
	{"op": "replace", "path": "/request/kind", "value": {"group": "mlgate.dev", "version": "v1alpha1", "kind": "SignOff"}},
	{"op": "replace", "path": "/request/name", "value": "vt-402-privacy"},
	{"op": "replace", "path": "/request/userInfo", "value": requester},
	{"op": "replace", "path": "/object", "value": object},
	{"op": "replace", "path": "/oldObject", "value": old},
	{"op": "replace", "path": "/workload", "value": null},
	{"op": "replace", "path": "/cards", "value": []},
])

created(spec) := review("CREATE", object.union(object.remove(sign_off_object, ["spec"]), {"spec": spec}), null)

approver_is(name) := created(object.union(object.remove(sign_off_object.spec, ["approver"]), {"approver": name}))

role_is(role) := created(object.union(object.remove(sign_off_object.spec, ["role"]), {"role": role}))

record(document) := found if {
	all := signoff.deny with input as document
	found := {candidate.code | some candidate in all}
}

# Codes that speak while groups are mapped to roles.
mapped(document) := found if {
	all := signoff.deny with input as document
		with data.mlgate.settings.signOff.roleGroups as {"privacy": ["privacy-office", "dpo"], "legal": ["lawyers"]}
	found := {candidate.code | some candidate in all}
}

wrong_specs := [null, "approved", 7, true, [], [sign_off_object.spec], {}, {"approver": {"name": "x"}}]

test_an_approver_who_creates_the_sign_off_is_let_through if {
	record(created(sign_off_object.spec)) == set()
	mapped(created(sign_off_object.spec)) == set()
}

test_a_sign_off_in_the_name_of_another_is_told if {
	spoken("signoff.approver_not_requester", approver_is("piet.devries@example.org")) == {{
		"code": "signoff.approver_not_requester",
		"path": "spec.approver",
		"term": null,
		"model": null,
		"observed": "piet.devries@example.org",
		"required": "noor.haddad@example.org",
		"values": {"approver": "piet.devries@example.org"},
	}}
}

test_the_approver_is_compared_letter_by_letter[name] if {
	some name in [
		"Noor.Haddad@example.org", " noor.haddad@example.org", "noor.haddad@example.org ",
		"", " ", null, 7, [], ["noor.haddad@example.org"], {},
	]
	record(approver_is(name)) == {"signoff.approver_not_requester"}
}

test_a_spec_that_cannot_be_read_is_told if {
	every spec in wrong_specs {
		record(created(spec)) == {"signoff.approver_not_requester"}
		mapped(created(spec)) == {"signoff.approver_not_requester", "signoff.role_not_held"}
	}
}

test_an_object_without_a_spec_is_told if {
	bare := object.remove(sign_off_object, ["spec"])
	record(review("CREATE", bare, null)) == {"signoff.approver_not_requester"}
	record(json.remove(review("CREATE", bare, null), ["object"])) == {"signoff.approver_not_requester"}
}

test_an_unknown_requester_is_nobodys_approver[info] if {
	some info in [null, {}, {"username": null}, {"username": ""}, "noor.haddad@example.org"]
	document := json.patch(approver_is(null), [{"op": "replace", "path": "/request/userInfo", "value": info}])
	record(document) == {"signoff.approver_not_requester"}
}

test_a_blank_requester_is_nobodys_approver if {
	document := json.patch(approver_is(" "), [{"op": "replace", "path": "/request/userInfo/username", "value": " "}])
	record(document) == {"signoff.approver_not_requester"}
}

test_a_role_of_another_group_is_told if {
	all := signoff.deny with input as role_is("legal")
		with data.mlgate.settings.signOff.roleGroups as {"privacy": ["privacy-office"], "legal": ["lawyers", "counsel"]}
	all == {{
		"code": "signoff.role_not_held",
		"path": "spec.role",
		"term": null,
		"model": null,
		"observed": "privacy-office",
		"required": "lawyers, counsel",
		"values": {"role": "legal"},
	}}
}

test_a_role_that_is_not_mapped_can_be_held_by_nobody[role] if {
	some role in ["businessOwner", "Privacy", "", null, 7, [], ["privacy"], {}]
	mapped(role_is(role)) == {"signoff.role_not_held"}
}

test_a_role_with_groups_that_cannot_be_read_is_held_by_nobody[groups] if {
	some groups in [null, [], {}, "privacy-office"]
	all := signoff.deny with input as role_is("privacy")
		with data.mlgate.settings.signOff.roleGroups as {"privacy": groups}
	{candidate.required | some candidate in all} == {"no group"}
}

test_groups_of_the_requester_that_cannot_be_read_hold_nothing[groups] if {
	some groups in [null, [], {}, "privacy-office", [null], ["Privacy-Office"]]
	document := json.patch(role_is("privacy"), [{"op": "replace", "path": "/request/userInfo/groups", "value": groups}])
	mapped(document) == {"signoff.role_not_held"}
}

test_an_unknown_requester_holds_nothing if {
	document := json.patch(role_is("privacy"), [{"op": "replace", "path": "/request/userInfo", "value": null}])
	mapped(document) == {"signoff.approver_not_requester", "signoff.role_not_held"}
}

test_without_a_mapping_roles_are_left_to_rbac if record(role_is("businessOwner")) == set()

changed_spec := object.union(sign_off_object, {"spec": {"decision": "rejected"}})

test_a_changed_spec_is_told if {
	spoken("signoff.spec_changed", review("UPDATE", changed_spec, sign_off_object)) == {{
		"code": "signoff.spec_changed",
		"path": "spec",
		"term": null,
		"model": null,
		"observed": "another spec",
		"required": "the spec as it was given",
		"values": {},
	}}
}

test_a_change_beside_the_spec_is_let_through if {
	labelled := object.union(sign_off_object, {"metadata": {"labels": {"team": "triage"}}})
	record(review("UPDATE", labelled, sign_off_object)) == set()
	mapped(review("UPDATE", labelled, sign_off_object)) == set()
}

test_a_stored_object_that_is_not_known_is_a_change[old] if {
	some old in [null, [], "x", 7, {}, {"spec": null}, {"spec": [sign_off_object.spec]}]
	record(review("UPDATE", sign_off_object, old)) == {"signoff.spec_changed"}
}

test_a_missing_stored_object_is_a_change if {
	document := json.patch(review("UPDATE", sign_off_object, null), [{"op": "remove", "path": "/oldObject"}])
	record(document) == {"signoff.spec_changed"}
}

test_a_spec_of_another_type_is_a_change if {
	every spec in wrong_specs {
		changed := object.union(object.remove(sign_off_object, ["spec"]), {"spec": spec})
		record(review("UPDATE", changed, sign_off_object)) == {"signoff.spec_changed"}
	}
}

test_creating_is_no_change_and_changing_is_no_creation if {
	record(review("CREATE", sign_off_object, null)) == set()
	foreign := object.union(sign_off_object, {"spec": {"approver": "piet.devries@example.org"}})
	record(review("UPDATE", foreign, foreign)) == set()
}

test_other_objects_are_no_sign_offs[operation] if {
	some operation in ["CREATE", "UPDATE"]
	document := fixtures.with_patch(["request", "operation"], operation)
	record(document) == set()
	mapped(document) == set()
}

test_only_who_creates_must_hold_the_role if {
	businesslike := object.union(sign_off_object, {"spec": {"role": "businessOwner"}})
	mapped(review("UPDATE", businesslike, businesslike)) == set()
}

test_a_requester_without_a_proper_name_approves_nothing[note] if {
	some note, wrong in [7, true, ["noor.haddad@example.org"], {"name": "noor.haddad@example.org"}]
	document := json.patch(approver_is(wrong), [{"op": "replace", "path": "/request/userInfo/username", "value": wrong}])
	record(document) == {"signoff.approver_not_requester"}
}

test_two_specs_that_are_not_there_are_not_the_same if {
	bare := object.remove(sign_off_object, ["spec"])
	record(review("UPDATE", bare, null)) == {"signoff.spec_changed"}
}
