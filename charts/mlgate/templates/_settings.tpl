{{/*
The settings of mlgate as environment variables: `server.maxConcurrent` becomes MLGATE_SERVER__MAX_CONCURRENT. What is
empty is left out, for mlgate's own default.
*/}}
{{- define "mlgate.settings" -}}
{{- $decision := omit .Values.decision "mode" "onError" -}}
{{- $groups := dict
  "listen" (dict "port" 8443)
  "tls" (dict "cert" "/etc/mlgate/tls/tls.crt" "key" "/etc/mlgate/tls/tls.key" "reloadSeconds" .Values.tls.reloadSeconds)
  "opa" (dict "url" "managed" "maxConcurrent" .Values.opa.maxConcurrent)
  "policy" (dict "settings" "/etc/mlgate/policy/settings.yaml" "reloadSeconds" .Values.policy.reloadSeconds)
  "evidence" .Values.evidence
  "decision" (merge (dict "onError" (include "mlgate.onError" .) "cacheDir" "/var/cache/mlgate") $decision)
  "server" .Values.server
  "log" .Values.log
-}}
{{- range $group, $settings := $groups }}
{{- range $name, $value := $settings }}
{{- if ne (toString $value) "" }}
- name: MLGATE_{{ upper $group }}__{{ $name | snakecase | upper }}
  value: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
