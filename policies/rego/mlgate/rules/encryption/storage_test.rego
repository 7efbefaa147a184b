package mlgate.rules.encryption_test

import data.mlgate.lib.fixtures_test as fixtures

volume := {
	"name": "weights",
	"kind": "pvc",
	"claimName": "weights",
	"storageClassName": "fast",
	"secretName": null,
	"tokenExpirationSeconds": null,
	"holdsModel": true,
	"path": "spec.predictor.volumes[0]",
	"inOwner": false,
}

# The passing document with a volume and a storage class named fast.
stored(keys, class) := json.patch(fixtures.passing, [
	{"op": "replace", "path": "/workload/volumes", "value": [object.union(volume, keys)]},
	{"op": "replace", "path": "/cluster/storageClasses", "value": {"fast": class}},
])

unencrypted(keys, class) := {finding.observed |
	some finding in found("encryption.storage_class_unencrypted", stored(keys, class))
}

ebs := {"provisioner": "ebs.csi.aws.com", "parameters": {"encrypted": "true"}}

test_a_storage_class_that_is_not_known_to_encrypt_is_found if {
	document := stored({}, {"provisioner": "local.example.org", "parameters": {"encrypted": "true"}})
	found("encryption.storage_class_unencrypted", document) == {{
		"code": "encryption.storage_class_unencrypted",
		"path": "spec.predictor.volumes[0]",
		"term": "weights",
		"model": null,
		"observed": "fast",
		"required": "a storage class that is known to encrypt",
		"values": {"volume": "weights"},
	}}
}

test_a_provisioner_with_the_parameter_that_proves_it_encrypts[note] if {
	some note, class in {
		"aws": ebs,
		"upper case": {"provisioner": "ebs.csi.aws.com", "parameters": {"encrypted": "TRUE"}},
		"boolean": {"provisioner": "ebs.csi.aws.com", "parameters": {"encrypted": true}},
		"longer name": {"provisioner": "rook-ceph.rbd.csi.ceph.com", "parameters": {"encrypted": "true"}},
		"other parameter": {"provisioner": "pxd.portworx.com", "parameters": {"secure": "true"}},
		"always": {"provisioner": "pd.csi.storage.gke.io", "parameters": {}},
		"always, no parameters": {"provisioner": "disk.csi.azure.com", "parameters": null},
	}
	unencrypted({}, class) == set()
}

test_without_the_parameter_nothing_is_proven[note] if {
	some note, class in {
		"missing": {"provisioner": "ebs.csi.aws.com", "parameters": {}},
		"false": {"provisioner": "ebs.csi.aws.com", "parameters": {"encrypted": "false"}},
		"null": {"provisioner": "ebs.csi.aws.com", "parameters": {"encrypted": null}},
		"list": {"provisioner": "ebs.csi.aws.com", "parameters": {"encrypted": ["true"]}},
		"another one's": {"provisioner": "pxd.portworx.com", "parameters": {"encrypted": "true"}},
		"end without dot": {"provisioner": "evilebs.csi.aws.com", "parameters": {"encrypted": "true"}},
		"beginning": {"provisioner": "ebs.csi.aws.com.example.org", "parameters": {"encrypted": "true"}},
		"always, longer": {"provisioner": "x.pd.csi.storage.gke.io", "parameters": {}},
		"no parameters": {"provisioner": "ebs.csi.aws.com", "parameters": null},
		"no provisioner": {"parameters": {"encrypted": "true"}},
		"provisioner number": {"provisioner": 7, "parameters": {"encrypted": "true"}},
		"provisioner null": {"provisioner": null, "parameters": {"encrypted": "true"}},
		"null class": null,
	}
	unencrypted({}, class) == {"fast"}
}

test_a_trusted_class_need_not_be_looked_up if {
	document := json.patch(stored({}, null), [{"op": "replace", "path": "/cluster/storageClasses", "value": {}}])
	count(found("encryption.storage_class_unencrypted", document)) == 1
	found("encryption.storage_class_unencrypted", document) == set() with data.mlgate.settings.encryption.trustedStorageClasses as ["fast"]
}

test_a_volume_without_class_is_found[note] if {
	some note, wrong in [null, "", " ", 7, true, [], {}]
	unencrypted({"storageClassName": wrong}, ebs) == {"(none)"} with data.mlgate.settings.encryption.trustedStorageClasses as [""]
}

test_a_volume_without_the_key_of_its_class_is_found if {
	document := json.patch(stored({}, ebs), [{"op": "remove", "path": "/workload/volumes/0/storageClassName"}])
	count(found("encryption.storage_class_unencrypted", document)) == 1
}

test_ephemeral_volumes_are_judged_and_others_are_not[kind] if {
	some kind, observed in {
		"ephemeral": {"fast"}, "pvc": {"fast"}, "emptyDir": set(), "hostPath": set(),
		"csi": set(), "nfs": set(), "image": set(), "secret": set(), "other": set(),
	}
	unencrypted({"kind": kind}, {}) == observed
}

test_of_serving_only_volumes_that_hold_a_model_are_judged[note] if {
	some note, holds in [false, null, "true", 1]
	unencrypted({"holdsModel": holds}, {}) == set()
}

test_of_training_every_volume_is_judged if {
	document := json.patch(stored({"holdsModel": false}, {}), [{"op": "replace", "path": "/workload/trainsModel", "value": true}])
	count(found("encryption.storage_class_unencrypted", document)) == 1
}

test_volumes_of_a_wrong_kind_are_read_without_error[note] if {
	some note, wrong in fixtures.wrong_values
	found("encryption.storage_class_unencrypted", fixtures.with_patch(["workload", "volumes"], wrong)) == set()
	document := json.patch(stored({}, ebs), [{"op": "replace", "path": "/cluster/storageClasses", "value": wrong}])
	count(found("encryption.storage_class_unencrypted", document)) == 1
}
