package mlgate.rules.logging_test

import data.mlgate.lib.fixtures_test as fixtures

# What is said of the sink when this stands at a path below it.
sink(path, value) := observed("logging.sink_on_model_host", array.concat(["sink"], path), value)

test_a_sink_beside_the_model_is_found if {
	document := fixtures.with_card_patch(["logging", "sink", "separateFromModelHost"], false)
	found("logging.sink_on_model_host", document) == {{
		"code": "logging.sink_on_model_host",
		"path": "card.logging.sink.separateFromModelHost",
		"term": reference,
		"model": "predictor",
		"observed": "separateFromModelHost is not true",
		"required": "a separate system, reached over an encrypted connection",
		"values": {"card": reference},
	}}
}

test_only_true_says_that_the_sink_is_apart[note] if {
	some note, wrong in [null, false, "true", 1, "", [], [true], {}]
	sink(["separateFromModelHost"], wrong) == {"separateFromModelHost is not true"}
}

test_a_sink_has_an_address[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["https://journal.example.org"], {}]
	sink(["uri"], wrong) == {"no sink.uri"}
}

test_a_sink_without_the_keys_is_found[key] if {
	some key in ["uri", "separateFromModelHost"]
	count(found("logging.sink_on_model_host", fixtures.without_card(["logging", "sink", key]))) == 1
}

test_a_sink_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	sink([], wrong) == {"no sink.uri and separateFromModelHost is not true"}
	count(observed("logging.not_write_once", ["sink"], wrong)) == 1
}

test_a_sink_without_encryption_is_found[uri] if {
	some uri, scheme in {
		"http://journal.example.org": "http",
		"HTTP://journal.example.org": "http",
		" http://journal.example.org": "http",
		"http :journal.example.org": "http",
		"kafka://broker:9092/topic": "kafka",
		"tcp://journal.example.org:514": "tcp",
	}
	sink(["uri"], uri) == {sprintf("sink.uri has scheme %s", [scheme])}
}

test_a_sink_with_encryption_is_accepted[uri] if {
	some uri in ["https://journal.example.org", "s3://logs/visits", "gs://logs", "arn:aws:logs:eu-west-3:1:visits", "journal/http://x"]
	sink(["uri"], uri) == set()
}

test_an_address_is_never_repeated if {
	document := fixtures.with_card_patch(["logging", "sink", "uri"], "http://user:word@journal.example.org")
	[finding] := [one | some one in found("logging.sink_on_model_host", document)]
	not contains(json.marshal(finding), "word")
}

test_a_site_may_take_more_schemes_for_plain if {
	schemes := {"encryption": {"insecureSchemes": ["https"]}}
	findings := found("logging.sink_on_model_host", fixtures.passing) with data.mlgate.overrides as schemes
	{finding.observed | some finding in findings} == {"sink.uri has scheme https"}
}

# What is said when a logger of the manifest sends to this host.
sends_to(host) := {finding.observed |
	document := fixtures.with_patch(["workload", "endpoints", 0, "host"], host)
	some finding in found("logging.sink_on_model_host", document)
}

test_a_logger_that_sends_to_its_own_host_is_found if {
	document := fixtures.with_patch(["workload", "endpoints", 0, "host"], "localhost")
	{[finding.path, finding.term, finding.observed] | some finding in found("logging.sink_on_model_host", document)} == {[
		"spec.predictor.logger.url",
		reference,
		"the logger sends to localhost",
	]}
}

test_every_spelling_of_the_own_host_is_found[host] if {
	some host in [
		"localhost", "LOCALHOST", "localhost.", " localhost", "app.localhost", "localhost.localdomain",
		"127.0.0.1", "127.1", "127.255.255.255", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
		"127.0.0.01", "0", "0.0.0.0", "0.0.0.1",
		"::1", "::", "[::1]", "0:0:0:0:0:0:0:1", "::0001", "::ffff:127.0.0.1", "::127.0.0.1",
		"::ffff:7f00:1", "::1%lo",
	]
	count(sends_to(host)) == 1
}

