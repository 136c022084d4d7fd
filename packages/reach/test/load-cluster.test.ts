import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "@idstack/manifests";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadCluster } from "../src/index.ts";
import { BASE, cnp, virtual } from "./fixtures.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "reach-"));
});
afterEach(() => rm(dir, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), text);
}

describe("loadCluster", () => {
  test("reads a tree and places findings in its files", async () => {
    await write("apps/base.yaml", stringify(BASE));
    await write("policies/deny.yaml", stringify([cnp("apps/deny", { endpointSelector: {}, ingress: [{}] })]));
    await write(
      "policies/bad.yaml",
      stringify([cnp("apps/bad", { endpointSelector: {}, ingress: [{ fromEntities: ["wrold"] }] })]),
    );
    const cluster = await loadCluster(dir);
    expect(cluster.endpoints.map(({ name }) => name)).toEqual(["web", "api", "db"]);
    expect(cluster.diagnostics).toMatchObject([
      { code: "policy-refused", file: "policies/bad.yaml", line: expect.any(Number) },
    ]);
    const [rule] = cluster.flow("apps/web", "apps/api").pairs[0]?.ingress.rules ?? [];
    expect(rule).toMatchObject({ file: "policies/deny.yaml", line: expect.any(Number) });
  });

  test("takes virtual endpoints from .idstack/endpoints.json", async () => {
    await write("base.yaml", stringify(BASE));
    await write(
      ".idstack/endpoints.json",
      JSON.stringify([virtual("security/authentik-server", { app: "authentik" }, [{ name: "http", port: 9000 }])]),
    );
    const cluster = await loadCluster(dir);
    expect(cluster.flow("apps/web", "security/authentik-server", "tcp/http").pairs[0]?.port).toBe("tcp/9000");
    expect(cluster.endpoints.at(-1)).toMatchObject({ kind: "virtual", source: "a chart 1.0.0" });
    expect(cluster.diagnostics).toEqual([]);
  });

  test.each([
    ["not JSON", "[", /\.idstack\/endpoints\.json/],
    ["no array", "{}", /must be a JSON array/],
    ["no labels", '[{"namespace":"a","name":"b","ports":[],"source":"c"}]', /\[0\]\.labels/],
    [
      "a port that is none",
      '[{"namespace":"a","name":"b","labels":{},"ports":[{"port":"80"}],"source":"c"}]',
      /\[0\]\.ports\[0\]\.port/,
    ],
    ["no source", '[{"namespace":"a","name":"b","labels":{},"ports":[]}]', /\[0\]\.source/],
  ])("refuses endpoints.json: %s", async (_name, text, message) => {
    await write(".idstack/endpoints.json", text);
    await expect(loadCluster(dir)).rejects.toMatchObject({
      name: "ReachError",
      code: "invalid-endpoints",
      message: expect.stringMatching(message),
    });
  });

  test("a kustomize patch is named, not applied", async () => {
    await write("base.yaml", stringify([...BASE, cnp("apps/p", { endpointSelector: {}, ingress: [{}] })]));
    await write(
      "kustomization.yaml",
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [base.yaml]\npatches: [{ path: patch.yaml }]\n",
    );
    await write("patch.yaml", stringify([cnp("apps/p", { ingress: [{ fromEntities: ["all"] }] })]));
    const cluster = await loadCluster(dir);
    expect(cluster.diagnostics).toMatchObject([{ code: "patch-not-applied", severity: "error", file: "patch.yaml" }]);
    expect(cluster.flow("apps/web", "apps/api").warnings).toMatchObject([{ code: "patch-not-applied" }]);
  });

  test("files that cannot be read are named in every answer", async () => {
    await write("base.yaml", stringify(BASE));
    await write("chart/policy.yaml", "apiVersion: cilium.io/v2\nkind: {{ .Values.kind }}\n");
    await write("broken.yaml", "a: [1, 2\n");
    const cluster = await loadCluster(dir);
    const message = "not read, so policies in it do not count: broken.yaml, chart/policy.yaml";
    expect(cluster.diagnostics).toContainEqual(expect.objectContaining({ code: "unread-file", message }));
    expect(cluster.flow("apps/web", "apps/api").warnings).toMatchObject([{ code: "unread-file", severity: "warning" }]);
  });

  test("a folder that is not there is an error", async () => {
    await expect(loadCluster(join(dir, "gone"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
