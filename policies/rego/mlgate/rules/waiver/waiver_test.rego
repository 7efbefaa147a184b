package mlgate.rules.waiver_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.waiver

spec := {
	"codes": ["rollback.too_slow"],
	"terms": ["modelcard/visit-triage-4.0.2"],
	"subject": {"workload": {"kind": "InferenceService", "name": "visit-triage"}},
	"reason": "The old cluster copies images slowly until it is replaced in May.",
	"ticket": "RISK-88",
	"requestedBy": "ada.koenig@example.org",
	"approvedBy": "leo.brandt@example.org",
	"expiresAt": "2027-05-01",
}

waiver_object := {
	"apiVersion": "mlgate.dev/v1alpha1",
	"kind": "Waiver",
	"metadata": {"name": "slow-rollback", "namespace": "clinic-prod"},
	"spec": spec,
}

# What the loader makes of it.
read := {
	"assurance": "authenticated",
	"name": "slow-rollback",
	"namespace": "clinic-prod",
	"codes": spec.codes,
	"terms": spec.terms,
	"subject": {"model": null, "version": null, "digest": null, "workload": spec.subject.workload},
	"reason": spec.reason,
	"ticket": spec.ticket,
	"requestedBy": spec.requestedBy,
	"approvedBy": spec.approvedBy,
	"createdAt": "2027-03-10T08:00:00Z",
	"expiresAt": "2027-05-01T00:00:00Z",
	"problems": [],
}

# A Waiver under review, as the API server sends it.
review(operation, object, old) := json.patch(fixtures.passing, [
	{"op": "replace", "path": "/request/operation", "value": operation},
	{"op": "replace", "path": "/request/kind", "value": {"group": "mlgate.dev", "version": "v1alpha1", "kind": "Waiver"}},
	{"op": "replace", "path": "/request/name", "value": "slow-rollback"},
	{"op": "replace", "path": "/request/userInfo/username", "value": "leo.brandt@example.org"},
	{"op": "replace", "path": "/request/userInfo/groups", "value": ["risk-office"]},
	{"op": "replace", "path": "/object", "value": object},
	{"op": "replace", "path": "/oldObject", "value": old},
	{"op": "replace", "path": "/workload", "value": null},
	{"op": "replace", "path": "/cards", "value": []},
	{"op": "replace", "path": "/waivers", "value": [read]},
])

of_spec(value) := object.union(object.remove(waiver_object, ["spec"]), {"spec": value})

created(value) := review("CREATE", of_spec(value), null)

# A new Waiver with one field of the spec replaced, whatever its type.
with_field(key, value) := created(object.union(object.remove(spec, [key]), {key: value}))

without_field(key) := created(object.remove(spec, [key]))

candidates(document) := found if {
	found := waiver.deny with input as document with data.mlgate.catalog as catalog
}

codes(document) := {candidate.code | some candidate in candidates(document)}

observed(document) := {candidate.observed | some candidate in candidates(document)}

catalog := {code: {} |
	some code in ["rollback.too_slow", "rollback.test_overdue", "secrets.embedded", "waiver.scope_invalid"]
}

wrong_specs := [null, "spec", 7, true, [], [spec], {}, {"codes": "rollback.too_slow"}]

test_a_good_waiver_is_let_through if codes(created(spec)) == set()

test_a_spec_that_cannot_be_read_is_told if {
	every value in wrong_specs {
		codes(created(value)) == {"waiver.approval_not_authentic", "waiver.scope_invalid"}
	}
}

test_an_object_that_cannot_be_read_is_told[object] if {
	some object in [null, "x", 7, [], [waiver_object], {}]
	codes(review("CREATE", object, null)) == {"waiver.approval_not_authentic", "waiver.scope_invalid"}
}

test_a_missing_object_is_told if {
	document := json.patch(created(spec), [{"op": "remove", "path": "/object"}])
	codes(document) == {"waiver.approval_not_authentic", "waiver.scope_invalid"}
}

test_a_waiver_in_the_name_of_another_is_told if {
	candidates(with_field("approvedBy", "uma.patel@example.org")) == {{
		"code": "waiver.approval_not_authentic",
		"path": "spec.approvedBy",
		"term": null,
		"model": null,
		"observed": "spec.approvedBy is not who creates it",
		"required": "whoever may create Waivers",
		"values": {},
	}}
}

test_the_approver_is_compared_letter_by_letter[name] if {
	some name in [
		"Leo.Brandt@example.org", " leo.brandt@example.org",
		"", " ", null, 7, [], ["leo.brandt@example.org"], {},
	]
	observed(with_field("approvedBy", name)) == {"spec.approvedBy is not who creates it"}
}

