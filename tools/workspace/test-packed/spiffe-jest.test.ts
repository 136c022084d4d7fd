import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pack } from "../src/pack.ts";
import { mustRun, run } from "../src/run.ts";
import { publishedPackages } from "../src/workspace.ts";

const JEST = "jest@30.5.2";

/** What the fakes of `/testing` do, in a test of Jest's. */
const program = `
import { jest } from "@jest/globals";
import { X509Source } from "@idstack/spiffe";
import { createServer, spiffeAgent } from "@idstack/spiffe/https";
import { ManualClock, startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
import { get } from "node:https";
import { text } from "node:stream/consumers";

const ca = new TestCa("homelab.internal");
let agent;
beforeAll(async () => {
  agent = await startWorkloadApi({ svids: [ca.svid("/web")] });
});
afterAll(() => agent.close());

test("an identity that rotates, over mutual TLS", async () => {
  const source = await X509Source.open({ address: agent.address });
  const authorize = [String(source.svid.id)];
  const server = createServer({ source, authorize }, (req, res) => res.end(String(req.peer.id)));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const renewed = source.waitForUpdate();
  agent.update({ svids: [ca.intermediate().svid("/web")] });
  expect((await renewed).svid.certificates).toHaveLength(2);
  const spiffe = spiffeAgent({ source, authorize, keepAlive: false });
  const body = await new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port: server.address().port, agent: spiffe }, (res) => resolve(text(res))).on("error", reject);
  });
  expect(body).toBe("spiffe://homelab.internal/web");
  server.close();
  await source.close();
});

test("faults and a clock by hand, with a mock of Jest", async () => {
  const clock = new ManualClock();
  const onError = jest.fn();
  const source = await X509Source.open({ address: agent.address, clock, onError, backoff: () => 1000 });
  agent.fail("Unavailable");
  while (clock.pending.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ name: "SpiffeError", code: "unavailable" }));
  const renewed = source.waitForUpdate();
  agent.update({ svids: [ca.svid("/web")] });
  clock.advance(1000);
  await renewed;
  await source.close();
});
`;

it("@idstack/spiffe/testing runs under Jest with --experimental-vm-modules", { timeout: 300_000 }, () => {
  const spiffe = publishedPackages().find(({ manifest }) => manifest.name === "@idstack/spiffe");
  if (spiffe === undefined) throw new Error("@idstack/spiffe is not in the workspace");
  const directory = mkdtempSync(join(tmpdir(), "idstack-spiffe-jest-"));
  try {
    writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, type: "module" }));
    mustRun("npm", ["install", "--no-audit", "--no-fund", JEST, pack(spiffe)], { cwd: directory, timeout: 240_000 });
    writeFileSync(join(directory, "fakes.test.js"), program);
    const jest = ["--experimental-vm-modules", "node_modules/jest/bin/jest.js", "--ci", "--detectOpenHandles"];
    const { status, output } = run("node", jest, {
      cwd: directory,
      env: { NO_COLOR: "1", VITEST: undefined, NODE_PATH: undefined },
    });
    expect(status, output).toBe(0);
    expect(output).toContain("2 passed, 2 total");
    expect(output).not.toContain("open handle");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
