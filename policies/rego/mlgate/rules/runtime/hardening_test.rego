package mlgate.rules.runtime_test

import data.mlgate.lib.fixtures_test as fixtures

secured(keys) := fixtures.with_patch(
	["workload", "containers", 0, "securityContext"],
	object.union(fixtures.container.securityContext, keys),
)

flaws(keys) := {[finding.observed, finding.required] | some finding in found("runtime.container_not_hardened", secured(keys))}

test_a_container_that_is_not_hardened_is_found if {
	found("runtime.container_not_hardened", secured({"runAsNonRoot": null, "privileged": true})) == {{
		"code": "runtime.container_not_hardened",
		"path": "spec.predictor.containers[0]",
		"term": "kserve-container",
		"model": null,
		"observed": "runAsNonRoot not set, privileged true",
		"required": "runAsNonRoot: true, privileged: false",
		"values": {"container": "kserve-container", "location": "spec.predictor.containers[0]"},
	}}
}

test_each_flaw_is_found[note] if {
	some note, case in {
		"may be root": [{"runAsNonRoot": false}, "runAsNonRoot false", "runAsNonRoot: true"],
		"is root": [{"runAsUser": 0}, "runAsUser 0", "runAsUser: other than 0"],
		"privileged": [{"privileged": true}, "privileged true", "privileged: false"],
		"escalates": [{"allowPrivilegeEscalation": true}, "allowPrivilegeEscalation true", "allowPrivilegeEscalation: false"],
		"may escalate": [{"allowPrivilegeEscalation": null}, "allowPrivilegeEscalation not set", "allowPrivilegeEscalation: false"],
		"keeps capabilities": [{"capabilitiesDrop": ["NET_RAW"]}, "capabilities.drop NET_RAW", "capabilities.drop: [ALL]"],
		"adds capabilities": [
			{"capabilitiesAdd": ["SYS_ADMIN", "NET_BIND_SERVICE", "NET_RAW"]},
			"capabilities.add SYS_ADMIN, NET_RAW", "capabilities.add: at most NET_BIND_SERVICE",
		],
		"unconfined": [{"seccompProfile": "Unconfined"}, "seccompProfile Unconfined", "seccompProfile: RuntimeDefault or Localhost"],
		"no profile": [{"seccompProfile": null}, "seccompProfile not set", "seccompProfile: RuntimeDefault or Localhost"],
	}
	flaws(case[0]) == {[case[1], case[2]]}
}

test_what_is_allowed_passes[note] if {
	some note, keys in [
		{"runAsUser": null}, {"runAsUser": 1}, {"privileged": null}, {"capabilitiesAdd": ["NET_BIND_SERVICE"]},
		{"capabilitiesDrop": ["NET_RAW", "ALL"]}, {"seccompProfile": "Localhost"},
	]
	flaws(keys) == set()
}

test_what_is_no_list_of_capabilities_adds_none[note] if {
	some note, wrong in [null, "SYS_ADMIN", 7, {}, {"a": "SYS_ADMIN"}]
	flaws({"capabilitiesAdd": wrong}) == set()
}

test_values_of_a_wrong_kind_are_flaws[key] if {
	some key, wrong in {
		"runAsNonRoot": ["true", 1, [], {}],
		"runAsUser": ["0", "1000", true, [], {}],
		"privileged": ["false", 0, [], {}],
		"allowPrivilegeEscalation": ["false", 0, [], {}],
		"capabilitiesDrop": [null, "ALL", {"a": "ALL"}, [], ["all"]],
		"seccompProfile": ["runtimedefault", 7, [], {}],
	}
	every value in wrong {
		[[observed, _]] := [flaw | some flaw in flaws({key: value})]
		contains(observed, trim_suffix(key, "Drop"))
	}
}

test_a_field_that_is_missing_is_a_flaw[key] if {
	some key in ["runAsNonRoot", "allowPrivilegeEscalation", "capabilitiesDrop", "seccompProfile"]
	document := fixtures.without(["workload", "containers", 0, "securityContext", key])
	count(found("runtime.container_not_hardened", document)) == 1
}

test_a_field_that_may_be_missing_is_none[key] if {
	some key in ["runAsUser", "privileged", "capabilitiesAdd"]
	found("runtime.container_not_hardened", fixtures.without(["workload", "containers", 0, "securityContext", key])) == set()
}

test_a_container_without_a_context_is_not_hardened[note] if {
	some note, wrong in fixtures.wrong_values
	document := fixtures.with_patch(["workload", "containers", 0, "securityContext"], wrong)
	[finding] := [one | some one in found("runtime.container_not_hardened", document)]
	finding.observed == "runAsNonRoot not set, allowPrivilegeEscalation not set, capabilities.drop not set, seccompProfile not set"
}

test_the_key_of_the_context_may_be_missing if {
	count(found("runtime.container_not_hardened", fixtures.without(["workload", "containers", 0, "securityContext"]))) == 1
}

test_a_site_may_allow_more_capabilities if {
	found("runtime.container_not_hardened", secured({"capabilitiesAdd": ["SYS_PTRACE"]})) == set() with data.mlgate.settings.runtime.allowedCapabilities as ["SYS_PTRACE"]
	count(flaws({"capabilitiesAdd": ["SYS_PTRACE"]})) == 1
}

proxy := {
	"image": {"raw": "istio/proxyv2:1.30", "registry": "docker.io", "repository": "istio/proxyv2"},
	"securityContext": {"capabilitiesDrop": []},
}

of_containers(list) := {finding.term |
	some finding in found("runtime.container_not_hardened", fixtures.with_patch(["workload", "containers"], list))
}

test_containers_of_the_platform_are_left_alone if {
	of_containers([object.union(fixtures.container, proxy)]) == set()
}

test_an_image_of_the_platform_with_a_command_is_not if {
	of_containers([object.union(fixtures.container, object.union(proxy, {"command": ["sh"]}))]) == {"kserve-container"}
}

test_every_container_is_asked if {
	weak := object.union(fixtures.container, {"name": "setup", "role": "init", "securityContext": {"privileged": true}})
	of_containers([fixtures.container, weak]) == {"setup"}
}
