import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkloadApiClient, X509Source } from "@idstack/spiffe";
import { readDevConfig, startDevEnvironment } from "@idstack/spiffe/dev";
import { afterEach, expect, it, vi } from "vitest";

const folder = (): string => mkdtempSync(join(tmpdir(), "environment-"));
const config = {
  "home.internal": { identities: { web: "/web", api: [{ id: "/api", hint: "x" }] } },
  "partner.internal": { identities: { web: "/web" }, federatesWith: ["home.internal"] },
  "alone.internal": { identities: { job: "/job" }, federatesWith: [], ttlSeconds: 60 },
};

afterEach(() => vi.unstubAllEnvs());

it("serves several trust domains that federate as they say", async () => {
  await using environment = await startDevEnvironment(config);
  const domains = async (trustDomain: string, name: string): Promise<string[]> => {
    const address = environment.agent(trustDomain).addresses[name];
    await using source = await X509Source.open({ address });
    return [...source.getX509Context().bundles].map(({ trustDomain }) => trustDomain.name);
  };
  expect(await domains("home.internal", "api")).toEqual(["home.internal", "partner.internal", "alone.internal"]);
  expect(await domains("partner.internal", "web")).toEqual(["partner.internal", "home.internal"]);
  expect(await domains("alone.internal", "job")).toEqual(["alone.internal"]);
  expect(() => environment.agent("other.internal")).toThrow(TypeError);

  using web = new WorkloadApiClient({ address: environment.agent("home.internal").addresses["web"] });
  using partner = new WorkloadApiClient({ address: environment.agent("partner.internal").addresses["web"] });
  const [token] = await web.fetchJwtSvids("partner");
  expect(`${(await partner.validateJwtSvid(token?.token ?? "", "partner")).id}`).toBe("spiffe://home.internal/web");
});

it("keeps each trust domain in a folder of its own, with the same CA at the next start", async () => {
  const directory = folder();
  const authorities: string[] = [];
  for (const _ of [1, 2]) {
    await using environment = await startDevEnvironment(config, { directory });
    authorities.push(environment.agent("home.internal").bundle.x509.authorities.join(""));
  }
  expect(readdirSync(directory).sort()).toEqual(["alone.internal", "home.internal", "partner.internal"]);
  expect(authorities[0]).toBe(authorities[1]);
});

it("reads a file and a directory that name the identities", async () => {
  const directory = folder();
  const file = join(directory, "dev.json");
  writeFileSync(file, JSON.stringify(config));
  expect(await readDevConfig(file)).toEqual(config);

  const tree = folder();
  mkdirSync(join(tree, "home.internal"));
  mkdirSync(join(tree, ".git"));
  writeFileSync(join(tree, "README.md"), "");
  writeFileSync(join(tree, "home.internal", "web.txt"), "/web\n");
  writeFileSync(join(tree, "home.internal", "job"), "spiffe://home.internal/job");
  writeFileSync(join(tree, "home.internal", ".hidden"), "");
  writeFileSync(join(tree, "home.internal", "api.json"), JSON.stringify([{ id: "/api", dnsNames: ["api"] }]));
  await using environment = await startDevEnvironment(tree);
  const { ids } = environment.agent("home.internal");
  expect(
    Object.entries(ids)
      .map(([name, id]) => `${name} ${id}`)
      .sort(),
  ).toEqual(["api spiffe://home.internal/api", "job spiffe://home.internal/job", "web spiffe://home.internal/web"]);
});

it.each<[string, unknown]>([
  ["holds no object with trust domains", []],
  ['has no object "identities"', { "home.internal": {} }],
  ['an object with "id"', { "home.internal": { identities: { web: 1 } } }],
])("a file that %s is a mistake", async (message, content) => {
  const file = join(folder(), "dev.json");
  writeFileSync(file, JSON.stringify(content));
  await expect(readDevConfig(file)).rejects.toThrow(message);
  writeFileSync(file, "{");
  await expect(readDevConfig(file)).rejects.toThrow(file);
});

it("refuses production, unknown partners and an empty environment", async () => {
  await expect(startDevEnvironment({})).rejects.toThrow(TypeError);
  const stranger = { "home.internal": { identities: {}, federatesWith: ["other.internal"] } };
  await expect(startDevEnvironment(stranger)).rejects.toThrow("cannot federate");
  vi.stubEnv("NODE_ENV", "production");
  await expect(startDevEnvironment(config)).rejects.toMatchObject({ code: "development-only" });
  await using _forced = await startDevEnvironment(config, { force: true });
});
