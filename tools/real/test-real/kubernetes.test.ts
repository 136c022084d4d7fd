import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Kubernetes, loadCrds, startKubernetes } from "../src/index.ts";

const policy = (spec: object): { apiVersion: string; kind: string; metadata: object; spec: object } => ({
  apiVersion: "cilium.io/v2",
  kind: "CiliumNetworkPolicy",
  metadata: { name: "web", namespace: "default" },
  spec,
});
const valid = policy({ endpointSelector: {}, ingress: [{ fromEntities: ["cluster"] }] });
const misspelt = policy({ endpointSelector: {}, ingres: [] });

describe.each([
  ["cold, without a snapshot", false],
  ["warm, from a snapshot", true],
])("the API server, %s", (_, warm) => {
  let kubernetes: Kubernetes;
  beforeAll(async () => {
    kubernetes = await startKubernetes({ warm });
  });
  afterAll(async () => {
    await kubernetes?.close();
  });

  it("has every definition established", async () => {
    const all = await loadCrds();
    expect(kubernetes.crds).toHaveLength(all.length);
    const { status, body } = await kubernetes.request("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
    expect(status).toBe(200);
    const items = (body as { items: { status: { conditions: { type: string; status: string }[] } }[] }).items;
    const established = items.filter((crd) =>
      crd.status.conditions.some((each) => each.type === "Established" && each.status === "True"),
    );
    expect(established).toHaveLength(all.length);
  });

  it("accepts a valid object and refuses a misspelt field by its name", async () => {
    expect((await kubernetes.create(valid, { dryRun: true })).status).toBe(201);
    const refused = await kubernetes.create(misspelt, { dryRun: true });
    expect(refused.status).toBe(400);
    expect((refused.body as { message: string }).message).toContain('unknown field "spec.ingres"');
  });

  it("takes an object of every custom resource at once, without telling anybody to come back later", async () => {
    const answers = await Promise.all(
      kubernetes.crds.map(async ({ metadata, spec }) => {
        const version = spec.versions.find((each) => each.served)?.name;
        const object = { apiVersion: `${spec.group}/${version}`, kind: spec.names.kind, metadata: { name: "test" } };
        return [metadata.name, (await kubernetes.create({ ...object, wrong: 1 } as never, { dryRun: true })).status];
      }),
    );
    expect(answers.filter(([, status]) => status !== 400)).toEqual([]);
  });

  it("checks built-in kinds", async () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web" },
      spec: { containers: [{ name: "web", image: "web" }] },
    };
    expect((await kubernetes.create(pod, { dryRun: true })).status).toBe(201);
    const wrong = { ...pod, spec: { containers: [{ name: "web", image: "web", imagePulPolicy: "Always" }] } };
    expect((await kubernetes.create(wrong, { dryRun: true })).body).toMatchObject({
      code: 400,
      message: expect.stringContaining('unknown field "spec.containers[0].imagePulPolicy"'),
    });
  });

  it("keeps objects that are not a dry run, and serves kubectl", async () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } };
    expect((await kubernetes.create(namespace)).status).toBe(201);
    const { stdout } = await kubernetes.kubectl(["get", "namespace", "apps", "-o", "name"]);
    expect(stdout).toBe("namespace/apps\n");
    const version = await kubernetes.request("GET", "/version");
    expect(version.body).toMatchObject({ gitVersion: `v${kubernetes.version}` });
  });

  it("lets nobody in without the token", async () => {
    const { status } = await kubernetes.kubectl(["get", "secrets", "--token=wrong"], { allowFailure: true });
    expect(status).not.toBe(0);
  });
});

describe("startKubernetes", () => {
  it("starts without definitions, and lets objects into any namespace if asked to", async () => {
    await using kubernetes = await startKubernetes({ crds: [], disableAdmissionPlugins: ["NamespaceLifecycle"] });
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "any", namespace: "nowhere" } };
    expect((await kubernetes.create(object, { dryRun: true })).status).toBe(201);
    await expect(kubernetes.create(valid)).rejects.toThrow("does not serve cilium.io/v2 CiliumNetworkPolicy");
  });
});
