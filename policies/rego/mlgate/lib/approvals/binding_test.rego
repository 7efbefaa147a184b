package mlgate.lib.approvals_test

import data.mlgate.lib.approvals
import data.mlgate.lib.fixtures_test as fixtures

# The usable card with other artifacts.
entry_with(artifacts) := json.patch(
	fixtures.card_entry,
	[{"op": "replace", "path": "/card/model/artifacts", "value": artifacts}],
)

named_digest(digest) := {"subject": {"digest": digest}}

test_only_digests_that_can_be_read_count if {
	artifacts := [{"uri": "a", "digest": "sha256:aa"}, {"uri": "b", "digest": null}, {"digest": " "}, {"digest": 7}, "c"]
	approvals.artifact_digests(entry_with(artifacts)) == {"sha256:aa"}
}

test_artifacts_that_cannot_be_read_have_no_digests[note] if {
	some note, artifacts in {"null": null, "a word": "sha256:aa", "a map": {"digest": "sha256:aa"}, "a number": 7, "a map of artifacts": {"first": {"digest": "sha256:aa"}}}
	approvals.artifact_digests(entry_with(artifacts)) == set()
}

test_a_card_without_content_has_no_digests if approvals.artifact_digests({"card": null}) == set()

test_a_sign_off_without_digest_is_bound_while_no_artifact_has_one if {
	entry := entry_with([{"uri": "s3://clinic/triage"}])
	approvals.digest_bound(entry, named_digest(null))
	approvals.digest_bound(entry, {"subject": {}})
	not approvals.digest_bound(entry, named_digest("sha256:aa"))
	not approvals.digest_bound(entry, named_digest(""))
}

test_a_sign_off_without_digest_is_not_bound_once_one_artifact_has_one if {
	entry := entry_with([{"uri": "s3://clinic/triage"}, {"uri": "s3://clinic/x", "digest": "sha256:aa"}])
	not approvals.digest_bound(entry, named_digest(null))
	approvals.digest_bound(entry, named_digest("sha256:aa"))
}

test_a_card_without_version_binds_nothing[version] if {
	some version in [null, 4, ["4.0.2"]]
	not approvals.version_bound({"card": {"model": {"version": version}}}, {"subject": {"version": version}})
}

test_a_card_without_digest_binds_nothing if {
	entry := object.union(fixtures.card_entry, {"digest": null})
	not approvals.card_digest_bound(entry, {"subject": {"cardDigest": null}}) with input as fixtures.passing
}

test_a_tier_that_does_not_demand_the_card_takes_a_sign_off_without_it if {
	relaxed := {"subject": {"cardDigest": null}}
	other := {"subject": {"cardDigest": fixtures.model_digest}}
	approvals.card_digest_bound(fixtures.card_entry, relaxed) with input as fixtures.passing
		with data.mlgate.settings.signOff.cardDigestTiers as ["limited"]
	not approvals.card_digest_bound(fixtures.card_entry, other) with input as fixtures.passing
		with data.mlgate.settings.signOff.cardDigestTiers as ["limited"]
}

test_tiers_that_cannot_be_read_demand_the_card if {
	not approvals.card_digest_bound(fixtures.card_entry, {"subject": {"cardDigest": null}}) with input as fixtures.passing
		with data.mlgate.settings.signOff.cardDigestTiers as null
}

test_without_a_tier_the_card_is_demanded if {
	given := fixtures.with_patch(["workload"], null)
	not approvals.card_digest_bound(fixtures.card_entry, {"subject": {"cardDigest": null}}) with input as given
}
