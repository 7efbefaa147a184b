package mlgate.attacks_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.main_test

# What an author of a manifest or a card may write to get past a rule, by what is tried: the changes of the passing
# document, and the code that refuses it nevertheless. Paths begin at the root; `card` stands for the content of the
# card, `test` for the first evaluation of its fairness.
attacks := {
	"groups emptied": {"code": "fairness.bias_test_missing", "set": {"test/groups": []}},
	"one group": {"code": "fairness.bias_test_missing", "set": {"test/groups": [fixtures.group("all", [450, 50, 440, 60])]}},
	"one group split by its spelling": {"code": "fairness.bias_test_missing", "set": {"test/groups": [
		fixtures.group("All", [450, 50, 440, 60]),
		fixtures.group("all ", [450, 50, 440, 60]),
	]}},
	"groups without a name": {"code": "fairness.bias_test_missing", "set": {"test/groups": [
		fixtures.group("", [450, 50, 440, 60]),
		fixtures.group(" ", [450, 50, 440, 60]),
	]}},
	"attribute without a name": {"code": "fairness.bias_test_missing", "set": {"test/attribute": " "}},
	"evaluations as an object": {"code": "fairness.bias_test_missing", "set": {"card/fairness/evaluations": {"a": 1}}},
	"counts below zero": {"code": "fairness.group_metrics_missing", "set": {"test/groups/0/falsePositives": -50}},
	"counts as words": {"code": "fairness.group_metrics_missing", "set": {"test/groups/0/truePositives": "450"}},
	"rates above one": {"code": "fairness.group_metrics_missing", "set": {"test/groups/0": {
		"group": "female", "count": 1000, "selectionRate": 5, "accuracy": 9, "precision": 9, "recall": 9,
	}}},
	"a huge count": {"code": "fairness.limit_exceeded", "set": {"test/groups/0/falseNegatives": 1e308}},
	"a good value stated over a bad table": {"code": "fairness.limit_exceeded", "set": {"test/groups/0/truePositives": 150}},
	"a value that is no number": {"code": "fairness.value_inconsistent", "set": {"test/metrics/0/value": "NaN"}},
	"a value as a word": {"code": "fairness.value_inconsistent", "set": {"test/metrics/0/value": "0.98"}},
	"a limit that allows everything": {"code": "fairness.limit_exceeded", "set": {
		"test/groups/0/truePositives": 150,
		"test/metrics/0": {"name": "demographicParityRatio", "limit": 0},
	}},
	"a metric in a look-alike spelling": {
		"code": "fairness.metric_not_computable",
		"set": {"test/metrics/0/name": "demographicParityRati\u043e"},
	},
	"a test of tomorrow": {"code": "fairness.bias_test_stale", "set": {"test/date": "2027-03-11T00:00:00Z"}},
	"a test of tomorrow by its time zone": {"code": "fairness.bias_test_stale", "set": {"test/date": "2027-03-10T23:00:00-08:00"}},
	"a day that does not exist": {"code": "fairness.bias_test_stale", "set": {"test/date": "2027-02-29T00:00:00Z"}},
	"people said to be unaffected": {"code": "fairness.bias_test_missing", "set": {
		"card/intendedUse/affectsPeople": false,
		"card/fairness": {"notApplicableReason": "This model ranks no people at all, it ranks visits."},
	}},
	"one person in five spellings": {"code": "signoff.approval_missing", "set": {
		"signOffs/1/approver": "Ines.Moreau@example.org",
		"signOffs/2/approver": " ines.moreau@example.org",
		"signOffs/3/approver": "INES.MOREAU@EXAMPLE.ORG\n",
		"signOffs/4/approver": "ines.moreau\u200b@example.org",
	}},
	"an author who approves in capitals": {"code": "signoff.approver_not_independent", "set": {
		"signOffs/0/approver": " MIRA.SOLANO@example.org ",
	}},
	"an author written with unseen characters": {"code": "signoff.approver_not_independent", "set": {
		"signOffs/0/approver": "mira.solano@example.org",
		"card/model/authors/0": "mira.\u2060solano@example.org",
	}},
	"a deployer who approves": {"code": "signoff.approver_not_independent", "set": {
		"signOffs/0/approver": "Deploy-Bot@example.org",
	}},
	"authors left out": {"code": "signoff.approver_not_independent", "set": {"card/model/authors": []}},
	"approvals of another artifact": {"code": "signoff.not_bound", "set": {
		"signOffs/0/subject/digest": fixtures.image_digest,
	}},
	"approvals of another version": {"code": "signoff.approval_missing", "set": {"signOffs/0/subject/version": "4.0.20"}},
	"a line of the card as approval": {"code": "signoff.assurance_too_low", "set": {"signOffs/0/assurance": "claimed"}},
	"an approval of tomorrow": {"code": "signoff.expired", "set": {"signOffs/0/issuedAt": "2027-03-11T00:00:00Z"}},
	"a plan as algorithm": {"code": "encryption.at_rest_weak", "set": {
		"card/encryption/atRest/0/algorithm": "AES-256 (planned)",
	}},
	"an algorithm that hides itself": {"code": "encryption.at_rest_weak", "set": {
		"card/encryption/atRest/0/algorithm": "no usable card",
	}},
	"a key management in words": {"code": "encryption.at_rest_missing", "set": {
		"card/encryption/atRest/0/keyManagement": "None",
	}},
	"a version that sorts as text": {"code": "encryption.tls_version_too_low", "set": {
		"card/encryption/inTransit/minTlsVersion": "1.10",
	}},
	"a version as a number": {"code": "encryption.tls_version_too_low", "set": {
		"card/encryption/inTransit/minTlsVersion": 1.3,
	}},
	"access in another spelling": {"code": "encryption.artifact_access_open", "set": {
		"card/model/artifacts/0/access": "Restricted ",
	}},
	"a host that looks like the own": {"code": "encryption.insecure_uri", "set": {"workload/models/0": object.union(
		fixtures.model,
		{"uri": "http://localhost.example.org/m", "scheme": "http"},
	)}},
	"a user that looks like the own host": {"code": "encryption.insecure_uri", "set": {"workload/models/0": object.union(
		fixtures.model,
		{"uri": "http://127.0.0.1:80@example.org/m", "scheme": "http"},
	)}},
	"a backslash before the own host": {"code": "encryption.insecure_uri", "set": {"workload/models/0": object.union(
		fixtures.model,
		{"uri": "http://example.org\\@localhost/m", "scheme": "http"},
	)}},
	"two slashes for one": {"code": "model_card.artifact_mismatch", "set": {
		"workload/models/0/digest": null,
		"workload/models/0/uri": "s3://clinic/m//",
		"card/model/artifacts/0/uri": "s3://clinic/m",
	}},
	"a label with a blank": {"code": "model_card.artifact_mismatch", "set": {
		"workload/labels/mlgate.dev~1model-version": "4.0.2 ",
	}},
	"a pin in capitals": {"code": "model_card.digest_mismatch", "set": {"cards/0/pinnedDigest": upper(fixtures.card_digest)}},
	"a class below that of the data": {"code": "classification.understated", "set": {
		"workload/labels/mlgate.dev~1data-classification": "public",
	}},
	"a class in capitals": {"code": "classification.label_missing", "set": {
		"workload/labels/mlgate.dev~1data-classification": "PUBLIC",
	}},
	"a dataset of a class there is not": {"code": "classification.dataset_missing", "set": {
		"card/datasets/0/classification": "none",
	}},
	"an endpoint said to be internal": {"code": "network.exposed_without_authentication", "set": {
		"workload/exposure/scope": "internal",
	}},
	"a service account without a visible name": {"code": "identity.default_service_account", "set": {
		"workload/pods/0/serviceAccountName": " ",
	}},
	"no token, in a word": {"code": "identity.token_automounted", "set": {
		"workload/pods/0/automountServiceAccountToken": "false",
	}},
	"a model called a tokenizer in capitals": {"code": "model_card.missing", "set": {
		"workload/models/0/role": "Tokenizer",
		"cards": [],
	}},
}

