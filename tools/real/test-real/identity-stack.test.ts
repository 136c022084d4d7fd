import { join } from "node:path";
import { applyOrder, formatRef, type KubeObject, objectRef, readTree } from "@idstack/manifests";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Kubernetes, recordEvidence, startKubernetes } from "../src/index.ts";

const rendered = join(import.meta.dirname, "../../../examples/identity-stack/rendered");
/** Namespaces that exist before Argo CD applies anything. */
const before: readonly KubeObject[] = [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "argocd" } }];

let kubernetes: Kubernetes;
beforeAll(async () => {
  kubernetes = await startKubernetes();
});
afterAll(async () => {
  await kubernetes?.close();
});

it("the identity stack is created in the computed order, each object at the first try", async () => {
  const { documents } = await readTree(rendered);
  // ksops decrypts this one first, and reads its own generator itself.
  const applied = documents.filter(({ encrypted, object }) => !encrypted && object.apiVersion !== "viaduct.ai/v1");
  const objects = applyOrder([...before, ...applied.map(({ object }) => object)]);
  const failed: string[] = [];
  for (const object of objects) {
    const { status, body } = await kubernetes.create(object);
    if (status !== 201)
      failed.push(`${formatRef(objectRef(object))}: ${status} ${(body as { message: string }).message}`);
  }
  expect(failed).toEqual([]);
  await recordEvidence({
    component: "kube-apiserver",
    proves: "creates the identity stack in the computed order, at the first try",
    checked: objects.length,
    unit: "objects",
    mismatches: failed.length,
  });
});
