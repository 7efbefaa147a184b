{{/* Labels by which the pod of `helm test` is told; not those of the gate, or the Service would send reviews to it. */}}
{{- define "mlgate.test.selector" -}}
app.kubernetes.io/name: mlgate-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mlgate.test.labels" -}}
{{- merge (include "mlgate.test.selector" . | fromYaml) (include "mlgate.labels" . | fromYaml) | toYaml -}}
{{- end -}}

{{/* What the test needs: made in the order of the given weight, and taken away whatever becomes of it. */}}
{{- define "mlgate.test.hook" -}}
helm.sh/hook: test
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
{{- end -}}
