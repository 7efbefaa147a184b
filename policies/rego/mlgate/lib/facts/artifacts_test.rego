package mlgate.lib.facts_test

import data.mlgate.lib.facts

entry(artifacts) := {"card": {"model": {"artifacts": artifacts}}}

test_an_artifact_is_known_by_its_digest_where_there_is_one if {
	model := {"uri": "oci://r/m@sha256:aa", "digest": "sha256:aa"}
	facts.deploys_artifact(model, entry([{"digest": "sha256:00"}, {"digest": "sha256:aa"}]))
	not facts.deploys_artifact(model, entry([{"uri": "oci://r/m@sha256:aa"}]))
	not facts.deploys_artifact(model, entry({"a": {"digest": "sha256:aa"}}))
	not facts.deploys_artifact(model, entry(null))
}

test_an_artifact_without_digest_is_known_by_its_address if {
	facts.deploys_artifact({"uri": "s3://b/m/"}, entry([{"uri": "s3://b/m"}]))
	not facts.deploys_artifact({"uri": "s3://b/m"}, entry([{"uri": "s3://b/n"}, {"digest": null}]))
	not facts.deploys_artifact({"uri": "s3://b/m", "digest": "sha256:aa"}, entry([{"uri": "s3://b/m"}]))
}

test_an_address_is_the_same_but_for_one_slash_at_its_end if {
	facts.same_address({"uri": "s3://b/m"}, {"uri": "s3://b/m/"})
	not facts.same_address({"uri": "s3://b/m"}, {"uri": "s3://b/M"})
	not facts.same_address({"uri": null}, {"uri": null})
	not facts.same_address({}, {})
}
