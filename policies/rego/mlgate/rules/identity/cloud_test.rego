package mlgate.rules.identity_test

import data.mlgate.lib.fixtures_test as fixtures

cloud_code := "identity.cloud_iam_wildcard"

# The passing document turned into the question whether a cloud policy may be stored.
cloud(spec) := json.patch(fixtures.passing, [
	{"op": "replace", "path": "/request/kind", "value": {"group": "iam.services.k8s.aws", "version": "v1alpha1", "kind": "Policy"}},
	{"op": "replace", "path": "/object", "value": {"metadata": {"name": "p"}, "spec": spec}},
	{"op": "replace", "path": "/workload", "value": null},
])

grants(policy) := {finding.observed | some finding in found(cloud_code, cloud({"policyDocument": policy}))}

# A policy of one statement that allows what is named, with these changes.
allowing(changes) := json.marshal({"Version": "2012-10-17", "Statement": [object.union(named, changes)]})

named := {"Effect": "Allow", "Action": ["s3:GetObject", "s3:List*"], "Resource": "arn:aws:s3:::weights/*"}

test_a_policy_that_names_what_it_allows_passes if grants(allowing({})) == set()

test_a_policy_that_allows_everything_is_found if {
	found(cloud_code, cloud({"policyDocument": allowing({"Action": "*", "Resource": ["*"]})})) == {{
		"code": cloud_code,
		"path": "spec.policyDocument",
		"term": "spec.policyDocument",
		"model": null,
		"observed": "Action *, Resource *",
		"required": "named operations and resources",
		"values": {"location": "spec.policyDocument"},
	}}
}

test_each_wildcard_of_an_action_is_found[action] if {
	some action in ["*", "s3:*", "s3:**", "s3:?*", "s3:*?", " s3:* ", "*:*", "**"]
	grants(allowing({"Action": action})) == {sprintf("Action %s", [action])}
	grants(allowing({"Action": ["s3:GetObject", action]})) == {sprintf("Action %s", [action])}
}

test_a_wildcard_within_the_name_of_an_action_is_none[action] if {
	some action in ["s3:Get*", "s3:*Object", "s3:G*t", "s3:?"]
	grants(allowing({"Action": action})) == set()
}

test_each_wildcard_of_a_resource_is_found[resource] if {
	some resource in ["*", "**", "?*", "arn:*", "arn:aws:*", "arn:aws-cn:*:*", "arn:*:*:*:*:*", "a*", "ar*", "arn*", "*:*"]
	grants(allowing({"Resource": resource})) == {sprintf("Resource %s", [resource])}
}

test_a_wildcard_within_the_name_of_a_resource_is_none[resource] if {
	some resource in ["arn:aws:s3:::weights/*", "arn:aws:s3:::*", "arn:aws:s3:*", "?"]
	grants(allowing({"Resource": resource})) == set()
}

test_what_is_allowed_by_exception_is_found if {
	policy := json.marshal({"Statement": {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::x"}})
	grants(policy) == {"no Action, no Resource"}
}

test_words_of_a_wrong_kind_are_as_wide_as_can_be[note] if {
	some note, wrong in [null, true, 7, [null], {}, {"a": null}]
	count(grants(allowing({"Action": wrong}))) == 1
	count(grants(allowing({"Resource": wrong}))) == 1
}

test_empty_lists_name_nothing if grants(allowing({"Action": [], "Resource": []})) == {"no Action, no Resource"}

test_a_statement_that_denies_grants_nothing if grants(allowing({"Effect": "Deny", "Action": "*"})) == set()

test_what_is_not_denied_is_allowed[note] if {
	some note, effect in ["Allow", "allow", "deny", "DENY", null, "", [], ["Deny", "Allow"], {}]
	grants(allowing({"Effect": effect, "Action": "*"})) == {"Action *"}
}

test_a_statement_need_not_stand_in_a_list if {
	grants(json.marshal({"Statement": object.union(named, {"Action": "*"})})) == {"Action *"}
}

test_every_statement_is_read if {
	grants(json.marshal({"Statement": [named, object.union(named, {"Resource": "*"})]})) == {"Resource *"}
}

test_names_in_another_case_are_not_overlooked if {
	grants(`{"statement": {"effect": "Allow", "action": "*", "resource": "arn:x"}}`) == {"Action *"}
	grants(allowing({"action": "*"})) == {"Action *"}
	grants(allowing({"effect": "Deny", "Action": "*"})) == {"Action *"}
	grants(`{"Statement": [], "STATEMENT": {"Effect": "Allow", "Action": "*", "Resource": "arn:x"}}`) == {"Action *"}
}

test_a_policy_without_a_statement_grants_nothing if grants(`{"Statement": []}`) == set()

test_a_policy_that_cannot_be_read_is_found[note] if {
	some note, wrong in [
		true, 7, "seven", "{", `"*"`, "[]", `["statement"]`, "7", "null", "{}", `{"Statement": null}`, `{"Statement": "*"}`,
		`{"Statement": [[]]}`, `{"Statement": [{"Effect": "Deny"}, 7]}`, `{"Statements": []}`,
	]
	grants(wrong) == {"a policy that cannot be read"}
}

test_a_policy_that_is_not_there_grants_nothing[note] if {
	some note, nothing in [null, "", " ", [], {}]
	grants(nothing) == set()
}

test_a_map_or_a_list_is_judged_entry_by_entry if {
	wide := allowing({"Action": "*"})
	findings := found(cloud_code, cloud({"inlinePolicies": {"a": wide, "b": allowing({}), "c": {"Statement": []}}}))
	{[finding.term, finding.path, finding.values.location, finding.observed] | some finding in findings} == {
		["spec.inlinePolicies[a]", "spec.inlinePolicies[a]", "spec.inlinePolicies[a]", "Action *"],
		["spec.inlinePolicies[c]", "spec.inlinePolicies[c]", "spec.inlinePolicies[c]", "a policy that cannot be read"],
	}
	{finding.term | some finding in found(cloud_code, cloud({"inlinePolicies": [allowing({}), wide, null]}))} == {
		"spec.inlinePolicies[1]", "spec.inlinePolicies[2]",
	}
}

test_every_place_of_the_settings_is_read[place] if {
	some place in [["policyDocument"], ["forProvider", "policy"], ["forProvider", "document"]]
	spec := json.patch({"forProvider": {}}, [{"op": "add", "path": place, "value": allowing({"Action": "*"})}])
	{finding.path | some finding in found(cloud_code, cloud(spec))} == {concat(".", array.concat(["spec"], place))}
}

test_an_object_that_is_none_holds_no_policy[note] if {
	some note, wrong in fixtures.wrong_values
	document := json.patch(cloud({}), [{"op": "replace", "path": "/object", "value": wrong}])
	found(cloud_code, document) == set()
}

test_objects_of_other_groups_hold_no_cloud_policy if {
	document := json.patch(cloud({"policyDocument": allowing({"Action": "*"})}), [{
		"op": "replace", "path": "/request/kind/group", "value": "example.org",
	}])
	found(cloud_code, document) == set()
}
