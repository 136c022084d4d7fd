import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KubeObject, ManifestError, type PlanOptions, parseManifests, planTree } from "../../src/index.ts";

const object = (apiVersion: string, kind: string, name: string, namespace?: string): KubeObject => ({
  apiVersion,
  kind,
  metadata: namespace === undefined ? { name } : { name, namespace },
});
const paths = (objects: KubeObject[], options?: PlanOptions) =>
  planTree(objects, options).files.map(({ path }) => path);
const code = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error instanceof ManifestError ? error.code : error;
  }
};

describe("planTree", () => {
  test.each<[KubeObject, string]>([
    [object("apps/v1", "Deployment", "web", "apps"), "apps/deployment-web.yaml"],
    [object("v1", "Namespace", "apps"), "_cluster/namespace-apps.yaml"],
    [object("v1", "Namespace", "apps", "ignored"), "_cluster/namespace-apps.yaml"],
    [object("v1", "Service", "web"), "default/service-web.yaml"],
    [object("v1", "Service", "web", "cluster"), "cluster/service-web.yaml"],
    [object("example.com/v1", "Thing", "a"), "_cluster/thing-a.yaml"],
    [object("example.com/v1", "Thing", "a", "n"), "n/thing-a.yaml"],
    [object("rbac.authorization.k8s.io/v1", "ClusterRole", "system:x:y"), "_cluster/clusterrole-system_x_y.yaml"],
  ])("%j → %s", (value, path) => {
    expect(paths([value])).toEqual([path]);
  });

  test("names the group where the kind alone is ambiguous", () => {
    const clusters = [
      object("postgresql.cnpg.io/v1", "Cluster", "db", "a"),
      object("cluster.x-k8s.io/v1beta1", "Cluster", "db", "a"),
    ];
    expect(paths(clusters)).toEqual(["a/cluster.cluster.x-k8s.io-db.yaml", "a/cluster.postgresql.cnpg.io-db.yaml"]);
  });

  test("keeps long names apart and below the limit of file systems", () => {
    const found = paths([
      object("v1", "ConfigMap", `${"a".repeat(252)}b`, "n"),
      object("v1", "ConfigMap", `${"a".repeat(252)}c`, "n"),
    ]);
    expect(new Set(found).size).toBe(2);
    expect(Math.max(...found.map((path) => path.length))).toBeLessThan(220);
  });

  test("pathOf gives a file, a folder or nothing; one file holds its objects in apply order", () => {
    const objects = [
      object("apps/v1", "Deployment", "web", "apps"),
      object("v1", "ServiceAccount", "web", "apps"),
      object("v1", "Namespace", "apps"),
      object("v1", "Secret", "s", "apps"),
    ];
    const { files } = planTree(objects, {
      pathOf: ({ kind }) => (kind === "Secret" ? "secrets/" : kind === "Namespace" ? undefined : "apps/web.yaml"),
    });
    expect(files.map(({ path, objects: refs }) => [path, refs.map(({ kind }) => kind)])).toEqual([
      ["_cluster/namespace-apps.yaml", ["Namespace"]],
      ["apps/web.yaml", ["ServiceAccount", "Deployment"]],
      ["secrets/secret-s.yaml", ["Secret"]],
    ]);
    expect(parseManifests(files[1]?.text ?? "").documents.map((d) => d.object.kind)).toEqual([
      "ServiceAccount",
      "Deployment",
    ]);
  });

  test("extra files keep text, mode and objects", () => {
    const ref = { apiVersion: "v1", kind: "Secret", namespace: "apps", name: "s" };
    expect(
      planTree([], {
        files: [
          { path: "s.enc.yaml", text: "x", mode: 0o600, objects: [ref] },
          { path: "README.md", text: "hi" },
        ],
      }).files,
    ).toEqual([
      { path: "README.md", text: "hi", objects: [] },
      { path: "s.enc.yaml", text: "x", mode: 0o600, objects: [ref] },
    ]);
  });

  test("does not depend on the order of the objects", () => {
    const objects = ["a", "b", "c"].flatMap((name) => [
      object("v1", "Service", name, "n"),
      object("apps/v1", "Deployment", name, "n"),
    ]);
    const expected = planTree(objects, { pathOf: () => "all.yaml" });
    fc.assert(
      fc.property(fc.shuffledSubarray(objects, { minLength: objects.length }), (shuffled) => {
        expect(planTree(shuffled, { pathOf: () => "all.yaml" })).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test.each<[string, KubeObject[], PlanOptions]>([
    ["duplicate-object", [object("v1", "Service", "a", "n"), object("v1", "Service", "a", "n")], {}],
    [
      "duplicate-object",
      [
        object("gateway.networking.k8s.io/v1", "Gateway", "a", "n"),
        object("gateway.networking.k8s.io/v1beta1", "Gateway", "a", "n"),
      ],
      {},
    ],
    [
      "path-collision",
      [],
      {
        files: [
          { path: "a/B.yaml", text: "" },
          { path: "A/b.yaml", text: "" },
        ],
      },
    ],
    [
      "path-collision",
      [
        object("rbac.authorization.k8s.io/v1", "ClusterRole", "a"),
        object("rbac.authorization.k8s.io/v1", "ClusterRole", "A"),
      ],
      {},
    ],
    [
      "path-collision",
      [],
      {
        files: [
          { path: "a", text: "" },
          { path: "A/b.yaml", text: "" },
        ],
      },
    ],
    ...[
      "../x",
      "/x",
      "a/../../x",
      "a//b",
      "",
      ".",
      "a\\b",
      "C:x",
      "a\u0000b",
      "a\nb",
      ".idstack/tree.json",
      ".IDSTACK/tree.json",
      "a/",
    ].map((path): [string, KubeObject[], PlanOptions] => ["unsafe-path", [], { files: [{ path, text: "" }] }]),
    ["unsafe-path", [object("v1", "Service", "a", "../..")], {}],
  ])("refuses: %s %j %j", (expected, objects, options) => {
    expect(code(() => planTree(objects, options))).toBe(expected);
  });
});