test_a_missing_approver_is_told if observed(without_field("approvedBy")) == {"spec.approvedBy is not who creates it"}

test_an_unknown_requester_grants_nothing[info] if {
	some info in [null, {}, {"username": null}, {"username": ""}, "leo.brandt@example.org"]
	document := json.patch(with_field("approvedBy", null), [{"op": "replace", "path": "/request/userInfo", "value": info}])
	codes(document) == {"waiver.approval_not_authentic"}
}

test_who_asks_cannot_grant_however_the_name_is_written[name] if {
	some name in ["leo.brandt@example.org", "LEO.Brandt@example.org", " leo.brandt@example.org "]
	observed(with_field("requestedBy", name)) == {"spec.requestedBy and spec.approvedBy are the same person"}
}

test_nobody_asks_for_nothing[name] if {
	some name in [null, "", " ", 7, [], ["ada.koenig@example.org"], {}]
	observed(with_field("requestedBy", name)) == {"spec.requestedBy names nobody"}
}

test_a_missing_asker_is_told if observed(without_field("requestedBy")) == {"spec.requestedBy names nobody"}

test_only_the_groups_named_may_grant[note] if {
	some note, case in {
		"member": {"groups": ["staff", "risk-office"], "codes": set()},
		"no member": {"groups": ["staff"], "codes": {"waiver.approval_not_authentic"}},
		"another spelling": {"groups": ["Risk-Office"], "codes": {"waiver.approval_not_authentic"}},
		"no groups": {"groups": [], "codes": {"waiver.approval_not_authentic"}},
		"null": {"groups": null, "codes": {"waiver.approval_not_authentic"}},
		"a word": {"groups": "risk-office", "codes": {"waiver.approval_not_authentic"}},
	}
	document := json.patch(created(spec), [{"op": "replace", "path": "/request/userInfo/groups", "value": case.groups}])
	found := waiver.deny with input as document
		with data.mlgate.catalog as catalog
		with data.mlgate.settings.waiver.approverGroups as ["risk-office", "board"]
	{candidate.code | some candidate in found} == case.codes
	every candidate in found {
		candidate.required == "risk-office, board"
	}
}

test_a_changed_spec_is_told if {
	document := review("UPDATE", of_spec(object.union(spec, {"expiresAt": "2027-06-01"})), waiver_object)
	candidates(document) == {{
		"code": "waiver.spec_changed",
		"path": "spec",
		"term": null,
		"model": null,
		"observed": "another spec",
		"required": "the spec as it was granted",
		"values": {},
	}}
}

test_a_change_beside_the_spec_is_let_through if {
	labelled := object.union(waiver_object, {"metadata": {"labels": {"team": "triage"}}})
	codes(review("UPDATE", labelled, waiver_object)) == set()
}

test_a_stored_object_that_is_not_known_is_a_change[old] if {
	some old in [null, [], "x", 7, {}, {"spec": null}, {"spec": [spec]}]
	codes(review("UPDATE", waiver_object, old)) == {"waiver.spec_changed"}
}

test_an_object_without_a_spec_is_a_change_where_the_stored_one_is_not_known[old] if {
	some old in [null, [], "x", 7]
	"waiver.spec_changed" in codes(review("UPDATE", object.remove(waiver_object, ["spec"]), old))
}

test_a_missing_stored_object_is_a_change if {
	document := json.patch(review("UPDATE", waiver_object, null), [{"op": "remove", "path": "/oldObject"}])
	codes(document) == {"waiver.spec_changed"}
}

test_a_spec_of_another_type_is_a_change if {
	every value in wrong_specs {
		codes(review("UPDATE", of_spec(value), waiver_object)) == {"waiver.spec_changed", "waiver.scope_invalid"}
	}
}

test_who_changes_a_label_need_not_be_the_approver if {
	document := json.patch(review("UPDATE", waiver_object, waiver_object), [{
		"op": "replace", "path": "/request/userInfo/username", "value": "uma.patel@example.org",
	}])
	codes(document) == set()
}

test_a_service_account_grants_nothing_unless_a_setting_names_it[note] if {
	robot := "system:serviceaccount:ci:approver"
	told := "who creates it is a service account that setting waiver.serviceAccounts does not name"
	some note, case in {
		"nobody": {"listed": [], "observed": {told}},
		"another": {"listed": ["system:serviceaccount:ci:another"], "observed": {told}},
		"named": {"listed": [robot], "observed": set()},
	}
	document := json.patch(with_field("approvedBy", robot), [{
		"op": "replace", "path": "/request/userInfo/username", "value": robot,
	}])
	observed(document) == case.observed with data.mlgate.settings.waiver.serviceAccounts as case.listed
}
