{{/* Pod Security Standard "restricted", and a little more. Nobody needs less; some platforms choose the ids. */}}
{{- define "mlgate.podSecurity" -}}
runAsNonRoot: true
{{- if .Values.pod.fixedIds }}
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
{{- end }}
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

{{/* Address ranges, as peers of a NetworkPolicy. */}}
{{- define "mlgate.blocks" -}}
{{- range . }}
- ipBlock: {cidr: {{ . | quote }}}
{{- end }}
{{- end -}}

{{/* Through whom the API server calls, as peers of a NetworkPolicy in JSON; none, where nobody is shut out. */}}
{{- define "mlgate.callers" -}}
{{- $ranges := include "mlgate.blocks" .Values.networkPolicy.apiServerCIDRs | fromYamlArray -}}
{{- concat $ranges .Values.networkPolicy.apiServerFrom | toJson -}}
{{- end -}}

{{/* The API server is no pod, so only ports and addresses can be named. It is reached by address: no DNS is needed. */}}
{{- define "mlgate.apiServerEgress" -}}
- ports:
    {{- range .Values.networkPolicy.apiServerPorts }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
  {{- with .Values.networkPolicy.apiServerTo }}
  to:
    {{- include "mlgate.blocks" . | trim | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* Seconds the judging of a review may take: those that are set, and those for which the API server waits. */}}
{{- define "mlgate.deadline" -}}
{{- $decision := .Values.decision -}}
{{- maxf $decision.deadlineSeconds (mulf .Values.webhook.timeoutSeconds $decision.deadlineShare) -}}
{{- end -}}

{{/* The fewest replicas there are. */}}
{{- define "mlgate.replicas" -}}
{{- ternary .Values.autoscaling.minReplicas .Values.replicaCount .Values.autoscaling.enabled -}}
{{- end -}}

{{/* A quantity of memory in bytes; empty where it is none or in a unit that is not listed. */}}
{{- define "mlgate.bytes" -}}
{{- $units := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 -}}
{{- $unit := regexFind "[A-Za-z]*$" . -}}
{{- if hasKey $units $unit -}}
{{- mulf (trimSuffix $unit .) (get $units $unit) | int64 -}}
{{- end -}}
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
{{- $limit := dig "limits" "memory" "none" .Values.resources | toString -}}
{{- $bytes := include "mlgate.bytes" $limit -}}
{{- $needed := addf 209715200 (mulf $server.maxConnections 327680) (mulf $server.maxHeldBytes 30) -}}
{{- if and $bytes (lt (float64 $bytes) $needed) -}}
{{- fail (printf "resources.limits.memory is %s, but server.maxHeldBytes and server.maxConnections can take %.0fMi; see docs/operate.md, Limits of a replica" $limit (divf $needed 1048576)) -}}
{{- end -}}
{{- end -}}
