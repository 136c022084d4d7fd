import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Diagnostic, readTree } from "@idstack/manifests";
import { afterAll, describe, expect, test } from "vitest";
import {
  application,
  checkDecryption,
  type Decryptor,
  type DirectorySource,
  ksops,
  ksopsDirectory,
  sopsSecret,
  sopsSecretsOperator,
} from "../../src/index.ts";

const repo = "https://git.home.arpa/me/home.git";
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const secret = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "api-key", namespace: "apps" },
  stringData: { token: "ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]" },
  sops: { mac: "ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]", version: "3.12.2" },
};
const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } };

async function check(
  files: Record<string, object>,
  options: { path?: string; repo?: string } = {},
): Promise<Diagnostic[]> {
  const folder = await mkdtemp(join(tmpdir(), "decryption-"));
  folders.push(folder);
  for (const [path, object] of Object.entries(files)) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), JSON.stringify(object, undefined, 2));
  }
  return checkDecryption(await readTree(folder), options);
}

function app(decryptor?: Decryptor, source: Partial<DirectorySource> = {}) {
  return application({
    name: "web",
    project: "apps",
    destination: "apps",
    decryptor,
    source: { repo, path: "web", ...source },
  });
}

function wired(encrypted = ["secret.yaml"], resources = ["service.yaml"]): Record<string, object> {
  const [kustomization, generator] = ksopsDirectory({ encrypted, resources });
  return { "web/kustomization.yaml": kustomization.object, "web/ksops.yaml": generator.object };
}

describe("an application without a decryptor", () => {
  test("is an error when its folder holds an encrypted file", async () => {
    expect(await check({ "argocd/web.json": app(), "web/deep/secret.yaml": secret })).toMatchObject([
      {
        code: "gitops/no-decryptor",
        severity: "error",
        file: "argocd/web.json",
        path: "spec.source.path",
        line: expect.any(Number),
        message: expect.stringContaining("applies web/deep/secret.yaml"),
      },
    ]);
  });

  test("is fine when its folder holds none, or another repository is meant", async () => {
    expect(await check({ "argocd/web.json": app(), "web/service.yaml": service, "other/secret.yaml": secret })).toEqual(
      [],
    );
    const files = { "argocd/web.json": app(), "web/secret.yaml": secret };
    expect(await check(files, { repo: "https://elsewhere.example/x.git" })).toEqual([]);
  });

  test("a folder whose name only begins alike is another folder", async () => {
    expect(await check({ "argocd/web.json": app(), "web-two/secret.yaml": secret })).toEqual([]);
  });

  test("paths count from where the tree lies in the repository", async () => {
    const files = { "argocd/web.json": app(undefined, { path: "rendered/web" }), "web/secret.yaml": secret };
    expect(await check(files, { path: "./rendered/" })).toMatchObject([{ code: "gitops/no-decryptor" }]);
    expect(await check(files)).toEqual([]);
  });

  test("several sources are each looked at", async () => {
    const object = app();
    const { source, ...spec } = object.spec;
    const many = { ...object, spec: { ...spec, sources: [{ repoURL: repo, path: "charts" }, source] } };
    expect(await check({ "argocd/web.json": many, "web/secret.yaml": secret })).toMatchObject([
      { code: "gitops/no-decryptor", path: "spec.sources[1].path" },
    ]);
  });
});

describe("ksops", () => {
  const files = { "argocd/web.json": app(ksops()), "web/secret.yaml": secret, "web/service.yaml": service };

  test("is clean when the kustomization lists the generator and this the file", async () => {
    expect(await check({ ...files, ...wired() })).toEqual([]);
  });

  test("kustomization missing", async () => {
    expect(await check(files)).toMatchObject([{ code: "gitops/ksops-not-wired", file: "web/secret.yaml" }]);
  });

  test("generator not listed by the kustomization", async () => {
    const kustomization = { "web/kustomization.yaml": { resources: ["service.yaml"] } };
    expect(await check({ ...files, ...wired(), ...kustomization })).toMatchObject([{ code: "gitops/ksops-not-wired" }]);
  });

  test("file not listed by the generator", async () => {
    expect(await check({ ...files, ...wired(["another.yaml"]) })).toMatchObject([{ code: "gitops/ksops-not-wired" }]);
  });

  test("file is a resource too", async () => {
    const kustomization = { resources: ["secret.yaml"], generators: ["ksops.yaml"] };
    expect(await check({ ...files, ...wired(), "web/kustomization.yaml": kustomization })).toMatchObject([
      { code: "gitops/ksops-not-wired", message: expect.stringContaining("its ciphertext is applied") },
    ]);
  });

  test("application that reads a plain directory", async () => {
    const object = app(ksops());
    const plain = { ...object, spec: { ...object.spec, source: { repoURL: repo, path: "web", directory: {} } } };
    expect(await check({ ...files, ...wired(), "argocd/web.json": plain })).toMatchObject([
      { code: "gitops/ksops-not-wired", message: expect.stringContaining("plain directory") },
    ]);
  });
});

describe("the sops-secrets-operator", () => {
  const operator = sopsSecretsOperator({ version: "1.2.3" });
  const plain = sopsSecret({ name: "api", namespace: "apps", secrets: [{ name: "api-key", stringData: { a: "b" } }] });

  test("takes encrypted SopsSecrets", async () => {
    const encrypted = { ...plain, sops: secret.sops };
    expect(await check({ "argocd/web.json": app(operator), "web/api.yaml": encrypted })).toEqual([]);
  });

  test("ignores any other encrypted kind", async () => {
    expect(await check({ "argocd/web.json": app(operator), "web/secret.yaml": secret })).toMatchObject([
      { code: "gitops/not-a-sops-secret", file: "web/secret.yaml", path: "kind" },
    ]);
  });

  test("a SopsSecret nobody encrypted is an error wherever it lies", async () => {
    expect(await check({ "web/api.yaml": plain })).toMatchObject([
      { code: "gitops/plaintext-sops-secret", file: "web/api.yaml" },
    ]);
  });
});
