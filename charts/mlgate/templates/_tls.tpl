{{/* Name of the Secret with the serving certificate. Each mode has its own: one does not take over another's. */}}
{{- define "mlgate.tls.secret" -}}
{{- $name := include "mlgate.fullname" . -}}
{{- $names := dict "cert-manager" (printf "%s-tls" $name) "helm" (printf "%s-helm-tls" $name) "existing" .Values.tls.existing.secret -}}
{{- get $names .Values.tls.mode -}}
{{- end -}}

{{/* Host names of the Service, as JSON; the API server asks for the first. */}}
{{- define "mlgate.tls.hosts" -}}
{{- $name := include "mlgate.fullname" . -}}
{{- $host := printf "%s.%s.svc" $name .Release.Namespace -}}
{{- list $host (printf "%s.%s" $name .Release.Namespace) (printf "%s.cluster.local" $host) | toJson -}}
{{- end -}}

{{/* A mode that lacks one of its halves is refused. */}}
{{- define "mlgate.tls.check" -}}
{{- $tls := .Values.tls -}}
{{- if and (eq $tls.mode "existing") (not $tls.existing.secret) -}}
{{- fail "tls.mode is existing: tls.existing.secret must name the Secret with the serving certificate" -}}
{{- end -}}
{{- if and (eq $tls.mode "existing") (not $tls.existing.caBundle) -}}
{{- fail "tls.mode is existing: tls.existing.caBundle must hold the authority (PEM) of the certificate in tls.existing.secret" -}}
{{- end -}}
{{- if and (ne $tls.mode "existing") (or $tls.existing.secret $tls.existing.caBundle) -}}
{{- fail (printf "tls.existing is set, but tls.mode is %s: choose tls.mode existing, or leave tls.existing empty" $tls.mode) -}}
{{- end -}}
{{- end -}}

{{/*
Mode helm: authority, bundle and certificate as YAML. Call it once in a render: each call makes new keys.

What is there is kept: the authority while `tls.helm.generation` is the same, and the certificate until its hosts
change or half of its life is over. A new authority is trusted beside the one before, or beside what was trusted in
another mode, so that the pods that still serve the old certificate are believed until they serve the new one.
*/}}
{{- define "mlgate.tls.generated" -}}
{{- $names := include "mlgate.tls.hosts" . | fromJsonArray -}}
{{- $hosts := join "," $names -}}
{{- $generation := toString .Values.tls.helm.generation -}}
{{- $days := int .Values.tls.helm.days -}}
{{- $name := include "mlgate.fullname" . -}}
{{- $kept := lookup "v1" "Secret" .Release.Namespace (printf "%s-helm-authority" $name) | default dict -}}
{{- $keptData := $kept.data | default dict -}}
{{- $hook := lookup "admissionregistration.k8s.io/v1" "ValidatingWebhookConfiguration" "" (print $name) | default dict -}}
{{- $trusted := dig "clientConfig" "caBundle" "" (first ($hook.webhooks | default list) | default dict) -}}
{{- $served := lookup "v1" "Secret" .Release.Namespace (printf "%s-helm-tls" $name) | default dict -}}
{{- $servedData := $served.data | default dict -}}
{{- $told := dig "metadata" "annotations" dict $served -}}
{{- $same := eq (dig "metadata" "annotations" "mlgate.dev/generation" "" $kept) $generation -}}
{{- $issued := dig "mlgate.dev/issued-at" "0" $told | atoi -}}
{{- $now := now | unixEpoch | atoi -}}
{{- $young := lt (sub $now $issued) (mul $days 43200) -}}
{{- $usable := and $same $young (eq (dig "mlgate.dev/hosts" "" $told) $hosts) -}}
{{- $authority := dict -}}
{{- $bundle := "" -}}
{{- if $same -}}
{{- $authority = buildCustomCert (index $keptData "tls.crt") (index $keptData "tls.key") -}}
{{- $bundle = index $keptData "bundle.crt" | b64dec -}}
{{- else -}}
{{- $authority = genCA (printf "%s %s" $name $generation) 3650 -}}
{{- $bundle = print $authority.Cert (index $keptData "tls.crt" | default $trusted | b64dec) -}}
{{- end -}}
{{- if $usable -}}
{{- toYaml (dict "authority" $authority "bundle" $bundle "generation" $generation "hosts" $hosts "issuedAt" (toString $issued)
  "cert" (index $servedData "tls.crt" | b64dec) "key" (index $servedData "tls.key" | b64dec)) -}}
{{- else -}}
{{- $pair := genSignedCert (first $names) nil $names $days $authority -}}
{{- toYaml (dict "authority" $authority "bundle" $bundle "generation" $generation "hosts" $hosts "issuedAt" (toString $now)
  "cert" $pair.Cert "key" $pair.Key) -}}
{{- end -}}
{{- end -}}
