{{/*
The settings of mlgate as environment variables: `server.maxConcurrent` becomes MLGATE_SERVER__MAX_CONCURRENT. What is
empty is left out, for mlgate's own default.
*/}}
{{- define "mlgate.settings" -}}
{{- $decision := omit .Values.decision "mode" "onError" -}}
{{- $packages := list -}}
{{- range include "mlgate.packages" . | fromJsonArray -}}
{{- $packages = append $packages (printf "/etc/mlgate/packages/%s" .) -}}
{{- end -}}
{{- $clientCa := ternary "/etc/mlgate/clients/ca.crt" "" (ne .Values.tls.clientCa "") -}}
{{- $groups := dict
  "listen" (dict "port" 8443)
  "tls" (dict "cert" "/etc/mlgate/tls/tls.crt" "key" "/etc/mlgate/tls/tls.key" "reloadSeconds" .Values.tls.reloadSeconds
    "clientCa" $clientCa "clientNames" .Values.tls.clientNames)
  "opa" (dict "url" "http://127.0.0.1:8181" "sharedDir" "/run/mlgate/shared" "tokenFile" "/run/mlgate/token/token"
    "maxConcurrent" .Values.opa.maxConcurrent "takeoverSeconds" .Values.opa.takeoverSeconds)
  "policy" (include "mlgate.policySource" . | fromJson | merge (dict "packages" $packages
    "reloadSeconds" .Values.policy.reloadSeconds))
  "evidence" (omit .Values.evidence "oci" "huggingface")
  "evidence__oci" (include "mlgate.registries" . | fromJson)
  "evidence__huggingface" (include "mlgate.hub" . | fromJson)
  "signatures" (include "mlgate.signatures" . | fromJson)
  "decision" (merge (dict "onError" (include "mlgate.onError" .) "cacheDir" "/var/cache/mlgate"
    "deadlineSeconds" (include "mlgate.deadline" . | float64)) $decision)
  "server" .Values.server
  "log" .Values.log
-}}
{{- range $group, $settings := $groups }}
{{- range $name, $value := $settings }}
{{- if not (has (toJson $value) (list "\"\"" "[]" "{}")) }}
- name: MLGATE_{{ upper $group }}__{{ $name | snakecase | upper }}
  value: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Where the policy comes from, as JSON: settings of the site, or a bundle that is fetched. */}}
{{- define "mlgate.policySource" -}}
{{- $policy := .Values.policy -}}
{{- $own := or $policy.settings $policy.packages $policy.packageConfigMaps -}}
{{- if and $policy.url (or $own (eq $policy.verificationKey "")) -}}
{{- fail "policy.url needs policy.verificationKey, and stands in place of policy.settings, packages and packageConfigMaps" -}}
{{- end -}}
{{- if and (eq $policy.url "") (or $policy.verificationKey $policy.minSequence $policy.urlCa $policy.urlTokenSecret) -}}
{{- fail "policy.verificationKey, minSequence, urlCa and urlTokenSecret are about the bundle at policy.url, and none is named" -}}
{{- end -}}
{{- $fetched := dict "url" $policy.url "urlSeconds" $policy.urlSeconds "minSequence" $policy.minSequence
  "verificationKey" "/etc/mlgate/policy/verification.pem"
  "urlCa" (ternary "/etc/mlgate/policy/authority.pem" "" (ne $policy.urlCa ""))
  "urlTokenFile" (ternary "/etc/mlgate/policy-token/token" "" (ne $policy.urlTokenSecret "")) -}}
{{- ternary $fetched (dict "settings" "/etc/mlgate/policy/settings.yaml") (ne $policy.url "") | toJson -}}
{{- end -}}

{{/* ConfigMaps with rules of the site, as JSON. */}}
{{- define "mlgate.packages" -}}
{{- $own := ternary (list (printf "%s-packages" (include "mlgate.fullname" .))) list (ne (len .Values.policy.packages) 0) -}}
{{- concat $own .Values.policy.packageConfigMaps | toJson -}}
{{- end -}}

{{/*
Arguments of OPA, as `mlgate policy sidecar` prints them for these settings. It stays until the gate has answered what
it took before the order to stop.
*/}}
{{- define "mlgate.opa.arguments" -}}
- run
- --server
- --addr=127.0.0.1:8181
- --authentication=token
- --authorization=basic
- --config-file=/run/mlgate/shared/opa.json
- --log-level=error
- --log-format=json
- --skip-version-check
- --optimize-store-for-read-speed
- --shutdown-wait-period={{ addf .Values.server.drainSeconds (include "mlgate.deadline" .) | ceil | int | add 2 }}
- --shutdown-grace-period=1
- --bundle
- /run/mlgate/shared/guard
{{- end -}}
