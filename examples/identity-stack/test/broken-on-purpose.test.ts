import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { documentsOf, stringify, validate } from "@idstack/manifests";
import { ciliumNetworkPolicy } from "@idstack/policy";
import { claim, flow, loadCluster, proveClaims } from "@idstack/reach";
import { decryptFile, encryptFile, generateIdentity } from "@idstack/sops";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whoami } from "../objects/whoami.ts";
import { proveTree } from "../src/prove.ts";
import stack from "../stack.config.ts";

const rendered = join(import.meta.dirname, "../rendered");
let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "identity-stack-"));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

async function without(file: string): Promise<string> {
  const directory = join(copy, file.replaceAll("/", "-"));
  await cp(rendered, directory, { recursive: true });
  await rm(join(directory, file));
  return directory;
}

describe("one policy removed from the rendered tree", () => {
  it("proves the tree as it is", async () => {
    expect((await proveTree(rendered, stack)).ok).toBe(true);
  });

  it.each([
    ["apps/ciliumnetworkpolicy-web-to-apps-api.yaml", "web reaches its API and DNS, nothing else"],
    ["apps/ciliumnetworkpolicy-api-from-apps-web.yaml", "only web reaches api"],
    ["apps/ciliumnetworkpolicy-allow-dns.yaml", "every pod can resolve names"],
    [
      "security/ciliumnetworkpolicy-cluster-authentik-db-from-infra-cloudnative-pg.yaml",
      "only the operator and its own instances reach its status port",
    ],
    [
      "security/ciliumnetworkpolicy-authentik-component-server-from-infra-traefik.yaml",
      "only Traefik reaches Authentik",
    ],
    ["apps/ciliumnetworkpolicy-default-deny.yaml", "every pod of apps is denied by default (ingress, egress)"],
    ["apps/tracingpolicynamespaced-block-shells-apps.yaml", "no shell starts in a pod of apps; the host is left alone"],
  ])("without %s the claim that breaks is named", async (file, text) => {
    const proof = await proveTree(await without(file), stack);
    expect(proof.ok).toBe(false);
    expect(proof.claims.filter(({ ok }) => !ok).map((each) => each.text)).toContain(text);
  });

  it("every allow of apps and security is needed by some claim", { timeout: 300_000 }, async () => {
    for (const folder of ["apps", "security"]) {
      const files = (await readdir(join(rendered, folder))).filter((name) => name.startsWith("ciliumnetworkpolicy-"));
      for (const file of files) {
        const proof = await proveTree(await without(`${folder}/${file}`), stack);
        expect(proof.ok, `${folder}/${file} is in no claim`).toBe(false);
      }
    }
  });
});

describe("other things broken on purpose", () => {
  it("a claim about a workload that does not exist fails", async () => {
    const cluster = await loadCluster(rendered, { apiServer: stack.declaration.cluster.apiServer });
    const { ok, claims } = proveClaims(cluster, [claim("nobody reaches the cache", flow("*", "apps/cache"), "denied")]);
    expect(ok).toBe(false);
    expect(claims[0]?.explanation).toContain("apps/cache");
  });

  it("one changed byte of an encrypted file is a MAC error that names the file", async () => {
    const { recipient, identity } = await generateIdentity();
    const file = join(copy, "secret.sops.yaml");
    await writeFile(file, "plain: seen\nsecret: hidden\n");
    await encryptFile(file, { recipients: [recipient], encryptedRegex: "^secret$" });
    await writeFile(file, (await readFile(file, "utf8")).replace("seen", "sean"));
    await expect(decryptFile(file, { identities: [identity] })).rejects.toMatchObject({
      code: "mac-mismatch",
      message: expect.stringContaining("secret.sops.yaml"),
    });
  });

  it("a misspelt field in a builder's passthrough is an error with its path", () => {
    const policy = ciliumNetworkPolicy({
      name: "web",
      namespace: "apps",
      // @ts-expect-error the compiler sees it as well
      spec: { endpointSelector: {}, ingress: [{}], egres: [{}] },
    });
    expect(validate(documentsOf([policy]))).toMatchObject([
      { code: "unknown-field", path: "spec.egres", help: expect.stringContaining("egress") },
    ]);
  });

  it("an object of kubernetes-models is rendered unchanged", async () => {
    const file = await readFile(join(rendered, "apps/deployment-whoami.yaml"), "utf8");
    expect(file).toBe(stringify(whoami[0]!.toJSON() as never));
  });
});
