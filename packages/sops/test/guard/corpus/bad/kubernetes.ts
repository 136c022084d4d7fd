import { bad } from "../construct.ts";
import { mine, sealedSecret, secret } from "../throw-away.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const data = (type: string, key: string, value: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ntype: ${type}\ndata:\n  ${key}: ${base64(value)}\n`;
const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "db" }, stringData: { password: "hunter2" } };
const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: b\n";
const list = (kind: string, items: string) => `apiVersion: v1\nkind: ${kind}\nitems:\n${items}`;
const template = (value: string) =>
  `apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nmetadata:\n  name: a\nspec:\n  secretTemplates:\n    - name: db\n${value}`;

export const kubernetes = [
  bad("Secret with stringData", "plain-secret", {
    "block.yaml": secret(),
    "quoted.yaml": secret().replace("kind: Secret", 'kind: "Secret"').replace("hunter2", "'hunter2'"),
    "flow.yaml": "{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {password: hunter2}}\n",
    "object.json": JSON.stringify(object, null, 2),
    "crlf.yml": secret().replaceAll("\n", "\r\n"),
    "order.yaml":
      "stringData:\n  password: hunter2\nmetadata: {name: db}\nkind:   Secret # of the shop\napiVersion: v1\n",
    "number.yaml": secret("db", "12345"),
  }),
  bad("Secret with data in base64", "plain-secret", {
    "opaque.yaml": data("Opaque", "password", "hunter2"),
    "docker.yaml": data(
      "kubernetes.io/dockerconfigjson",
      ".dockerconfigjson",
      '{"auths":{"ghcr.io":{"auth":"c2hvcDpodW50ZXIy"}}}',
    ),
    "basic-auth.yaml": data("kubernetes.io/basic-auth", "password", "hunter2"),
    "folded.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  key: >-\n    ${base64("correct horse")}\n    ${base64("battery staple")}\n`,
    "short.yaml": data("Opaque", "pin", "1"),
    "object.json": JSON.stringify({ apiVersion: "v1", kind: "Secret", data: { pin: base64("1234") } }),
  }),
  bad("Secret in a List", "plain-secret", {
    "list.yaml": list(
      "List",
      "  - apiVersion: v1\n    kind: Secret\n    metadata: {name: a}\n    stringData: {a: hunter2}\n",
    ),
    "secret-list.yaml": list("SecretList", "  - metadata: {name: a}\n    stringData: {a: hunter2}\n"),
    "second.yaml": list(
      "List",
      "- {apiVersion: v1, kind: ConfigMap, data: {a: b}}\n- {apiVersion: v1, kind: Secret, data: {a: aHVudGVyMg==}}\n",
    ),
    "nested.yaml": list(
      "List",
      "- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Secret, stringData: {a: hunter2}}\n",
    ),
    "list.json": JSON.stringify({ apiVersion: "v1", kind: "List", items: [object] }, null, 1),
    "indented.yml": list("List", `  - ${secret().trimEnd().replaceAll("\n", "\n    ")}\n`),
  }),
  bad("Secret in a later document", "plain-secret", {
    "second.yaml": `${configMap}---\n${secret()}`,
    "third.yaml": `---\n${configMap}---\n${configMap}---\n${secret()}`,
    "after-comment.yaml": `# nothing here\n---\n${secret()}`,
    "titled.yaml": `${configMap}--- # the database\n${secret()}`,
    "crlf.yaml": `${configMap}---\n${secret()}`.replaceAll("\n", "\r\n"),
    "end-mark.yaml": `${configMap}...\n---\n${secret()}...\n`,
  }),
  bad("plain Secret below an encrypted one", "plain-secret", {
    "appended.yaml":
      `${sealedSecret}---\n${secret("api").replace("stringData", "data").replace("hunter2", base64("hunter2")).replace("shop", base64("shop"))}`.replace(
        "^(data|stringData)$",
        "^stringData$",
      ),
    "config-between.yaml": `${sealedSecret.replace("^(data|stringData)$", "^password$").replace(/user: ENC\S+/, "user: shop")}---\n${configMap}---\n${secret("api").replaceAll(/user|password/g, "$&2")}`,
    "list.yaml": `${sealedSecret.replace("^(data|stringData)$", "^stringData$")}---\n${list("List", "- {apiVersion: v1, kind: Secret, data: {a: aHVudGVyMg==}}\n")}`,
    "flow.yaml": `${sealedSecret.replace("^(data|stringData)$", "^stringData$")}---\n{apiVersion: v1, kind: Secret, data: {a: aHVudGVyMg==}}\n`,
  }),
  bad("plain Secret below an encrypted one, selected by its rule", "plain-value", {
    "appended.yaml": `${sealedSecret}---\n${secret("api")}`,
    "two.yaml": `${sealedSecret}---\n${configMap.replace("data:", "spec:")}---\n${secret("api")}`,
    "above.yaml": `${secret("api")}${sealedSecret.slice(sealedSecret.indexOf("sops:"))}---\n${sealedSecret}`,
  }),
  bad("SopsSecret in plaintext", "plain-secret", {
    "string-data.yaml": template("      stringData:\n        password: hunter2\n"),
    "data.yaml": template("      data:\n        password: aHVudGVyMg==\n"),
    "second.yaml": template(
      '      stringData: {}\n    - name: api\n      labels: {a: b}\n      stringData: {token: "hunter2"}\n',
    ),
    "in-list.yaml": list(
      "List",
      `- ${template("      stringData: {a: hunter2}\n").trimEnd().replaceAll("\n", "\n  ")}\n`,
    ),
    "flow.yaml":
      "{apiVersion: isindir.github.com/v1alpha3, kind: SopsSecret, spec: {secretTemplates: [{name: a, data: {a: aA==}}]}}\n",
  }),
  bad("Secret in a template with a literal value", "plain-secret", {
    "helm-name.yaml": secret("{{ .Release.Name }}-db"),
    "helm-labels.yaml": secret().replace(
      "stringData:",
      '  labels:\n    {{- include "shop.labels" . | nindent 4 }}\nstringData:',
    ),
    "helm-if.yaml": `{{- if .Values.enabled }}\n${secret("db")}  token: {{ .Values.token | quote }}\n{{- end }}\n`,
    "helm-two.yaml": `{{- with .Values.db }}\n${configMap.replace("a: b", "host: {{ .host }}")}---\n${secret()}{{- end }}\n`,
    "jinja.yaml": `{% if database %}\n${secret("{{ name }}")}{% endif %}\n`,
    "flux.yaml": `${secret(`\${APP}`)}  token: \${TOKEN}\n`,
    "default.yaml": secret("db", `\${DB_PASSWORD:-hunter2}`),
  }),
  bad("Secret in unusual YAML", "plain-secret", {
    "duplicate-key.yaml": `${secret()}  user: shop2\n`,
    "number-key.yaml": `${secret()}annotations: {1: a}\n`,
    "anchor.yaml": `apiVersion: v1\nkind: Secret\nx-a: &a {password: hunter2}\nstringData: *a\n`,
    "tag.yaml": secret("db", "!!str hunter2"),
    "binary-tag.yaml": secret("db", "!!binary aHVudGVyMg=="),
    "literal.yaml": secret("db", "|\n    hunter2\n    hunter3"),
    "list-first.yaml": `- not: an object\n---\n${secret()}`,
    "broken-neighbour.yaml": `${secret()}---\na: [\n`,
  }),
  bad("Secret that only looks encrypted", "plain-secret", {
    "comment.yaml": `# ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\n${secret()}`,
    "annotation.yaml": secret().replace("  name: db", '  name: db\n  annotations: {sops: "ENC[AES256_GCM]"}'),
    "helm-values.yaml": `${secret()}sops:\n  enabled: true\n  age: ${mine.recipient}\n`,
    "prefix.yaml": secret("db", '"ENC[hunter2]"'),
  }),
];
