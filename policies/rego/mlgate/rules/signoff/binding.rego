package mlgate.rules.signoff

import data.mlgate.lib.approvals
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Approvals are about this version
# description: |
#   An approval in a role that is still wanted names another version, artifact or card. One of another version
#   is reported only while nobody signed this version in its role. What a statement names that does not verify is
#   not told: nobody said it.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 1.1
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.32
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC8.1
# custom:
#   code: signoff.not_bound
#   controls: [C39]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: signOff
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [signOff.cardDigestTiers]
#   alsoUses: [signOff.acceptedAssurance, signOff.maxAgeDays, signOff.required, signOff.requiredForClassification, signOff.trustedSigners]
#   message: "{signoff} of {approver} approves {observed}, not {required}."
#   fix: "Let {approver} create a new SignOff for version {version} with the digest of the artifact and the digest of {card}."
deny contains finding if {
	some item in approvals.explained
	entry := item.pair.card
	lacking := approvals.failing(entry, item.sign_off) & {"version", "digest", "cardDigest"}
	count(lacking) > 0
	not outdated(item)
	not unverified(item.sign_off)
	differing := differences(entry, item.sign_off, lacking)
	finding := result.candidate(rego.metadata.rule(), {
		"path": place(item.sign_off, differing[0].field),
		"term": reference(item.sign_off),
		"model": item.pair.model.id,
		"observed": concat(" and ", [part.observed | some part in differing]),
		"required": concat(" and ", [part.required | some part in differing]),
		"values": sign_off_values(item.pair, item.sign_off),
	})
}

# An approval of another version, in a role in which somebody signed this version.
outdated(item) if {
	entry := item.pair.card
	not version_bound(item)
	some other in approvals.relevant(entry)
	other.role == item.sign_off.role
	approvals.version_bound(entry, other)
}

unverified(sign_off) if {
	sign_off.assurance == "claimed"
	sign_off.source.type == "cardStatement"
}

version_bound(item) if approvals.version_bound(item.pair.card, item.sign_off)

# What the sign-off names and should name: the version alone while that differs.
differences(entry, sign_off, lacking) := [{
	"field": "version",
	"observed": sprintf("version %s", [spoken(present.get(sign_off, ["subject", "version"]))]),
	"required": sprintf("version %s", [spoken(present.get(entry.card, ["model", "version"]))]),
}] if {
	"version" in lacking
} else := [difference |
	some field, wanted in {
		"digest": concat(" or ", sort(approvals.artifact_digests(entry))),
		"cardDigest": present.get(entry, "digest"),
	}
	field in lacking
	difference := {
		"field": field,
		"observed": digest_text(field, present.get(sign_off, ["subject", field])),
		"required": digest_text(field, wanted),
	}
]

digest_text(field, digest) := sprintf("%s %s", [digest_names[field], show.cut(show.digests(digest))]) if {
	is_string(digest)
	present.is_present(digest)
} else := sprintf("no %s", [digest_names[field]])

digest_names := {"digest": "digest", "cardDigest": "card digest"}
