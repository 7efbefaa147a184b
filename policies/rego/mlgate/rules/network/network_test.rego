package mlgate.rules.network_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.network

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in network.deny with input as document
	finding.code == code
}

policy := {
	"name": "a", "selectsAllPods": true, "policyTypes": ["Ingress", "Egress"],
	"openIngress": false, "openEgress": false,
}

# Everything a flag may be that is not true.
not_true := [wrong | some wrong in fixtures.wrong_values; wrong != true]

with_policies(policies) := fixtures.with_patch(["cluster", "networkPolicies"], policies)

# What is told of the callers and of the destinations where these are the policies.
told(policies) := {direction: observed |
	some direction, code in {"in": "network.policy_missing", "out": "network.egress_unrestricted"}
	observed := {[finding.path, finding.observed] | some finding in found(code, with_policies(policies))}
	observed != set()
}

nobody := {
	"in": {["metadata.namespace", "no policy of type Ingress selects its pods"]},
	"out": {["metadata.namespace", "no policy of type Egress selects its pods"]},
}

test_the_passing_document_has_no_finding if network.deny == set() with input as fixtures.passing

test_nothing_is_said_of_an_object_that_starts_no_model if {
	document := json.patch(with_policies([]), [{"op": "replace", "path": "/workload", "value": null}])
	network.deny == set() with input as document
}

test_pods_that_no_policy_guards_are_found if {
	found("network.policy_missing", with_policies([])) == {{
		"code": "network.policy_missing",
		"path": "metadata.namespace",
		"term": null,
		"model": null,
		"observed": "no policy of type Ingress selects its pods",
		"required": "a NetworkPolicy that names the permitted callers",
		"values": {},
	}}
}

test_pods_that_reach_everything_are_found if {
	found("network.egress_unrestricted", with_policies([object.union(policy, {"openEgress": true})])) == {{
		"code": "network.egress_unrestricted",
		"path": "NetworkPolicy/a.spec.egress",
		"term": null,
		"model": null,
		"observed": "egress of a names nobody",
		"required": "a NetworkPolicy that names the permitted destinations",
		"values": {},
	}}
}

test_one_policy_can_limit_both_directions if told([policy]) == {}

test_a_policy_limits_only_its_types if {
	told([object.union(policy, {"policyTypes": ["Ingress"]})]) == {"out": nobody.out}
	told([object.union(policy, {"policyTypes": ["Egress"]})]) == {"in": nobody["in"]}
}

test_a_policy_of_some_pods_or_of_no_type_limits_nothing[note] if {
	some note, wrong in fixtures.wrong_values
	told([object.union(policy, {"policyTypes": wrong})]) == nobody
	told([wrong]) == nobody
	told(wrong) == nobody
}

test_a_policy_that_does_not_say_whom_it_selects_selects_nobody[note] if {
	some note, wrong in array.concat(not_true, [false])
	told([object.union(policy, {"selectsAllPods": wrong})]) == nobody
	told([object.remove(policy, ["selectsAllPods"])]) == nobody
}

test_types_in_an_object_are_none if told([object.union(policy, {"policyTypes": {"a": "Ingress", "b": "Egress"}})]) == nobody

test_one_open_policy_undoes_the_others if {
	open := object.union(policy, {"name": "b", "openIngress": true})
	told([policy, open]) == {"in": {["NetworkPolicy/b.spec.ingress", "ingress of b names nobody"]}}
	told([policy, object.union(open, {"selectsAllPods": false})]) == {}
	told([policy, object.union(open, {"policyTypes": ["Egress"]})]) == {}
}

test_a_policy_that_does_not_say_how_open_it_is_is_open[note] if {
	some note, wrong in fixtures.wrong_values
	path := {["NetworkPolicy/a.spec.ingress", "ingress of a names nobody"]}
	told([object.union(policy, {"openIngress": wrong})]) == {"in": path}
	told([object.remove(policy, ["openIngress"])]) == {"in": path}
}

exposed := {"scope": "external", "tls": true, "authentication": "none", "path": "spec.ingress"}

guard := {"kind": "AuthorizationPolicy", "name": "callers", "selectsAllPods": true, "requiresIdentity": true}

# Findings about a workload that is exposed like this behind these policies.
unauthenticated(exposure, policies) := {[finding.path, finding.observed] |
	document := json.patch(fixtures.with_patch(["workload", "exposure"], exposure), [{
		"op": "replace", "path": "/cluster/authorizationPolicies", "value": policies,
	}])
	some finding in found("network.exposed_without_authentication", document)
}

test_an_endpoint_open_to_everybody_is_found if {
	found("network.exposed_without_authentication", fixtures.with_patch(["workload", "exposure"], exposed)) == {{
		"code": "network.exposed_without_authentication",
		"path": "spec.ingress",
		"term": null,
		"model": null,
		"observed": "scope external, authentication none",
		"required": "authentication of every caller",
		"values": {"location": "spec.ingress"},
	}}
}

test_an_endpoint_inside_the_cluster_passes[scope] if {
	some scope in ["none", "cluster"]
	unauthenticated(object.union(exposed, {"scope": scope}), []) == set()
}

test_an_endpoint_that_asks_who_calls_passes[authentication] if {
	some authentication in ["jwt", "mtls", "other"]
	unauthenticated(object.union(exposed, {"authentication": authentication}), []) == set()
}

test_an_endpoint_of_unknown_reach_counts_as_exposed[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["unknown", "Cluster", "internal"])
	count(unauthenticated(object.union(exposed, {"scope": wrong}), [])) == 1
	count(unauthenticated(object.remove(exposed, ["scope"]), [])) == 1
}

test_an_authentication_that_is_unknown_is_none[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["unknown", "JWT", "basic"])
	count(unauthenticated(object.union(exposed, {"authentication": wrong}), [])) == 1
	count(unauthenticated(object.remove(exposed, ["authentication"]), [])) == 1
}

test_an_exposure_of_a_wrong_kind_counts_as_exposed[note] if {
	some note, wrong in fixtures.wrong_values
	{finding[0] | some finding in unauthenticated(wrong, [])} == {"spec"}
}

test_a_workload_without_exposure_counts_as_exposed if {
	count(found("network.exposed_without_authentication", fixtures.without(["workload", "exposure"]))) == 1
}

test_a_policy_that_demands_an_identity_of_all_callers_suffices if {
	unauthenticated(exposed, [guard]) == set()
	unauthenticated(exposed, [object.union(guard, {"requiresIdentity": false}), guard]) == set()
}

test_two_halves_of_a_policy_are_none if {
	count(unauthenticated(exposed, [
		object.union(guard, {"requiresIdentity": false}),
		object.union(guard, {"selectsAllPods": false}),
	])) == 1
}

test_a_policy_that_does_not_say_what_it_demands_demands_nothing[note] if {
	some note, wrong in not_true
	count(unauthenticated(exposed, [object.union(guard, {"requiresIdentity": wrong})])) == 1
	count(unauthenticated(exposed, [object.union(guard, {"selectsAllPods": wrong})])) == 1
	count(unauthenticated(exposed, [wrong])) == 1
	count(unauthenticated(exposed, wrong)) == 1
}