test_other_hosts_are_elsewhere[host] if {
	some host in [
		"journal.example.org", "logger", "localhost.example.org", "mylocalhost", "127.0.0.1.example.org",
		"10.0.0.127", "192.168.0.1", "128.0.0.1", "fd00::1", "2001:db8::1", "::ffff:10.0.0.1", "1.example.org",
	]
	sends_to(host) == set()
}

test_a_logger_whose_host_cannot_be_told_is_found[note] if {
	some note, wrong in [null, true, 7, "", " ", [], {}]
	sends_to(wrong) == {"the logger sends to no host that can be told"}
}

test_a_logger_without_host_or_path_is_found[key] if {
	some key, path in {"host": "spec.predictor.logger.url", "path": "spec"}
	endpoint := object.remove(object.union(fixtures.endpoint, {"host": null}), [key])
	document := fixtures.with_patch(["workload", "endpoints"], [endpoint])
	[finding.path | some finding in found("logging.sink_on_model_host", document)] == [path]
}

test_other_calls_may_go_to_the_own_host[purpose] if {
	some purpose in ["graphStep", "proxy", "cache", "other"]
	endpoint := object.union(fixtures.endpoint, {"host": "localhost", "purpose": purpose})
	found("logging.sink_on_model_host", fixtures.with_patch(["workload", "endpoints"], [endpoint])) == set()
}

test_one_of_several_loggers_is_enough if {
	endpoints := [fixtures.endpoint, object.union(fixtures.endpoint, {"host": "127.0.0.1", "path": "spec.explainer.logger.url"})]
	document := fixtures.with_patch(["workload", "endpoints"], endpoints)
	[finding.path | some finding in found("logging.sink_on_model_host", document)] == ["spec.explainer.logger.url"]
}

test_endpoints_of_a_wrong_kind_are_read_without_error[note] if {
	some note, wrong in fixtures.wrong_values
	found("logging.sink_on_model_host", fixtures.with_patch(["workload", "endpoints"], wrong)) == set()
}

test_all_that_is_wrong_is_told_at_once if {
	document := json.patch(
		fixtures.with_card_patch(["logging", "sink"], {"uri": "tcp://log"}),
		[{"op": "replace", "path": "/workload/endpoints/0/host", "value": "::1"}],
	)
	[finding] := [one | some one in found("logging.sink_on_model_host", document)]
	finding.path == "card.logging.sink.uri"
	finding.observed == "sink.uri has scheme tcp and separateFromModelHost is not true and the logger sends to ::1"
}

test_a_log_that_can_be_rewritten_is_found if {
	document := fixtures.with_card_patch(["logging", "sink", "writeOnce"], false)
	found("logging.not_write_once", document) == {{
		"code": "logging.not_write_once",
		"path": "card.logging.sink.writeOnce",
		"term": reference,
		"model": "predictor",
		"observed": "writeOnce is not true",
		"required": "a write-once log with evidence of tampering",
		"values": {"card": reference},
	}}
}

test_only_true_says_that_a_log_is_written_once[note] if {
	some note, wrong in [null, false, "true", 1, "", [], {}]
	observed("logging.not_write_once", ["sink", "writeOnce"], wrong) == {"writeOnce is not true"}
}

test_tampering_leaves_evidence[note] if {
	some note, wrong in [null, true, 7, "", "none", "HashChain", "checksum", [], ["signed"], {}]
	observed("logging.not_write_once", ["sink", "tamperEvidence"], wrong) == {"no tamperEvidence"}
	document := fixtures.with_card_patch(["logging", "sink", "tamperEvidence"], wrong)
	[finding.path | some finding in found("logging.not_write_once", document)] == ["card.logging.sink.tamperEvidence"]
}

test_there_are_three_kinds_of_evidence[kind] if {
	some kind in ["hashChain", "signed", "objectLock"]
	observed("logging.not_write_once", ["sink", "tamperEvidence"], kind) == set()
}

test_both_are_told_at_once if {
	observed("logging.not_write_once", ["sink"], {}) == {"writeOnce is not true and no tamperEvidence"}
}
