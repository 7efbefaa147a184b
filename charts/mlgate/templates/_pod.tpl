{{/* Pod Security Standard "restricted", and a little more. Not a value: nobody needs less. */}}
{{- define "mlgate.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "mlgate.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{/* Where pods run and with what they pull their image; nothing, where the values say nothing of it. */}}
{{- define "mlgate.placement" -}}
{{- $placement := pick .Values.pod "priorityClassName" "nodeSelector" "tolerations" "affinity" -}}
{{- $_ := set $placement "imagePullSecrets" .Values.imagePullSecrets -}}
{{- range $name, $given := $placement -}}
{{- if $given }}
{{ dict $name $given | toYaml }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Volume with a token of the pod's account that lasts for the given seconds, as the API server would mount it. */}}
{{- define "mlgate.accountToken" -}}
- name: token
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: {{ . }}}
      - configMap:
          name: kube-root-ca.crt
          items: [{key: ca.crt, path: ca.crt}]
      - downwardAPI:
          items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]
{{- end -}}

{{/* The API server is no pod, so only its ports can be named. It is reached by address: no DNS is needed. */}}
{{- define "mlgate.apiServerEgress" -}}
- ports:
    {{- range .Values.networkPolicy.apiServerPorts }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end -}}

{{/*
Reviews that are held, and what connections take beside them, fit into the memory of the gate: docs/operate.md, Limits of
a replica. A limit in a unit that is not listed is left to whoever writes it.
*/}}
{{- define "mlgate.memory.check" -}}
{{- $server := .Values.server -}}
{{- if lt (int64 $server.maxHeldBytes) (int64 $server.maxBodyBytes) -}}
{{- fail "server.maxHeldBytes is less than server.maxBodyBytes, the largest review" -}}
{{- end -}}
{{- $bytes := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 -}}
{{- $limit := dig "limits" "memory" "none" .Values.resources | toString -}}
{{- $unit := regexFind "[A-Za-z]*$" $limit -}}
{{- $needed := addf 209715200 (mulf $server.maxConnections 327680) (mulf $server.maxHeldBytes 30) -}}
{{- if and (hasKey $bytes $unit) (lt (mulf (trimSuffix $unit $limit) (get $bytes $unit)) $needed) -}}
{{- fail (printf "resources.limits.memory is %s, but server.maxHeldBytes and server.maxConnections can take %.0fMi; see docs/operate.md, Limits of a replica" $limit (divf $needed 1048576)) -}}
{{- end -}}
{{- end -}}
