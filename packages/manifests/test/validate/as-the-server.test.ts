import { describe, expect, test } from "vitest";
import { type KubeObject, parseManifests, validate } from "../../src/index.ts";

/** `[severity, code, path]` of everything found in a YAML text. */
function findings(text: string): unknown[] {
  const { documents } = parseManifests(text);
  return validate(documents).map(({ severity, code, path }) => [severity, code, path]);
}
const error = (code: string, path: string): unknown => ["error", code, path];
const warning = (code: string, path: string): unknown => ["warning", code, path];
const named = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject =>
  Object.assign({ apiVersion, kind, metadata: { name } }, rest);

const certificate =
  "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: a}\nspec: {secretName: s, issuerRef: {name: i}}\n";
const owner = "apiVersion: apps/v1, kind: Deployment, name: web, uid: u1";
const configMap = (metadata: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, ${metadata}}\n`;
const pv = (source: string) =>
  `apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], ${source}}\n`;
const lease = (time: string) =>
  `apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: a}\nspec: {renewTime: "${time}"}\n`;
const source = (spec: string) =>
  `apiVersion: volsync.backube/v1alpha1\nkind: ReplicationSource\nmetadata: {name: a}\nspec: ${spec}\n`;
const traefik = (limit: string) =>
  `apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: a}\nspec: {rateLimit: {average: ${limit}}}\n`;

test.each<[string, string, unknown[]]>([
  ["a status that is dropped may be wrong", `${certificate}status: {revision: often}\n`, []],
  ["but must decode", `${certificate}status: {revisions: 1}\n`, [error("unknown-field", "status.revisions")]],
  [
    "with mappings only where there are some",
    `${certificate}status: {revision: {a: 1}}\n`,
    [error("wrong-type", "status.revision")],
  ],
  [
    "a status that is kept is checked",
    "apiVersion: velero.io/v1\nkind: Backup\nmetadata: {name: a}\nspec: {}\nstatus: {phase: Done}\n",
    [error("enum", "status.phase")],
  ],
  ["an integer without a size is an int64", traefik("1e30"), [error("bounds", "spec.rateLimit.average")]],
  ["the largest int64, which JavaScript rounds up", traefik("9223372036854775807"), []],
  [
    "a vertical tab is no space in RE2",
    source('{trigger: {schedule: "0\\v0 * * *"}}'),
    [error("pattern", "spec.trigger.schedule")],
  ],
  [
    "a list where the server overlooks it: a text with a format",
    "apiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: {name: a}\nspec: {externalCIDRs: [[10.0.0.0/8]]}\n",
    [warning("wrong-type", "spec.externalCIDRs[0]")],
  ],
  [
    "a list of bytes for base64",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nbinaryData: {a: [1, 2], b: [300]}\n",
    [warning("wrong-type", "binaryData.a"), error("wrong-type", "binaryData.b")],
  ],
  [
    "two items without the key, which has an empty text as its default",
    "apiVersion: k8up.io/v1\nkind: PreBackupPod\nmetadata: {name: a}\nspec:\n  backupCommand: b\n  pod: {spec: {containers: [{name: a}], imagePullSecrets: [{}, {}]}}\n",
    [error("duplicate-item", "spec.pod.spec.imagePullSecrets[1]")],
  ],
  ["complete owners", configMap(`ownerReferences: [{${owner}, controller: true}]`), []],
  [
    "an owner without a version",
    configMap(`ownerReferences: [{${owner.replace("apps/v1", "a/b/c")}}]`),
    [error("metadata", "metadata.ownerReferences[0].apiVersion")],
  ],
  [
    "an owner without a uid",
    configMap(`ownerReferences: [{${owner.replace("u1", '""')}}]`),
    [error("metadata", "metadata.ownerReferences[0].uid")],
  ],
  [
    "an Event as an owner",
    configMap("ownerReferences: [{apiVersion: v1, kind: Event, name: a, uid: u}]"),
    [error("metadata", "metadata.ownerReferences[0]")],
  ],
  [
    "two controllers",
    configMap(`ownerReferences: [{${owner}, controller: true}, {${owner.replace("u1", "u2")}, controller: true}]`),
    [error("metadata", "metadata.ownerReferences[1].controller")],
  ],
  ["finalizers", configMap("finalizers: [example.com/a, orphan]"), []],
  ["a finalizer that is no name", configMap("finalizers: [a/b/c]"), [error("metadata", "metadata.finalizers[0]")]],
  [
    "finalizers that exclude each other",
    configMap("finalizers: [orphan, foregroundDeletion]"),
    [error("metadata", "metadata.finalizers")],
  ],
  ["the beginning of a name", configMap("generateName: a-"), []],
  ["the wrong beginning of a name", configMap("generateName: a_"), [error("metadata", "metadata.generateName")]],
  ["a namespace that is no label", configMap("namespace: a.b"), [error("metadata", "metadata.namespace")]],
  ["times as Go reads them", configMap('creationTimestamp: "2026-01-31T1:00:00,5Z"'), []],
  [
    "a day that is not in the month",
    configMap('creationTimestamp: "2026-02-30T12:00:00Z"'),
    [error("format", "metadata.creationTimestamp")],
  ],
  ["microseconds", lease("2026-01-31T12:00:00.000000Z"), []],
  ["a time without microseconds", lease("2026-01-31T12:00:00Z"), [error("format", "spec.renewTime")]],
  [
    "an int-or-string beyond int32",
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {minAvailable: 2147483648}\n",
    [error("bounds", "spec.minAvailable")],
  ],
  [
    "a required field that the server does without",
    pv('iscsi: {targetPortal: "a:1", iqn: b}'),
    [warning("missing-field", "spec.iscsi")],
  ],
  [
    "a required field that it does not do without",
    pv("iscsi: {iqn: b, lun: 1}"),
    [error("missing-field", "spec.iscsi")],
  ],
  [
    "a claim from nothing, but no Ingress to nothing",
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {dataSource: {name: b}}\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec: {defaultBackend: {resource: {name: b}}}\n",
    [warning("missing-field", "spec.dataSource"), error("missing-field", "spec.defaultBackend.resource")],
  ],
  [
    "a kind that needs no spec",
    "apiVersion: resource.k8s.io/v1\nkind: ResourceClaim\nmetadata: {name: a}\n",
    [warning("missing-field", "")],
  ],
  [
    "a kind that gets a name",
    "apiVersion: v1\nkind: LimitRange\nspec: {limits: []}\n",
    [warning("missing-name", "metadata")],
  ],
])("%s", (_, text, expected) => {
  expect(findings(text)).toEqual(expected);
});

describe("names", () => {
  const longest = (length: number): string => "a".repeat(length);
  test.each([
    ["v1", "ConfigMap", "a.b", "a_b"],
    ["v1", "ConfigMap", longest(253), longest(254)],
    ["v1", "Namespace", "a-b", "a.b"],
    ["v1", "Service", "1a", "a.b"],
    ["apps/v1", "StatefulSet", longest(63), longest(64)],
    ["batch/v1", "CronJob", `a.${longest(50)}`, longest(53)],
    ["rbac.authorization.k8s.io/v1", "ClusterRole", "system:A", "a/b"],
    ["policy/v1", "PodDisruptionBudget", "Web", "a%b"],
  ])("%s %s", (apiVersion, kind, right, wrong) => {
    const problems = (name: string) =>
      validate([named(apiVersion, kind, name)]).filter(({ code }) => code === "metadata");
    expect(problems(right)).toEqual([]);
    expect(problems(wrong)).toMatchObject([{ path: "metadata.name", severity: "error" }]);
  });
});

test("what definitions of one's own may say: bounds that are exclusive, multiples, formats", () => {
  const fields = {
    above: { type: "integer", minimum: 3, exclusiveMinimum: true },
    below: { type: "number", maximum: 9, exclusiveMaximum: true },
    step: { type: "integer", multipleOf: 5 },
    tenth: { type: "number", multipleOf: 0.1 },
    mail: { type: "string", format: "email" },
    link: { type: "string", format: "uri" },
    wait: { type: "string", format: "duration" },
    mac: { type: "string", format: "mac" },
  };
  const crd = named("apiextensions.k8s.io/v1", "CustomResourceDefinition", "as.b.c", {
    spec: {
      group: "b.c",
      scope: "Cluster",
      names: { kind: "A", plural: "as" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties: fields } } } },
        },
      ],
    },
  });
  const problems = (spec: object) =>
    validate([crd, named("b.c/v1", "A", "a", { spec })]).map(({ code, path }) => [code, path]);
  expect(
    problems({
      above: 4,
      below: 8.9,
      step: 10,
      tenth: 0.3,
      mail: "A <a@b.c>",
      link: "https://b.c/%20",
      wait: "1h30m",
      mac: "00:1a:2b:3c:4d:5e",
    }),
  ).toEqual([]);
  expect(
    problems({ above: 3, below: 9, step: 11, tenth: 0.35, mail: "a b@c", link: "b.c", wait: "1", mac: "00:1a" }),
  ).toEqual([
    ["bounds", "spec.above"],
    ["bounds", "spec.below"],
    ["bounds", "spec.step"],
    ["bounds", "spec.tenth"],
    ["format", "spec.mail"],
    ["format", "spec.link"],
    ["format", "spec.wait"],
    ["format", "spec.mac"],
  ]);
});
