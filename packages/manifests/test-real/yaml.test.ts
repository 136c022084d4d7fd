import { type Kubernetes, loadCrds, recordEvidence, startKubernetes } from "@idstack/tool-real";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseManifests, validate } from "../src/index.ts";

let kubernetes: Kubernetes;
beforeAll(async () => {
  const crds = (await loadCrds()).filter(({ project }) => project === "volsync").map(({ crd }) => crd);
  kubernetes = await startKubernetes({ crds, warm: false });
});
afterAll(() => kubernetes?.close());

const head = (apiVersion: string, kind: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`;
const deployment = (spec: string): string =>
  `${head("apps/v1", "Deployment")}spec:\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}\n  ${spec}\n`;
const configMap = (data: string): string => `${head("v1", "ConfigMap")}data:\n${data}`;
const trigger = (spec: string): string => `${head("volsync.backube/v1alpha1", "ReplicationSource")}spec: ${spec}\n`;

/** What only text has: how scalars are written, and keys twice. */
const TEXTS: readonly (readonly [collection: string, text: string])[] = [
  ["/api/v1/namespaces/default/configmaps", configMap("  a: b\n  a: c\n")],
  ["/api/v1/namespaces/default/configmaps", `${configMap("  a: b\n")}data: {c: d}\n`],
  ...[
    "1",
    "1.0",
    "yes",
    "on",
    "null",
    "~",
    "",
    "0x10",
    "0o17",
    "017",
    "1e3",
    ".5",
    "12:30",
    "2026-01-31",
    "'1'",
    '"yes"',
    "!!str 1",
    "|\n    a\n",
    "=",
    "<<",
    "1_000",
    "+1",
    "-",
    '"\\u00e9"',
    "&x b",
    "y",
    "N",
    ".inf",
    "TRUE",
    "tRUE",
  ].map((scalar) => ["/api/v1/namespaces/default/configmaps", configMap(`  a: ${scalar}\n`)] as const),
  ...[
    "2",
    "2.0",
    "2.5",
    "0x2",
    "02",
    "2e0",
    "1e3",
    "'2'",
    "1_0",
    "+2",
    "99999999999",
    "yes",
    "",
    "~",
    "0b10",
    "0o10",
    ".2e1",
    "2.",
  ].map((scalar) => ["/apis/apps/v1/namespaces/default/deployments", deployment(`replicas: ${scalar}`)] as const),
  ...["true", "yes", "Off", "y", "'true'", "1", "TRUE", "tRUE", "~"].map(
    (scalar) => ["/apis/apps/v1/namespaces/default/deployments", deployment(`paused: ${scalar}`)] as const,
  ),
  ...[
    "{paused: yes}",
    "{paused: 'yes'}",
    "{paused: true, paused: false}",
    "{paused: 0}",
    "{trigger: {manual: 1}}",
    "{trigger: {manual: 2026-01-31}}",
    "{restic: {pruneIntervalDays: 1.0}}",
    "{restic: {pruneIntervalDays: 1.5}}",
    "{restic: {pruneIntervalDays: 1e1}}",
    "{restic: {pruneIntervalDays: 2147483648}}",
    "{restic: {retain: {hourly: 9223372036854775807}}}",
    "{restic: {retain: {within: 12:30}}}",
  ].map((spec) => ["/apis/volsync.backube/v1alpha1/namespaces/default/replicationsources", trigger(spec)] as const),
];

test("reads YAML as the server reads it", async () => {
  const differences: unknown[] = [];
  for (const [collection, text] of TEXTS) {
    const { status, body } = await kubernetes.request("POST", `${collection}?dryRun=All&fieldValidation=Strict`, {
      body: text,
      contentType: "application/yaml",
    });
    const { documents, diagnostics } = parseManifests(text);
    const errors = [...diagnostics, ...validate(documents)].filter(({ severity }) => severity === "error");
    if ((status === 201) === (errors.length === 0)) continue;
    differences.push({
      text,
      status,
      theirs: (body as { message?: string }).message,
      ours: errors.map(({ message }) => message),
    });
  }
  await recordEvidence({
    component: "kube-apiserver",
    proves: "@idstack/manifests reads the scalars and keys of YAML alike",
    checked: TEXTS.length,
    unit: "texts",
    mismatches: differences.length,
  });
  expect(differences).toEqual([]);
});
