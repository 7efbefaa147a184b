{{/* What the three webhooks have in common. */}}
{{- define "mlgate.webhook" -}}
clientConfig:
  {{- toYaml .client | nindent 2 }}
matchPolicy: Equivalent
sideEffects: None
timeoutSeconds: {{ .values.webhook.timeoutSeconds }}
admissionReviewVersions: [v1]
{{- end -}}

{{/* CEL: records always; a Namespace only when a label of ours is set, changed or removed. */}}
{{- define "mlgate.gateLabelsChange" -}}
{{- $labels := "(has(%[1]s.metadata.labels) ? %[1]s.metadata.labels : {})" -}}
{{- $new := printf $labels "object" -}}
{{- $old := printf "(oldObject == null ? {} : %s)" (printf $labels "oldObject") -}}
{{- $set := printf "%[1]s.exists(k, k.startsWith('mlgate.dev/') && (!(k in %[2]s) || %[2]s[k] != %[1]s[k]))" $new $old -}}
{{- $removed := printf "%[2]s.exists(k, k.startsWith('mlgate.dev/') && !(k in %[1]s))" $new $old -}}
!(request.resource.group == '' && request.resource.resource == 'namespaces')
|| {{ $set }}
|| {{ $removed }}
{{- end -}}
