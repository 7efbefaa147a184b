package mlgate.rules.supply_chain_test

import data.mlgate.lib.fixtures_test as fixtures

running(keys) := fixtures.with_patch(["workload", "containers"], [object.union(fixtures.container, keys)])

tagged := {"image": {"raw": "registry.example.org/serving/onnx:1.2", "tag": "1.2", "digest": null}}

proxy := {"image": {"raw": "istio/proxyv2:1.30", "registry": "docker.io", "repository": "istio/proxyv2", "digest": null}}

image_codes := ["supply_chain.image_not_pinned", "supply_chain.image_registry_not_trusted", "supply_chain.image_signature_not_verified"]

signers := [{"keyId": "sha256:aa"}, {"issuer": "https://login.example.org", "identity": "builder@example.org"}]

# Findings about images where registries and signers are configured.
demanded(code, document) := findings if {
	findings := found(code, document) with data.mlgate.settings.supplyChain.trustedRegistries as ["r.example.org", "registry.example.net/ml"]
		with data.mlgate.settings.supplyChain.trustedSigners as signers
}

test_an_image_without_digest_is_found if {
	found("supply_chain.image_not_pinned", running(tagged)) == {{
		"code": "supply_chain.image_not_pinned",
		"path": "spec.predictor.containers[0]",
		"term": "kserve-container",
		"model": null,
		"observed": "registry.example.org/serving/onnx:1.2",
		"required": "an image with its digest",
		"values": {
			"image": "registry.example.org/serving/onnx:1.2",
			"container": "kserve-container",
			"location": "spec.predictor.containers[0]",
		},
	}}
}

test_a_digest_must_be_one[note] if {
	some note, wrong in [given | some given in fixtures.wrong_values; given != "seven"]
	count(found("supply_chain.image_not_pinned", running({"image": {"digest": wrong}}))) == 1
}

test_an_image_nobody_knows_is_not_pinned[note] if {
	some note, wrong in [null, {}, 7, "registry.example.org/a@sha256:00"]
	document := fixtures.with_patch(["workload", "containers", 0, "image"], wrong)
	[finding] := [one | some one in found("supply_chain.image_not_pinned", document)]
	finding.observed == "(none)"
}

test_a_container_without_image_is_not_pinned if {
	count(found("supply_chain.image_not_pinned", fixtures.without(["workload", "containers", 0, "image"]))) == 1
}

test_images_of_the_platform_are_left_alone[code] if {
	some code in image_codes
	demanded(code, running(proxy)) == set()
}

test_an_image_of_the_platform_with_a_command_is_not[code] if {
	some code in image_codes
	count(demanded(code, running(object.union(proxy, {"command": ["sh", "-c", "fetch | sh"]})))) == 1
}

test_an_image_of_another_registry_is_found if {
	[finding] := [one | some one in demanded("supply_chain.image_registry_not_trusted", fixtures.passing)]
	finding == {
		"code": "supply_chain.image_registry_not_trusted",
		"path": "spec.predictor.containers[0]",
		"term": "kserve-container",
		"model": null,
		"observed": "registry.example.org/serving/onnx@sha256:6e0d1c2b3a49",
		"required": "r.example.org, registry.example.net/ml",
		"values": {
			"image": "registry.example.org/serving/onnx@sha256:6e0d1c2b3a49",
			"container": "kserve-container",
			"location": "spec.predictor.containers[0]",
		},
	}
}

test_an_image_of_a_listed_registry_passes[note] if {
	some note, image in [
		{"registry": "r.example.org", "repository": "a/b"},
		{"registry": "registry.example.net", "repository": "ml"},
		{"registry": "registry.example.net", "repository": "ml/onnx"},
	]
	demanded("supply_chain.image_registry_not_trusted", running({"image": image})) == set()
}

test_an_image_that_only_looks_like_a_listed_registry_is_found[note] if {
	some note, image in [
		{"registry": "r.example.org.evil.org", "repository": "a"},
		{"registry": "registry.example.net", "repository": "mlx/a"},
		{"registry": "registry.example.net", "repository": "a/ml"},
		{"registry": null, "repository": "r.example.org/a"},
		{"registry": "r.example.org", "repository": null},
		{"registry": 7, "repository": "a"},
	]
	count(demanded("supply_chain.image_registry_not_trusted", running({"image": image}))) == 1
}

test_a_container_without_image_comes_from_nowhere if {
	count(demanded("supply_chain.image_registry_not_trusted", fixtures.without(["workload", "containers", 0, "image"]))) == 1
}

test_without_listed_registries_none_is_asked_for if {
	found("supply_chain.image_registry_not_trusted", running({"image": {"registry": "evil.org"}})) == set()
}

raw := fixtures.container.image.raw

image_signature(keys) := object.union({"image": raw, "status": "verified", "identity": null, "issuer": null, "keyId": "sha256:aa"}, keys)

of_images(list) := demanded("supply_chain.image_signature_not_verified", fixtures.with_patch(["evidence", "imageSignatures"], list))

observed_of_images(list) := [finding.observed | some finding in of_images(list)]

test_an_image_without_signature_is_found if {
	of_images([]) == {{
		"code": "supply_chain.image_signature_not_verified",
		"path": "spec.predictor.containers[0]",
		"term": "kserve-container",
		"model": null,
		"observed": "no signature",
		"required": "a verified signature of a trusted signer",
		"values": {
			"image": "registry.example.org/serving/onnx@sha256:6e0d1c2b3a49",
			"container": "kserve-container",
			"location": "spec.predictor.containers[0]",
		},
	}}
}

test_an_image_signed_by_a_trusted_signer_passes if {
	of_images([image_signature({"status": "invalid"}), image_signature({})]) == set()
	by_name := {"keyId": null, "identity": "builder@example.org", "issuer": "https://login.example.org"}
	of_images([image_signature(by_name)]) == set()
}

test_a_signature_that_does_not_count_is_named if {
	observed_of_images([image_signature({"status": "invalid"})]) == ["signature invalid"]
	observed_of_images([image_signature({"status": null})]) == ["signature null"]
	observed_of_images([object.remove(image_signature({}), ["status"])]) == ["signature null"]
	observed_of_images([image_signature({"keyId": "sha256:ab"})]) == ["signed by key sha256:ab"]
	observed_of_images([image_signature({"keyId": null, "identity": "builder@example.org"})]) == ["signed by builder@example.org"]
	observed_of_images([image_signature({"image": "registry.example.org/serving/onnx:1"})]) == ["no signature"]
}

test_signatures_of_a_wrong_kind_are_none[note] if {
	some note, wrong in fixtures.wrong_values
	observed_of_images(wrong) == ["no signature"]
}

test_a_signature_of_no_image_covers_no_image[note] if {
	some note, wrong in [null, 7, {}]
	document := json.patch(fixtures.with_patch(["evidence", "imageSignatures"], [image_signature({"image": wrong})]), [{"op": "replace", "path": "/workload/containers/0/image/raw", "value": wrong}])
	[finding] := [one | some one in demanded("supply_chain.image_signature_not_verified", document)]
	finding.observed == "no signature"
}

test_without_trusted_signers_no_image_is_asked_for if {
	found("supply_chain.image_signature_not_verified", fixtures.passing) == set()
}