short_names := {"card/": "/cards/0/card/", "test/": "/cards/0/card/fairness/evaluations/0/"}

pointer(path) := strings.replace_n(short_names, path) if regex.match(`^(card|test)/`, path)

pointer(path) := concat("", ["/", path]) if not regex.match(`^(card|test)/`, path)

attacked(changes) := json.patch(fixtures.passing, [{"op": operation, "path": pointer(path), "value": value} |
	some path, value in changes
	operation := {true: "add", false: "replace"}[path == "card/fairness/evaluations"]
])

of_subject(subject) := {note | some note, attack in attacks; startswith(attack.code, subject)}

refused_for(attack) if {
	decision := main_test.decided(attacked(attack.set))
	decision.allow == false
	attack.code in main_test.codes(decision.violations)
}

test_no_trick_with_groups_is_allowed[note] if {
	some note in of_subject("fairness.bias_test")
	refused_for(attacks[note])
}

test_no_trick_with_numbers_is_allowed[note] if {
	some note in (of_subject("fairness.") - of_subject("fairness.bias_test"))
	refused_for(attacks[note])
}

test_no_trick_with_approvals_is_allowed[note] if {
	some note in of_subject("signoff.")
	refused_for(attacks[note])
}

test_no_trick_with_words_of_the_card_is_allowed[note] if {
	some note in (of_subject("encryption.") | of_subject("model_card."))
	refused_for(attacks[note])
}

