import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SpiffeId } from "@idstack/spiffe";
import { startDevWorkloadApi } from "@idstack/spiffe/dev";
import { beforeAll, describe, expect, it } from "vitest";
import { type MtlsDemoResult, runMtlsDemo } from "../demo.ts";
import { authorizationOf, loadAuthorization } from "../src/authorization.ts";
import { startService } from "../src/service-process.ts";

const web = "spiffe://homelab.internal/ns/apps/sa/web";
const api = "spiffe://homelab.internal/ns/apps/sa/api";

describe("the demonstration", () => {
  let result: MtlsDemoResult;
  beforeAll(async () => {
    result = await runMtlsDemo({ requests: 120 });
  });

  it("lets the declared call through, each side seeing the other's SPIFFE ID", () => {
    expect(result.allowed).toMatchObject({ caller: web, server: api });
  });

  it("refuses an identity that is not in the table, the api naming the reason", () => {
    expect(result.unauthorized).toMatchObject({
      caller: "spiffe://homelab.internal/ns/apps/sa/intruder",
      callerSaw: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
      refusal: { side: "server", code: "unauthorized", peerId: "spiffe://homelab.internal/ns/apps/sa/intruder" },
    });
  });

  it("refuses an identity of another trust domain, the api naming the reason", () => {
    expect(result.foreign).toMatchObject({
      caller: "spiffe://other.homelab.internal/ns/apps/sa/web",
      callerSaw: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
      refusal: { side: "server", code: "no-bundle" },
    });
  });

  it("replaces the SVIDs of both sides under load without a failed request", () => {
    expect(result.load).toMatchObject({ failures: 0, serverRotations: 2, clientRotations: 2 });
    expect(result.load.requests).toBeGreaterThanOrEqual(120);
    expect(result.ok).toBe(true);
  });
});

it("reports what fails: a table in which web may not call the api", async () => {
  const authorization = { [web]: { accepts: [], calls: [] }, [api]: { accepts: [web], calls: [] } };
  await expect(runMtlsDemo({ authorization })).rejects.toThrow(/is not authorized: expected nobody/);
});

it("a service ends with the process that started it, even when that is killed", async () => {
  await using agent = await startDevWorkloadApi({
    trustDomain: "homelab.internal",
    identities: { api: "/ns/apps/sa/api" },
  });
  const starter = spawn(
    process.execPath,
    ["--conditions=@idstack/source", fileURLToPath(new URL("fixtures/starter.ts", import.meta.url))],
    {
      env: { SOCKET: agent.addresses.api, TABLE: table({ [api]: { accepts: [], calls: [] } }) },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const url = await new Promise<string>((resolve) =>
    starter.stdout.once("data", (text: Buffer) => resolve(`${text}`.trim())),
  );
  starter.kill("SIGKILL");
  await expect.poll(() => fetch(url).then(String, (error) => error.cause.code)).toBe("ECONNREFUSED");
});

it("a service ends by itself on SIGTERM", async () => {
  await using agent = await startDevWorkloadApi({
    trustDomain: "homelab.internal",
    identities: { api: "/ns/apps/sa/api" },
  });
  const service = spawn(
    process.execPath,
    ["--conditions=@idstack/source", fileURLToPath(new URL("../services/api.ts", import.meta.url))],
    {
      env: { SPIFFE_ENDPOINT_SOCKET: agent.addresses.api, AUTHORIZATION_FILE: table({}) },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await once(service.stdout, "data");
  service.kill("SIGTERM");
  expect(await once(service, "exit")).toEqual([0, null]);
});

it("a service without an identity says why it does not start", async () => {
  const settings = { SPIFFE_ENDPOINT_SOCKET: "unix:relative/agent.sock", AUTHORIZATION_FILE: table({}) };
  await expect(startService("api", settings)).rejects.toThrow(/the socket path has to be absolute/);
});

describe("loadAuthorization", () => {
  it("reads the lists of a service; a service that is not listed talks to nobody", () => {
    const loaded = loadAuthorization(table({ [api]: { accepts: [web], calls: [] } }));
    expect(authorizationOf(loaded, SpiffeId.parse(api))).toEqual({ accepts: [web], calls: [] });
    expect(authorizationOf(loaded, SpiffeId.parse(web))).toEqual({ accepts: [], calls: [] });
  });

  it("refuses an entry without its lists", () => {
    expect(() => loadAuthorization(table({ [api]: { accepts: web } }))).toThrow(/needs the lists/);
  });
});

function table(content: object): string {
  const file = join(mkdtempSync(join(tmpdir(), "mtls-table-")), "authorization.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}
