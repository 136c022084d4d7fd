import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { TrustDomain, WorkloadApiClient, X509Source } from "@idstack/spiffe";
import { type DevWorkloadApiOptions, startDevWorkloadApi } from "@idstack/spiffe/dev";
import { ManualClock } from "@idstack/spiffe/testing";
import { afterEach, describe, expect, it, vi } from "vitest";

const trustDomain = "homelab.internal";
const identities = { web: "/ns/apps/sa/web", api: "spiffe://homelab.internal/ns/apps/sa/api" };
const newFolder = (): string => join(mkdtempSync(join(tmpdir(), "dev-")), "ca");

it("serves one identity per socket, all of one trust domain", async () => {
  await using agent = await startDevWorkloadApi({ trustDomain, identities });
  await using web = await X509Source.open({ address: agent.addresses.web });
  await using api = await X509Source.open({ address: agent.addresses.api });
  expect(`${web.svid.id} ${api.svid.id}`).toBe(
    "spiffe://homelab.internal/ns/apps/sa/web spiffe://homelab.internal/ns/apps/sa/api",
  );
  const bundle = (source: X509Source) =>
    source.getX509Context().bundles.get(TrustDomain.parse(trustDomain))?.authorities.join("");
  expect(bundle(web)).toBe(bundle(api));
  const mode = statSync(decodeURI(agent.addresses.web).slice("unix://".length)).mode & 0o777;
  expect(mode).toBe(0o600);
});

it("renews at half life, and when asked to", async () => {
  const clock = new ManualClock();
  await using agent = await startDevWorkloadApi({ trustDomain, identities: { web: "/web" }, ttlSeconds: 100, clock });
  await using source = await X509Source.open({ address: agent.addresses.web, clock });
  const serial = (): string => source.svid.certificates[0].serialNumber;
  const seen = [serial()];
  const following = source.updates();
  clock.advance(49_000);
  expect(serial()).toBe(seen[0]);
  for (const renew of [() => clock.advance(1000), () => agent.rotate("web"), () => clock.advance(50_000)]) {
    renew();
    await following.next();
    seen.push(serial());
  }
  expect(new Set(seen).size).toBe(4);
});

it("federates one way", async () => {
  await using home = await startDevWorkloadApi({ trustDomain, identities: { web: "/web" } });
  await using other = await startDevWorkloadApi({
    trustDomain: "other.internal",
    identities: { web: "/web" },
    federatesWith: [home],
  });
  const domains = async (address: string): Promise<string[]> => {
    await using source = await X509Source.open({ address });
    using client = new WorkloadApiClient({ address });
    const bundles = client.watchX509Bundles();
    const fromBundles = [...((await bundles.next()).value ?? [])];
    await bundles.return();
    expect(fromBundles.map(String)).toHaveLength(source.getX509Context().bundles.size);
    return [...source.getX509Context().bundles].map((bundle) => bundle.trustDomain.name);
  };
  expect(await domains(home.addresses.web)).toEqual(["homelab.internal"]);
  expect(await domains(other.addresses.web)).toEqual(["other.internal", "homelab.internal"]);
});

