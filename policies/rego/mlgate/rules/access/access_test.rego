package mlgate.rules.access_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.access

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in access.deny with input as document
	finding.code == code
}

# The passing document asked for by somebody with these keys.
asked(keys) := json.patch(fixtures.passing, [{
	"op": "replace", "path": "/request/userInfo", "value": object.union(fixtures.passing.request.userInfo, keys),
}])

argo := "system:serviceaccount:argocd:argocd-application-controller"

test_the_passing_document_has_no_finding if access.deny == set() with input as fixtures.passing

deployer_code := "access.deployer_not_permitted"

# Findings where only two groups deploy to production, and everybody else where no group is named.
forbidden(document) := findings if {
	findings := found(deployer_code, document) with data.mlgate.settings.access.deployerGroups as {
		"sandbox": [], "development": ["dev"], "production": ["release", "platform"],
	}
}

test_somebody_of_another_group_is_found if {
	forbidden(fixtures.passing) == {{
		"code": deployer_code,
		"path": "metadata.name",
		"term": null,
		"model": null,
		"observed": "groups ml-deployers, system:authenticated",
		"required": "release, platform",
		"values": {},
	}}
}

test_a_member_of_one_of_the_groups_may[group] if {
	some group in ["release", "platform"]
	forbidden(asked({"groups": ["system:authenticated", group]})) == set()
}

in_profile(profile) := json.patch(asked({"groups": ["release"]}), [{
	"op": "replace", "path": "/cluster/namespace/labels/mlgate.dev~1profile", "value": profile,
}])

test_groups_are_those_of_the_profile if {
	forbidden(in_profile("production")) == set()
	count(forbidden(in_profile("development"))) == 1
}

test_where_no_group_is_named_anybody_may if forbidden(in_profile("sandbox")) == set()

test_a_delivery_tool_deploys_for_others if {
	forbidden(asked({"username": argo, "groups": []})) == set()
}

test_a_name_that_resembles_a_tool_is_none[name] if {
	some name in [
		"argocd-application-controller", "system:serviceaccount:argocd:argocd-application-controller ",
		"SYSTEM:serviceaccount:argocd:argocd-application-controller",
		"system:serviceaccount:evil:argocd-application-controller",
	]
	count(forbidden(asked({"username": name}))) == 1
}

test_groups_of_a_wrong_kind_are_none[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["release", {"release": "release"}, [["release"]]])
	count(forbidden(asked({"groups": wrong}))) == 1
}

test_nobody_may_deploy[note] if {
	some note, wrong in fixtures.wrong_values
	document := json.patch(fixtures.passing, [{"op": "replace", "path": "/request/userInfo", "value": wrong}])
	{finding.observed | some finding in forbidden(document)} == {"groups none"}
	count(forbidden(asked({"username": wrong}))) == 1
}

mfa_code := "access.mfa_not_asserted"

# Findings where the identity provider tells of the login under amr.
weak(document) := findings if {
	findings := found(mfa_code, document) with data.mlgate.settings.access.mfaExtraKey as "amr"
}

test_a_login_with_one_factor_is_found if {
	weak(asked({"extra": {"amr": ["pwd"], "other": ["mfa"]}})) == {{
		"code": mfa_code,
		"path": "metadata.name",
		"term": null,
		"model": null,
		"observed": "pwd",
		"required": "mfa, hwk, otp, fido",
		"values": {"key": "amr"},
	}}
}

test_a_second_factor_will_do[method] if {
	some method in ["mfa", "hwk", "otp", "fido"]
	weak(asked({"extra": {"amr": ["pwd", method]}})) == set()
}

test_a_login_nothing_is_known_of_has_one_factor[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["mfa", ["MFA"], {"a": "mfa"}])
	count(weak(asked({"extra": {"amr": wrong}}))) == 1
	count(weak(asked({"extra": wrong}))) == 1
	count(weak(json.patch(fixtures.passing, [{"op": "replace", "path": "/request/userInfo", "value": wrong}]))) == 1
}

test_a_service_account_does_not_log_in if {
	weak(asked({"username": argo})) == set()
	weak(asked({"username": "system:serviceaccount:a:b"})) == set()
}

test_whoever_only_resembles_a_service_account_logs_in[note] if {
	some note, name in array.concat(fixtures.wrong_values, ["System:serviceaccount:a:b", "x system:serviceaccount:a:b", "system:serviceaccounts"])
	count(weak(asked({"username": name}))) == 1
}

test_without_a_key_no_login_is_judged if {
	found(mfa_code, asked({"extra": {"": ["pwd"]}})) == set()
}
