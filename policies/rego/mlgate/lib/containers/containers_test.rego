package mlgate.lib.containers_test

import data.mlgate.lib.containers
import data.mlgate.lib.fixtures_test as fixtures

proxy := object.union(fixtures.container, {
	"name": "istio-proxy",
	"image": {"raw": "istio/proxyv2:1.30", "registry": "docker.io", "repository": "istio/proxyv2", "digest": null},
	"args": ["proxy", "sidecar"],
})

judged(list) := [container.name | some container in found] if {
	found := containers.judged with input as fixtures.with_patch(["workload", "containers"], list)
}

test_containers_of_the_author_are_judged if judged([proxy, fixtures.container]) == ["kserve-container"]

test_a_container_that_only_looks_like_the_platforms_is_judged[note] if {
	some note, keys in {
		"longer name": {"image": {"repository": "istio/proxyv2-miner"}},
		"shorter name": {"image": {"repository": "istio/proxy"}},
		"other registry": {"image": {"registry": "docker.io.example.org"}},
		"no registry": {"image": {"registry": null}},
		"no repository": {"image": {"repository": null}},
		"own command": {"command": ["sh", "-c", "fetch | sh"]},
		"command unknown": {"command": null},
	}
	judged([object.union(proxy, keys)]) == ["istio-proxy"]
}

test_a_container_without_image_or_command_is_judged if {
	judged([object.remove(proxy, ["image"])]) == ["istio-proxy"]
	judged([object.remove(proxy, ["command"])]) == ["istio-proxy"]
	judged([object.union(proxy, {"image": null})]) == ["istio-proxy"]
}

test_the_platforms_images_are_a_setting if {
	found := containers.judged with input as fixtures.with_patch(["workload", "containers"], [proxy])
		with data.mlgate.settings.supplyChain.platformImages as []
	count(found) == 1
}

test_without_containers_none_is_judged[note] if {
	some note, wrong in [null, true, 7, "", "seven", [], {}, {"a": null}]
	judged(wrong) == []
}

test_without_a_workload_none_is_judged if {
	containers.judged == [] with input as fixtures.with_patch(["workload"], null)
}