describe("in a directory", () => {
  it("keeps the CA for the next start, keys readable by the owner only", async () => {
    const directory = newFolder();
    const first = await startDevWorkloadApi({ trustDomain, identities, directory });
    const authorities = first.bundle.x509.authorities.join("");
    await first.close();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory).sort()).toEqual(["ca.crt.pem", "ca.key.pem", "jwt.key.pem"]);
    for (const name of ["ca.key.pem", "jwt.key.pem"]) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    await using second = await startDevWorkloadApi({ trustDomain, identities, directory });
    expect(second.bundle.x509.authorities.join("")).toBe(authorities);
  });

  it("refuses the CA of another trust domain, an open key and a broken one, without quoting it", async () => {
    const directory = newFolder();
    await (await startDevWorkloadApi({ trustDomain, identities, directory })).close();
    const start = () => startDevWorkloadApi({ trustDomain, identities, directory });
    const unusable = (message: RegExp) =>
      expect.objectContaining({ code: "ca-directory", message: expect.stringMatching(message) });
    await expect(startDevWorkloadApi({ trustDomain: "other.internal", identities: {}, directory })).rejects.toThrow(
      unusable(/it is the CA of spiffe:\/\/homelab.internal/),
    );
    const key = join(directory, "ca.key.pem");
    chmodSync(key, 0o644);
    await expect(start()).rejects.toThrow(unusable(/its mode has to be 0600/));
    chmodSync(key, 0o600);
    const pem = readFileSync(key, "utf8");
    writeFileSync(key, pem.replace("A", "!"));
    await expect(start()).rejects.toThrow(unusable(/^[^!]*it is no private key; remove the directory/));
  });

  it("takes over a socket that a crash left behind, but not one that is served", async () => {
    const directory = newFolder();
    await (await startDevWorkloadApi({ trustDomain, identities, directory })).close();
    const path = join(directory, "web.sock");
    const crashed = createServer().listen(path);
    await new Promise((resolve) => crashed.once("listening", resolve));
    await expect(startDevWorkloadApi({ trustDomain, identities, directory })).rejects.toMatchObject({
      code: "socket-in-use",
    });
    await new Promise((resolve) => crashed.close(resolve));
    writeFileSync(path, "");
    await (await startDevWorkloadApi({ trustDomain, identities, directory })).close();
  });
});

describe("sockets", () => {
  it("can be dialled in a directory with any name, given as a relative path", async () => {
    const directory = relative(process.cwd(), join(newFolder(), "a #1? 100%"));
    await using agent = await startDevWorkloadApi({ trustDomain, identities, directory });
    await using source = await X509Source.open({ address: agent.addresses.web });
    expect(source.svid.id.path).toBe("/ns/apps/sa/web");
  });

  it("a path too long for a socket is explained, and no renewal of a failed start keeps the process alive", async () => {
    const clock = new ManualClock();
    const directory = join(newFolder(), "x".repeat(100));
    const start = startDevWorkloadApi({ trustDomain, identities: { web: "/web" }, directory, clock });
    await expect(start).rejects.toMatchObject({
      code: "invalid-endpoint-address",
      message: expect.stringContaining("the socket path is longer than"),
    });
    expect(clock.pending).toEqual([]);
  });
});

describe("refuses", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("production, unless forced", async () => {
    vi.stubEnv("NODE_ENV", "production");
    await expect(startDevWorkloadApi({ trustDomain, identities })).rejects.toMatchObject({ code: "development-only" });
    await (await startDevWorkloadApi({ trustDomain, identities, force: true })).close();
  });

  it.each<[string, Pick<DevWorkloadApiOptions, "identities" | "ttlSeconds">]>([
    ["a name that is no file name", { identities: { "../web": "/web" } }],
    ["an ID of another trust domain", { identities: { web: "spiffe://other.internal/web" } }],
    ["the trust domain itself", { identities: { web: "spiffe://homelab.internal" } }],
    ["a life too short to renew", { identities, ttlSeconds: 1 }],
  ])("%s, as a caller's mistake", async (_, options) => {
    await expect(startDevWorkloadApi({ trustDomain, ...options })).rejects.toThrow(TypeError);
  });
});

describe("JWT-SVIDs", () => {
  it.each([
    ["another audience", (token: string) => token, "elsewhere", 0],
    [
      "a changed payload",
      (token: string) =>
        token.replace(
          /\.[^.]+\./,
          (part) => `.${Buffer.from(atob(part.slice(1, -1)).replace("/web", "/api")).toString("base64url")}.`,
        ),
      "here",
      0,
    ],
    ["an expired token", (token: string) => token, "here", 361_000],
    ["a token in pieces", (token: string) => `${token}.x`, "here", 0],
    [
      "alg none",
      (token: string) => `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1]}.`,
      "here",
      0,
    ],
  ])("%s is refused", async (_, change, audience, later) => {
    const clock = new ManualClock();
    await using agent = await startDevWorkloadApi({ trustDomain, identities, clock });
    using client = new WorkloadApiClient({ address: agent.addresses.web });
    const [svid] = await client.fetchJwtSvids("here");
    const token = svid?.token ?? "";
    expect(`${(await client.validateJwtSvid(token, "here")).id}`).toBe("spiffe://homelab.internal/ns/apps/sa/web");
    clock.advance(later);
    await expect(client.validateJwtSvid(change(token), audience)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
