{{/* Whether any profile enforces: "true", or nothing. Failure policy and onError follow it. */}}
{{- define "mlgate.enforces" -}}
{{- ternary "true" "" (has "enforce" (values .Values.decision.mode)) -}}
{{- end -}}

{{/* What the API server does with models and workloads while the gate is down. */}}
{{- define "mlgate.failurePolicy" -}}
{{- default (ternary "Fail" "Ignore" (eq (include "mlgate.enforces" .) "true")) .Values.webhook.failurePolicy -}}
{{- end -}}

{{/* What the gate answers when it cannot judge. */}}
{{- define "mlgate.onError" -}}
{{- default (ternary "deny" "allow" (eq (include "mlgate.enforces" .) "true")) .Values.decision.onError -}}
{{- end -}}

{{/*
Namespaces no webhook is called for, as JSON. No value takes one off: were the release namespace judged, a gate that is
down could not come back, and without kube-system and kube-node-lease the cluster itself could not.
*/}}
{{- define "mlgate.protectedNamespaces" -}}
{{- list .Release.Namespace "kube-system" "kube-node-lease" | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* Namespaces whose models and workloads are not judged, as JSON: those and the exempt ones. */}}
{{- define "mlgate.excludedNamespaces" -}}
{{- concat (include "mlgate.protectedNamespaces" . | fromJsonArray) .Values.webhook.exemptNamespaces | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* Records in a protected namespace are not judged, so none there may count for the objects of others. */}}
{{- define "mlgate.checkRecordNamespaces" -}}
{{- $protected := include "mlgate.protectedNamespaces" . | fromJsonArray -}}
{{- range $name := append .Values.evidence.waiverNamespaces .Values.evidence.clusterNamespace -}}
{{- if has $name $protected -}}
{{- fail (printf "evidence.waiverNamespaces and evidence.clusterNamespace must not name %s: the API server asks nobody about what is stored there" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
