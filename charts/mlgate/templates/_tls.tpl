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
{{- if and $tls.clientNames (not $tls.clientCa) -}}
{{- fail "tls.clientNames demand nothing without tls.clientCa, the authorities of the certificates that bear them" -}}
{{- end -}}
{{- end -}}

{{/*
Mode helm: authority, bundle and certificate as YAML. Call it once in a render: each call makes new keys.

What is there is kept: the authority while `tls.helm.generation` is the same and it outlives every certificate it would
give, and the certificate until its hosts or its days change or half of its life is over. A new authority is trusted
beside the one before, or beside what was trusted in another mode. Its own certificate comes with an upgrade that finds
it in the webhook configuration: an upgrade that ends half-way leaves no pod with a certificate that nobody trusts.
*/}}
{{- define "mlgate.tls.generated" -}}
{{- $names := include "mlgate.tls.hosts" . | fromJsonArray -}}
{{- $hosts := join "," $names -}}
{{- $generation := toString .Values.tls.helm.generation -}}
{{- $days := int .Values.tls.helm.days -}}
{{- $life := 3650 -}}
{{- $now := now | unixEpoch | atoi -}}
{{- $name := include "mlgate.fullname" . -}}
{{- $kept := lookup "v1" "Secret" .Release.Namespace (printf "%s-helm-authority" $name) | default dict -}}
{{- $keptData := $kept.data | default dict -}}
{{- $keptCert := index $keptData "tls.crt" | default "" | b64dec -}}
{{- $about := dig "metadata" "annotations" dict $kept -}}
{{- $hook := lookup "admissionregistration.k8s.io/v1" "ValidatingWebhookConfiguration" "" (print $name) | default dict -}}
{{- $trusted := dig "clientConfig" "caBundle" "" (first ($hook.webhooks | default list) | default dict) | b64dec -}}
{{- $served := lookup "v1" "Secret" .Release.Namespace (printf "%s-helm-tls" $name) | default dict -}}
{{- $servedData := $served.data | default dict -}}
{{- $told := dig "metadata" "annotations" dict $served -}}
{{- $born := dig "mlgate.dev/issued-at" (toString $now) $about | atoi -}}
{{- $lasts := lt (add (sub $now $born) (mul $days 86400)) (mul $life 86400) -}}
{{- $same := and $lasts (eq (dig "mlgate.dev/generation" "" $about) $generation) -}}
{{- $issued := dig "mlgate.dev/issued-at" "0" $told | atoi -}}
{{- $young := lt (sub $now $issued) (mul $days 43200) -}}
{{- $made := and (eq (dig "mlgate.dev/hosts" "" $told) $hosts) (eq (dig "mlgate.dev/days" "" $told) (toString $days)) -}}
{{- $signer := dig "mlgate.dev/authority" (include "mlgate.tls.mark" $keptCert) $told -}}
{{- $current := eq $signer (include "mlgate.tls.mark" $keptCert) -}}
{{- $usable := and $young $made (or $current (not $same) (not (contains (trim $keptCert) $trusted))) -}}
{{- $authority := dict -}}
{{- $bundle := "" -}}
{{- if $same -}}
{{- $authority = buildCustomCert (index $keptData "tls.crt") (index $keptData "tls.key") -}}
{{- $bundle = index $keptData "bundle.crt" | b64dec -}}
{{- else -}}
{{- $born = $now -}}
{{- $authority = genCA (printf "%s %s" $name $generation) $life -}}
{{- $bundle = print $authority.Cert (index $keptData (ternary "tls.crt" "bundle.crt" $current) | default ($trusted | b64enc) | b64dec) -}}
{{- end -}}
{{- $found := dict "authority" $authority "born" (toString $born) "bundle" $bundle "generation" $generation "hosts" $hosts
  "days" (toString $days) -}}
{{- if $usable -}}
{{- toYaml (merge $found (dict "issuedAt" (toString $issued) "signer" $signer
  "cert" (index $servedData "tls.crt" | b64dec) "key" (index $servedData "tls.key" | b64dec))) -}}
{{- else -}}
{{- $gives := $authority -}}
{{- if and $keptData (not $same) -}}
{{- $gives = buildCustomCert (index $keptData "tls.crt") (index $keptData "tls.key") -}}
{{- end -}}
{{- $pair := genSignedCert (first $names) nil $names $days $gives -}}
{{- toYaml (merge $found (dict "issuedAt" (toString $now) "signer" (include "mlgate.tls.mark" $gives.Cert)
  "cert" $pair.Cert "key" $pair.Key)) -}}
{{- end -}}
{{- end -}}

{{/* By what an authority is told from others: it may have the name and generation of one before. */}}
{{- define "mlgate.tls.mark" -}}
{{- trim . | sha256sum | trunc 16 -}}
{{- end -}}