test_no_trick_with_the_manifest_is_allowed[note] if {
	some note in ((of_subject("classification.") | of_subject("network.")) | of_subject("identity."))
	refused_for(attacks[note])
}

# Labels raise the tier and the class, and never lower them.
test_no_label_loosens_a_decision[value] if {
	some value in ["minimal", "Minimal", "", "low", "high"]
	decision := main_test.decided(attacked({"workload/labels/mlgate.dev~1data-classification": value}))
	decision.classification == "restricted"
	tiered := main_test.decided(json.patch(fixtures.passing, [{
		"op": "add", "path": "/workload/labels/mlgate.dev~1risk-tier",
		"value": value,
	}]))
	tiered.tier == "high"
}

# A waiver of somebody who may, for something else than what is found.
wide := {
	"assurance": "authenticated", "name": "wide", "namespace": "clinic-prod", "codes": ["encryption.at_rest_weak"],
	"terms": [], "reason": "The old storage is replaced in spring.", "ticket": "RISK-9", "problems": [],
	"subject": {
		"model": null, "version": null, "digest": null,
		"workload": {"kind": "InferenceService", "name": "visit-triage"},
	},
	"requestedBy": "ken.abara@example.org", "approvedBy": "olga.reyes@example.org",
	"createdAt": "2027-03-01T00:00:00Z", "expiresAt": "2027-04-01T00:00:00Z",
}

weak := {"card/encryption/atRest/0/algorithm": "DES"}

test_a_waiver_that_fits_lifts_what_it_names if {
	main_test.decided(attacked(object.union(weak, {"waivers": [wide]}))).allow
}

test_a_waiver_that_is_written_wider_than_allowed_lifts_nothing[note] if {
	some note, change in {
		"every code": {"codes": ["*"]}, "a pattern": {"codes": ["encryption.*"]}, "capitals": {"codes": ["Encryption.at_rest_weak"]},
		"a text for a list": {"codes": "encryption.at_rest_weak"}, "every term": {"terms": ["*"]},
		"every workload": {"subject": {"workload": {"kind": "*", "name": "*"}}},
		"a null name": {"subject": {"workload": {"kind": "InferenceService", "name": null}}},
		"no subject": {"subject": {"workload": null}}, "a model without version": {"subject": {"workload": null, "model": "visit-triage"}},
		"another namespace": {"namespace": "kube-system"}, "a claim": {"assurance": "claimed"},
		"one who asks in capitals": {"approvedBy": "KEN.ABARA@example.org"},
		"an author unseen": {"requestedBy": "x@example.org", "approvedBy": "mira\u200b.solano@example.org"},
		"who deploys": {"approvedBy": " Deploy-Bot@example.org"}, "too long": {"expiresAt": "2027-06-01T00:00:00Z"},
		"of tomorrow": {"createdAt": "2027-03-11T00:00:00Z"}, "without an end": {"expiresAt": null},
	}
	decision := main_test.decided(attacked(object.union(weak, {"waivers": [object.union(wide, change)]})))
	decision.allow == false
	decision.waived == []
}

test_no_text_of_a_card_hides_a_finding if {
	decision := main_test.decided(attacked({
		"card/encryption/atRest/0/algorithm": "no usable card",
		"cards/0/problems": [{"path": "card", "message": "odd"}],
	}))
	main_test.codes(decision.violations) == ["encryption.at_rest_weak", "model_card.invalid"]
	decision.suppressed == 0
}
