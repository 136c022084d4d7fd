import { good } from "../construct.ts";
import { letters, secret } from "../throw-away.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const value = (text: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: ${text}\n`;

export const placeholders = [
  good("Helm template of a Secret", {
    "templates/value.yaml": value("{{ .Values.password | quote }}"),
    "templates/quoted.yaml": value('"{{ .Values.password }}"'),
    "templates/b64.yaml": value("{{ .Values.password | b64enc }}").replace("stringData", "data"),
    "templates/range.yaml":
      "apiVersion: v1\nkind: Secret\ndata:\n  {{- range $k, $v := .Values.secrets }}\n  {{ $k }}: {{ $v | b64enc | quote }}\n  {{- end }}\n",
    "templates/if.yaml": `{{- if .Values.create }}\n${value("{{ randAlphaNum 20 }}")}{{- end }}\n`,
    "templates/include.yaml":
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ include "a.name" . }}\n  labels: {{- include "a.labels" . | nindent 4 }}\ndata:\n  {{- toYaml .Values.data | nindent 2 }}\n',
    "templates/block.yaml":
      "apiVersion: v1\nkind: Secret\nstringData:\n  config: |\n    {{- tpl .Values.config . | nindent 4 }}\n",
    "templates/mixed.yaml": value("postgres://{{ .Values.user }}:{{ .Values.password }}@db/app"),
  }),
  good("Jinja and other templates of a Secret", {
    "jinja.yaml": value("{{ lookup('env', 'PASSWORD') }}"),
    "jinja-if.yaml": `{% if enabled %}\n${value("{{ password }}")}{% endif %}\n`,
    "jinja-for.yaml":
      "apiVersion: v1\nkind: Secret\nstringData:\n{% for key, value in secrets.items() %}\n  {{ key }}: {{ value }}\n{% endfor %}\n",
    "jinja-comment.yaml": `{# the database #}\n${value('"{{ password }}"')}`,
    "ansible.yaml": value("!unsafe '{{ password }}'"),
    "at.yaml": value("'@PASSWORD@'"),
    "underscores.yaml": value("__PASSWORD__"),
  }),
  good("shell and Flux substitution in a Secret", {
    "braces.yaml": value(`\${DB_PASSWORD}`),
    "parentheses.yaml": value("$(DB_PASSWORD)"),
    "dollar.yaml": value("$DB_PASSWORD"),
    "inside.yaml": value(`postgres://shop:\${DB_PASSWORD}@db/shop`),
    "windows.yaml": value("'%PASSWORD%'"),
    "encoded.yaml": value(base64(`\${DB_PASSWORD}`)).replace("stringData", "data"),
  }),
  good("<placeholder> in a Secret", {
    "angle.yaml": value("<password>"),
    "quoted.yaml": value('"<put the password here>"'),
    "encoded.yaml": value(base64("<password>")).replace("stringData", "data"),
    "json.json": JSON.stringify({ apiVersion: "v1", kind: "Secret", stringData: { a: "<YOUR_TOKEN>" } }),
    "list.yaml": "apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Secret, stringData: {a: <token>}}\n",
  }),
  good("reference to a secret store in a Secret", {
    "avp.yaml": value("<path:secret/data/db#password>"),
    "vals.yaml": value("ref+vault://secret/db#/password"),
    "one-password.yaml": value("op://homelab/db/password"),
    "vault-env.yaml": value('"vault:secret/data/db#password"'),
    "avp-encoded.yaml": value(base64("<path:secret/data/db#password>")).replace("stringData", "data"),
  }),
  good("Secret without a value", {
    "empty.yaml": value('""'),
    "null.yaml": value("null"),
    "tilde.yaml": value("~"),
    "missing.yaml": value(""),
    "no-data.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: Opaque\n",
    "empty-map.yaml": "apiVersion: v1\nkind: Secret\ndata: {}\nstringData:\n",
    "token.yaml":
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  annotations: {kubernetes.io/service-account.name: web}\ntype: kubernetes.io/service-account-token\n",
  }),
  good("kustomize patch that deletes a Secret", {
    "patch.yaml": `$patch: delete\n${secret()}`,
    "below.yaml": `${secret()}$patch: delete\n`,
    "flow.yaml": "{$patch: delete, apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: eA==}}\n",
  }),
  good("Argo CD repository without credentials", {
    "repository.yaml":
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  labels:\n    argocd.argoproj.io/secret-type: repository\nstringData:\n  type: git\n  url: https://github.com/idstack/idstack\n",
    "helm.yaml":
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a, labels: {argocd.argoproj.io/secret-type: repository}}\nstringData: {type: helm, url: ghcr.io/a, name: a, enableOCI: "true"}\n',
    "encoded.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {name: a, labels: {argocd.argoproj.io/secret-type: repository}}\ndata: {type: ${base64("git")}, url: ${base64("https://a")}}\n`,
  }),
  good("keys and tokens that are placeholders", {
    "age.md": `AGE-SECRET-KEY-1${"X".repeat(58)}\n`,
    "age-dots.md": "AGE-SECRET-KEY-1QQPQ...\n",
    "age-pq.md": `AGE-SECRET-KEY-PQ-1${"Q".repeat(58)}\n`,
    "aws.yaml": `accessKeyId: AKIA${"IOSFODNN7"}EXAMPLE\n`,
    "github.yaml": `token: ghp_${"x".repeat(36)}\nother: ghp_${"0".repeat(36)}\n`,
    "counted.env": `TOKEN=ghp_${"1234567890abcdefghijklmnopqrstuvwxyz"}\n`,
    "gitlab.md": "glpat-xxxxxxxxxxxxxxxxxxxx and glpat-YOUR_TOKEN_HERE_12345\n",
    "slack.yaml": "url: https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX\n",
    "wireguard.conf": `[Interface]\nPrivateKey = ${"A".repeat(43)}=\n`,
    "template.conf": "[Interface]\nPrivateKey = {{ wireguard_private_key }}\n",
    "stripe.env": `KEY=sk_test_${letters("test", 24)}\n`,
  }),
];
