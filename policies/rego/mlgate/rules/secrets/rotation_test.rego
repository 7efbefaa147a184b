package mlgate.rules.secrets_test

import data.mlgate.lib.fixtures_test as fixtures

# The passing document with a Secret in a variable, what the cluster knows of Secrets and what the card says.
using(known, said) := json.patch(fixtures.passing, [
	{"op": "replace", "path": "/workload/containers/0/env", "value": [from_secret]},
	{"op": "replace", "path": "/cluster/secrets", "value": known},
	{"op": "add", "path": "/cards/0/card/credentials", "value": said},
])

overdue(known, said) := {[finding.term, finding.observed] | some finding in found("secrets.rotation_overdue", using(known, said))}

test_a_secret_that_was_rotated_too_long_ago_is_found if {
	found("secrets.rotation_overdue", using({"hub": {"rotatedAt": "2026-12-09T23:59:59Z"}}, [])) == {{
		"code": "secrets.rotation_overdue",
		"path": place,
		"term": "hub",
		"model": null,
		"observed": "91 days ago",
		"required": "90",
		"values": {"credential": "hub"},
	}}
}

test_ninety_days_are_allowed if overdue({"hub": {"rotatedAt": "2026-12-10T00:00:00Z"}}, []) == set()

test_a_date_of_the_future_is_none if {
	overdue({"hub": {"rotatedAt": "2027-03-11T00:00:00Z"}}, []) == {["hub", "in the future (2027-03-11)"]}
	overdue({"hub": {"rotatedAt": "2027-03-10T23:00:00Z"}}, []) == set()
}

test_a_secret_the_cluster_cannot_date_is_unknown[note] if {
	some note, wrong in fixtures.wrong_values
	overdue({"hub": {"rotatedAt": wrong}}, [{"name": "hub", "rotatedAt": "2027-03-01T00:00:00Z"}]) == {["hub", "unknown"]}
	overdue({"hub": wrong}, [{"name": "hub", "rotatedAt": "2027-03-01T00:00:00Z"}]) == {["hub", "unknown"]}
}

test_a_secret_of_which_nobody_speaks_is_unknown[note] if {
	some note, wrong in fixtures.wrong_values
	["hub", "unknown"] in overdue({}, wrong)
	overdue(wrong, []) - {["hub", "unknown"]} == set()
	count(overdue(wrong, [])) == 1
}

test_without_a_card_a_secret_is_unknown if {
	document := json.patch(using({}, []), [{"op": "replace", "path": "/cards", "value": []}])
	count(found("secrets.rotation_overdue", document)) == 1
}

test_what_the_card_says_counts_where_the_cluster_is_silent if {
	overdue({}, [{"name": "hub", "rotatedAt": "2027-03-01T00:00:00Z"}]) == set()
	overdue({"other": {"rotatedAt": null}}, [{"name": "clinic-prod/hub", "rotatedAt": "2027-03-01T00:00:00Z"}]) == set()
	found("secrets.rotation_overdue", using({}, [{"name": "clinic-prod/hub", "rotatedAt": "2026-11-10T00:00:00Z"}])) == {{
		"code": "secrets.rotation_overdue",
		"path": "card.credentials[0].rotatedAt",
		"term": "clinic-prod/hub",
		"model": "predictor",
		"observed": "120 days ago",
		"required": "90",
		"values": {"credential": "clinic-prod/hub"},
	}}
}

test_a_secret_of_another_name_or_namespace_is_not_this_one[note] if {
	some note, name in ["hub2", "other/hub", "Hub", "clinic-prod/", "hub/clinic-prod"]
	overdue({}, [{"name": name, "rotatedAt": "2027-03-01T00:00:00Z"}]) == {["hub", "unknown"]}
}

test_the_cluster_goes_before_the_card if {
	overdue({"hub": {"rotatedAt": "2027-03-01T00:00:00Z"}}, [{"name": "hub", "rotatedAt": "2020-01-01T00:00:00Z"}]) == set()
	overdue({"hub": {"rotatedAt": "2020-01-01T00:00:00Z"}}, [{"name": "hub", "rotatedAt": "2027-03-01T00:00:00Z"}]) == {["hub", "2625 days ago"]}
}

