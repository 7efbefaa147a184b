{{/* Name of the release's objects. */}}
{{- define "mlgate.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $release := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $release .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* Labels that select the pods; they never change. */}}
{{- define "mlgate.selector" -}}
app.kubernetes.io/name: mlgate
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "mlgate.labels" -}}
{{ include "mlgate.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: mlgate
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "mlgate.serviceAccount" -}}
{{- if and (not .Values.serviceAccount.create) (eq .Values.serviceAccount.name "") -}}
{{- fail "serviceAccount.create is false: serviceAccount.name must name the account the gate runs as" -}}
{{- end -}}
{{- default (include "mlgate.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{/* A reference from `{repository, tag, digest}`. */}}
{{- define "mlgate.reference" -}}
{{- print .repository (ternary (printf "@%s" .digest) (printf ":%s" .tag) (ne .digest "")) -}}
{{- end -}}

{{- define "mlgate.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- include "mlgate.reference" (merge (dict "tag" $tag) .Values.image) -}}
{{- end -}}

{{- define "mlgate.opa.image" -}}
{{- $opa := .Values.opa.image -}}
{{- if ne (eq $opa.repository "") (eq (print $opa.tag $opa.digest) "") -}}
{{- fail "opa.image needs both: a repository, and a tag or a digest" -}}
{{- end -}}
{{- ternary (include "mlgate.image" .) (include "mlgate.reference" .Values.opa.image) (eq .Values.opa.image.repository "") -}}
{{- end -}}
