package mlgate.rules.model_card_test

import data.mlgate.lib.fixtures_test as fixtures

pinned(digest) := fixtures.with_patch(["cards", 0, "pinnedDigest"], digest)

test_a_card_changed_after_it_was_pinned_is_told if {
	spoken("model_card.digest_mismatch", pinned(fixtures.model_digest)) == {{
		"code": "model_card.digest_mismatch",
		"path": "metadata.annotations[mlgate.dev/model-card]",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": fixtures.card_digest,
		"required": fixtures.model_digest,
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_a_pinned_card_without_a_digest_is_told[digest] if {
	some digest in [null, "", 7, []]
	document := fixtures.with_patch(["cards", 0, "digest"], digest)
	observed("model_card.digest_mismatch", document) == {"without a digest"}
}

test_a_pinned_card_whose_digest_is_missing_is_told if {
	codes(fixtures.without(["cards", 0, "digest"])) == {"model_card.digest_mismatch"}
}

test_a_pin_of_another_type_is_told[pin] if {
	some pin in [7, true, ["x"], {"a": 1}]
	codes(pinned(pin)) == {"model_card.digest_mismatch"}
}

test_a_card_without_a_pin_is_told if {
	spoken("model_card.unpinned", pinned(null)) == {{
		"code": "model_card.unpinned",
		"path": "metadata.annotations[mlgate.dev/model-card]",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "no digest",
		"required": fixtures.card_digest,
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_an_empty_pin_is_no_pin[pin] if {
	some pin in ["", " ", [], {}]
	codes(pinned(pin)) == {"model_card.unpinned"}
}

test_a_missing_pin_is_no_pin if codes(fixtures.without(["cards", 0, "pinnedDigest"])) == {"model_card.unpinned"}

test_an_unpinned_card_without_a_digest_is_told if {
	document := json.patch(pinned(null), [{"op": "replace", "path": "/cards/0/digest", "value": null}])
	{candidate.required | some candidate in spoken("model_card.unpinned", document)} == {"sha256:<digest>"}
}

test_a_card_that_was_not_found_is_not_asked_for_its_pin if {
	card := object.union(lost("missing"), {"pinnedDigest": null})
	codes(fixtures.with_patch(["cards"], [card])) == {"model_card.missing"}
}