test_of_several_entries_every_one_must_be_young if {
	said := [{"name": "hub", "rotatedAt": "2027-03-01T00:00:00Z"}, {"name": "clinic-prod/hub", "rotatedAt": "2026-11-10T00:00:00Z"}]
	overdue({}, said) == {["clinic-prod/hub", "120 days ago"]}
}

test_other_credentials_of_the_card_are_judged_too if {
	said := [{"name": "hub", "rotatedAt": "2027-03-01T00:00:00Z"}, {"name": "lake", "rotatedAt": "2026-11-10T00:00:00Z"}]
	overdue({"lake": {"rotatedAt": "2027-03-01T00:00:00Z"}}, said) == {["lake", "120 days ago"]}
}

test_a_credential_of_the_card_needs_a_date[note] if {
	some note, wrong in fixtures.wrong_values
	said := [{"name": "hub", "rotatedAt": "2027-03-01T00:00:00Z"}, {"name": "lake", "rotatedAt": wrong}]
	overdue({}, said) == {["lake", "unknown"]}
}

test_a_credential_of_the_card_without_date_or_name_is_found if {
	overdue({"hub": {"rotatedAt": "2027-03-01T00:00:00Z"}}, [{"name": "lake"}]) == {["lake", "unknown"]}
	overdue({"hub": {"rotatedAt": "2027-03-01T00:00:00Z"}}, [{"rotatedAt": "2020-01-01T00:00:00Z"}, null]) == {
		["unknown", "2625 days ago"],
		["unknown", "unknown"],
	}
}

test_in_an_object_without_namespace_a_name_is_the_name if {
	document := json.patch(using({}, [{"name": "clinic-prod/hub", "rotatedAt": "2027-03-01T00:00:00Z"}]), [{
		"op": "replace", "path": "/request/namespace", "value": null,
	}])
	{finding.term | some finding in found("secrets.rotation_overdue", document)} == {"hub"}
}

# What is found of a Secret that is referred to in this way alone, and of which nobody speaks.
referred(path, value) := {[finding.term, finding.path] |
	some finding in found("secrets.rotation_overdue", fixtures.with_patch(path, value))
}

volume := {"name": "keys", "kind": "secret", "secretName": "signing", "path": "spec.predictor.volumes[0]", "holdsModel": false, "inOwner": false}

test_every_reference_to_a_secret_counts if {
	referred(["workload", "containers", 0, "env"], [from_secret]) == {["hub", place]}
	referred(["workload", "containers", 0, "envFrom"], [whole_secret]) == {["database", whole_secret.path]}
	referred(["workload", "volumes"], [volume]) == {["signing", "spec.predictor.volumes[0]"]}
}

test_other_references_do_not_count[note] if {
	some note, other in ["configMapKey", "configMap", "field", null]
	referred(["workload", "containers", 0, "env"], [object.union(from_secret, {"from": other})]) == set()
	referred(["workload", "containers", 0, "envFrom"], [object.union(whole_secret, {"kind": other})]) == set()
	referred(["workload", "volumes"], [object.union(volume, {"kind": other})]) == set()
}

test_a_secret_without_name_is_unknown_too[note] if {
	some note, wrong in [null, 7, "", [], {}]
	referred(["workload", "volumes"], [object.union(volume, {"secretName": wrong})]) == {["unknown", volume.path]}
}

test_a_secret_is_told_where_its_owner_does_not_answer if {
	container := object.union(fixtures.container, {"env": [from_secret], "inOwner": true})
	added := object.union(container, {"env": [object.union(from_secret, {"path": "spec.z"})], "inOwner": false})
	referred(["workload", "containers"], [container, added]) == {["hub", "spec.z"]}
	referred(["workload", "containers"], [container]) == {["hub", place]}
	taken := object.union(volume, {"secretName": "hub", "inOwner": true})
	document := json.patch(fixtures.with_patch(["workload", "containers"], [container]), [{"op": "replace", "path": "/workload/volumes", "value": [taken]}])
	{finding.path | some finding in found("secrets.rotation_overdue", document)} == {place}
}
