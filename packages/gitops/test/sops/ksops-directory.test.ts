import { expect, test } from "vitest";
import { ksopsDirectory, sopsSecret } from "../../src/index.ts";

test("the kustomization lists the generator, the generator the encrypted files", () => {
  const [kustomization, generator] = ksopsDirectory({
    encrypted: ["api-key.enc.yaml"],
    resources: ["deployment.yaml"],
    namespace: "apps",
  });
  expect(kustomization).toEqual({
    path: "kustomization.yaml",
    object: {
      apiVersion: "kustomize.config.k8s.io/v1beta1",
      kind: "Kustomization",
      namespace: "apps",
      resources: ["deployment.yaml"],
      generators: ["ksops.yaml"],
    },
  });
  expect(generator).toEqual({
    path: "ksops.yaml",
    object: {
      apiVersion: "viaduct.ai/v1",
      kind: "ksops",
      metadata: { name: "secrets", annotations: { "config.kubernetes.io/function": "exec:\n  path: ksops\n" } },
      files: ["api-key.enc.yaml"],
    },
  });
});

test("an encrypted file that is a resource too would be applied as ciphertext", () => {
  expect(() => ksopsDirectory({ encrypted: ["a.yaml"], resources: ["a.yaml"] })).toThrow(/encrypted and a resource/);
  expect(() => ksopsDirectory({ encrypted: [] })).toThrow(/nothing to decrypt/);
});

test("a SopsSecret wraps secrets", () => {
  const object = sopsSecret({
    name: "api",
    namespace: "apps",
    labels: { "app.kubernetes.io/name": "api" },
    secrets: [{ name: "api-key", type: "Opaque", stringData: { token: "demo" } }],
  });
  expect(object).toEqual({
    apiVersion: "isindir.github.com/v1alpha3",
    kind: "SopsSecret",
    metadata: { name: "api", namespace: "apps", labels: { "app.kubernetes.io/name": "api" } },
    spec: { secretTemplates: [{ name: "api-key", type: "Opaque", stringData: { token: "demo" } }] },
  });
  expect(() => sopsSecret({ name: "api", namespace: "apps", secrets: [] })).toThrow(/apps\/api has no secrets/);
});
