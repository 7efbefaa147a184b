package mlgate.rules.encryption_test

import data.mlgate.lib.fixtures_test as fixtures

# The passing document with one place of a kind and the mesh in a mode.
reaching(kind, place, mode) := json.patch(fixtures.passing, [
	{"op": "add", "path": sprintf("/workload/%s", [kind]), "value": [place]},
	{"op": "replace", "path": "/cluster/peerAuthentication/mode", "value": mode},
])

insecure(kind, place, mode) := {finding |
	some finding in found("encryption.insecure_uri", reaching(kind, place, mode))
}

test_a_model_behind_an_insecure_scheme_is_found if {
	model := object.union(fixtures.model, {"uri": "http://files.example.org/m.onnx", "scheme": "http"})
	insecure("models", model, "STRICT") == {{
		"code": "encryption.insecure_uri",
		"path": "spec.predictor.model.storageUri",
		"term": "spec.predictor.model.storageUri",
		"model": "predictor",
		"observed": "scheme http",
		"required": "an encrypted scheme",
		"values": {"uri": "http://files.example.org/m.onnx", "location": "spec.predictor.model.storageUri"},
	}}
}

test_each_insecure_scheme_is_found[scheme] if {
	some scheme in ["http", "ftp", "hdfs", "webhdfs", "nfs", "tcp", "redis", "kafka"]
	place := {"uri": sprintf("%s://store.example.org/x", [scheme]), "scheme": scheme, "path": "spec.data[0]"}
	some finding in insecure("datasets", place, "STRICT")
	finding.model == null
	finding.term == "spec.data[0]"
}

test_other_schemes_are_accepted[note] if {
	some note, scheme in ["https", "s3", "gs", "hf", "oci", "unknown", "", null, 7, true, [], {}]
	insecure("datasets", {"uri": "x://store.example.org/x", "scheme": scheme, "path": "p"}, "UNSET") == set()
}

test_an_endpoint_without_tls_is_found_whatever_its_scheme if {
	place := object.union(fixtures.endpoint, {"scheme": "grpc", "tls": false})
	{finding.observed | some finding in insecure("endpoints", place, "STRICT")} == {"no TLS"}
}

test_an_endpoint_that_does_not_tell_is_judged_by_its_scheme[note] if {
	some note, tls in [null, true, "false", 0]
	insecure("endpoints", object.union(fixtures.endpoint, {"tls": tls}), "UNSET") == set()
}

test_loopback_is_accepted[host] if {
	some host in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.255", "::1", "[::1]"]
	place := object.union(fixtures.endpoint, {"scheme": "http", "tls": false, "host": host})
	insecure("endpoints", place, "UNSET") == set()
}

test_loopback_is_found_in_the_address_of_a_model[uri] if {
	some uri in [
		"http://localhost/m", "http://127.0.0.1:9000/m", "http://[::1]/m", "http://[::1]:80",
		"http://user:word@localhost/m", "http://Localhost", "http://localhost?x=1", "http://localhost#x",
	]
	insecure("models", object.union(fixtures.model, {"uri": uri, "scheme": "http"}), "UNSET") == set()
}

test_what_only_looks_like_loopback_is_not[uri] if {
	some uri in [
		"http://localhost.example.org/m", "http://127.0.0.1.example.org/m", "http://localhost@example.org/m",
		"http://localhost:80@example.org/m", "http://example.org/localhost", "http://example.org#@localhost/",
		`http://example.org\@localhost/m`, "http://example.org?@localhost/", "http://127.0.0.256/m",
		"http://%6cocalhost/m", "http://localhost%00.example.org/m", "http://local host/m", "http://[::2]/m",
		"http:localhost/m", "http:///m", "localhost", "http://localhost,example.org/m",
	]
	count(insecure("models", object.union(fixtures.model, {"uri": uri, "scheme": "http"}), "STRICT")) == 1
}

test_hosts_inside_the_cluster_are_accepted_under_strict_mesh_tls[uri] if {
	some uri in [
		"http://store/m", "http://store.data.svc/m", "http://store.data.svc.cluster.local:8080/m",
		"http://store.data.cluster.local/m", "http://a-1/m",
	]
	place := object.union(fixtures.model, {"uri": uri, "scheme": "http"})
	insecure("models", place, "STRICT") == set()
	every mode in ["PERMISSIVE", "DISABLE", "UNSET", null, true] {
		count(insecure("models", place, mode)) == 1
	}
}

test_hosts_that_only_look_like_the_cluster_are_not[uri] if {
	some uri in [
		"http://store.example.org/m", "http://store.svc.example.org/m", "http://svc.cluster.local.example.org/m",
		"http://134744072/m", "http://0x08080808/m", "http://[2001:db8::1]/m", "http://.svc/m", "http://store-/m",
		"http://xcluster.local/m",
	]
	count(insecure("models", object.union(fixtures.model, {"uri": uri, "scheme": "http"}), "STRICT")) == 1
}

test_what_the_reader_says_of_an_endpoint_counts if {
	near := object.union(fixtures.endpoint, {"scheme": "http", "tls": false, "host": "store.example.org", "clusterLocal": true})
	insecure("endpoints", near, "STRICT") == set()
	count(insecure("endpoints", near, "UNSET")) == 1
	far := object.union(near, {"host": "store.data.svc", "clusterLocal": false})
	count(insecure("endpoints", far, "STRICT")) == 1
}

test_an_endpoint_of_unknown_host_is_not_excused if {
	place := object.union(fixtures.endpoint, {"uri": "$(LOG_URL)", "scheme": "http", "tls": false, "host": null})
	count(insecure("endpoints", place, "STRICT")) == 1
}

test_user_information_is_not_repeated if {
	place := object.union(fixtures.endpoint, {"uri": "redis://me:s3cret@cache.example.org/0", "scheme": "redis", "host": "cache.example.org"})
	{finding.values.uri | some finding in insecure("endpoints", place, "UNSET")} == {"redis://cache.example.org/0"}
}

test_an_address_of_a_wrong_type_is_not_excused[note] if {
	some note, uri in [null, "", " ", 7, true, [], {}]
	place := {"uri": uri, "scheme": "http", "path": "spec.data[0]"}
	{finding.values.uri | some finding in insecure("datasets", place, "STRICT")} == {"unknown"}
}

test_places_of_a_wrong_kind_are_read_without_error[note] if {
	some note, wrong in fixtures.wrong_values
	insecure("datasets", wrong, "UNSET") == set()
	found("encryption.insecure_uri", fixtures.with_patch(["workload", "endpoints"], wrong)) == set()
}

test_a_document_without_mesh_excuses_nothing_in_the_cluster if {
	place := object.union(fixtures.endpoint, {"scheme": "http", "clusterLocal": true})
	document := json.patch(reaching("endpoints", place, "STRICT"), [{"op": "replace", "path": "/cluster/peerAuthentication", "value": null}])
	count(found("encryption.insecure_uri", document)) == 1
}
