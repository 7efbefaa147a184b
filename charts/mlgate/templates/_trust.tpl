{{/*
Keys, trusted root and authorities of the site, as JSON: file -> text. The gate reads them once, when it starts.
*/}}
{{- define "mlgate.trust" -}}
{{- $files := dict "trusted_root.json" .Values.signatures.trustedRoot "registries.crt" .Values.evidence.oci.ca
  "huggingface.crt" .Values.evidence.huggingface.ca -}}
{{- $found := dict -}}
{{- range $name, $text := merge $files .Values.signatures.keys -}}
{{- if $text -}}
{{- $_ := set $found $name $text -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* Settings about registries, as JSON. */}}
{{- define "mlgate.registries" -}}
{{- $oci := .Values.evidence.oci -}}
{{- if and (or (has "oci" .Values.evidence.cardSources) .Values.signatures.served) (not $oci.registries) -}}
{{- fail "evidence.oci.registries must name what is read: evidence.cardSources has oci, or signatures.served is true" -}}
{{- end -}}
{{- dict "registries" $oci.registries "blobHosts" $oci.blobHosts "private" $oci.private
  "dockerConfig" (ternary "/etc/mlgate/registries/config.json" "" (ne $oci.credentialsSecret ""))
  "ca" (ternary "/etc/mlgate/trust/registries.crt" "" (ne $oci.ca "")) | toJson -}}
{{- end -}}

{{/* Settings about a Hugging Face Hub, as JSON. */}}
{{- define "mlgate.hub" -}}
{{- $hub := .Values.evidence.huggingface -}}
{{- if and (has "huggingface" .Values.evidence.cardSources) (not $hub.endpoint) -}}
{{- fail "evidence.cardSources has huggingface: evidence.huggingface.endpoint must name the Hub" -}}
{{- end -}}
{{- dict "endpoint" $hub.endpoint "private" $hub.private
  "tokenFile" (ternary "/etc/mlgate/huggingface/token" "" (ne $hub.tokenSecret ""))
  "ca" (ternary "/etc/mlgate/trust/huggingface.crt" "" (ne $hub.ca "")) | toJson -}}
{{- end -}}

{{/* Settings about signatures, as JSON. */}}
{{- define "mlgate.signatures" -}}
{{- $chosen := .Values.signatures -}}
{{- if and $chosen.served (not $chosen.keys) (not $chosen.trustedRoot) -}}
{{- fail "signatures.served needs signers: signatures.keys or signatures.trustedRoot" -}}
{{- end -}}
{{- if and $chosen.cards (not $chosen.keys) (not $chosen.trustedRoot) -}}
{{- fail "signatures.cards needs signers: signatures.keys or signatures.trustedRoot" -}}
{{- end -}}
{{- $keys := list -}}
{{- range $name, $_ := $chosen.keys -}}
{{- $keys = append $keys (printf "/etc/mlgate/trust/%s" $name) -}}
{{- end -}}
{{- dict "keys" $keys "cards" $chosen.cards "served" $chosen.served
  "trustedRoot" (ternary "/etc/mlgate/trust/trusted_root.json" "" (ne $chosen.trustedRoot "")) | toJson -}}
{{- end -}}

{{/* Ports of the servers that are reached by name, as JSON: of the policy bundle, of a Hub and of registries. */}}
{{- define "mlgate.serverPorts" -}}
{{- $urls := list .Values.policy.url .Values.evidence.huggingface.endpoint -}}
{{- range append (values .Values.evidence.oci.blobHosts) .Values.evidence.oci.registries -}}
{{- range . -}}
{{- $urls = append $urls (printf "https://%s/" .) -}}
{{- end -}}
{{- end -}}
{{- $ports := list -}}
{{- range compact $urls -}}
{{- $ports = append $ports (regexFind ":[0-9]+$" (urlParse .).host | trimPrefix ":" | default "443") -}}
{{- end -}}
{{- $ports | uniq | sortAlpha | toJson -}}
{{- end -}}
