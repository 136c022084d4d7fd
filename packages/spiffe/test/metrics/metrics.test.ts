import { spawnSync } from "node:child_process";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { healthHandler, type SourceHealth, X509Source } from "@idstack/spiffe";
import {
  type MeterLike,
  type MetricsRecorder,
  openTelemetryRecorder,
  prometheusRecorder,
  recordProcess,
} from "@idstack/spiffe/metrics";
import { ManualClock, startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
import { expect, it } from "vitest";

const ca = new TestCa("homelab.internal");

it("counts what a source does, and shows when its SVID expires", async () => {
  const clock = new ManualClock(Math.floor(Date.now() / 1000) * 1000);
  const metrics = prometheusRecorder({ clock });
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web", { ttlSeconds: 600, now: clock.now() })] });
  await using source = await X509Source.open({ address: agent.address, clock, metrics, backoff: () => 1000 });
  agent.fail("Unavailable", 'with "quotes"\n');
  await expect.poll(() => source.health().attempts).toBe(1);
  clock.advance(100);
  expect(metrics.text()).toBe(`# HELP idstack_spiffe_updates_total New states of sources.
# TYPE idstack_spiffe_updates_total counter
idstack_spiffe_updates_total{source="x509"} 1
# HELP idstack_spiffe_reconnects_total Attempts to open a stream again.
# TYPE idstack_spiffe_reconnects_total counter
idstack_spiffe_reconnects_total{source="x509"} 1
# HELP idstack_spiffe_errors_total Failed attempts and everything that was left out, by code.
# TYPE idstack_spiffe_errors_total counter
idstack_spiffe_errors_total{source="x509",code="unavailable"} 1
# HELP idstack_spiffe_handshakes_total Peers that were judged.
# TYPE idstack_spiffe_handshakes_total counter
# HELP idstack_spiffe_svid_expiry_seconds Seconds to expiry.
# TYPE idstack_spiffe_svid_expiry_seconds gauge
idstack_spiffe_svid_expiry_seconds{source="x509",spiffe_id="spiffe://homelab.internal/web"} 599.9
`);
});

it("shows every identity of an agent, and no sample twice, which would spoil a whole scrape", async () => {
  const clock = new ManualClock(Math.floor(Date.now() / 1000) * 1000);
  const metrics = prometheusRecorder({ clock });
  const svids = [ca.svid("/web", { hint: "internal" }), ca.svid("/public/web", { hint: "external" })];
  await using agent = await startWorkloadApi({ svids });
  const follow = (hint: string) => X509Source.open({ address: agent.address, clock, metrics, hint });
  await using _internal = await follow("internal");
  await using _external = await follow("external");
  // Two directories with tokens.
  metrics.update({ source: "files", address: "/one", expiresAt: clock.now() + 60_000 });
  metrics.update({ source: "files", address: "/two", expiresAt: clock.now() + 30_000 });
  metrics.update({ source: "files", address: "/three", expiresAt: clock.now() + 90_000 });
  const shown = metrics.text().match(/^idstack_spiffe_svid_expiry_seconds.*(?= )/gm);
  expect(shown).toEqual([
    'idstack_spiffe_svid_expiry_seconds{source="x509",spiffe_id="spiffe://homelab.internal/web"}',
    'idstack_spiffe_svid_expiry_seconds{source="x509",spiffe_id="spiffe://homelab.internal/public/web"}',
    'idstack_spiffe_svid_expiry_seconds{source="files",spiffe_id=""}',
  ]);
  expect(metrics.text()).toContain('{source="files",spiffe_id=""} 30\n');
});

it("serves the text, escapes labels, and refuses other methods", async () => {
  const metrics = prometheusRecorder();
  metrics.update({ source: "x509", address: "a", spiffeId: '\\"\n', expiresAt: 0 });
  expect(metrics.text()).toContain('spiffe_id="\\\\\\"\\n"} -');
  const get = await serve(metrics.handler);
  expect(await get("/metrics")).toMatchObject({ status: 200, type: "text/plain; version=0.0.4; charset=utf-8" });
  expect((await get("/metrics", "HEAD")).text).toBe("");
  expect((await get("/metrics", "POST")).status).toBe(405);
});

it("a recorder that throws disturbs nobody; one without methods is told nothing", async () => {
  const seen: unknown[] = [];
  const onError = (error: unknown): void => void seen.push(error);
  const others = process.rawListeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", onError);
  const metrics: MetricsRecorder = {
    update() {
      throw new Error("of the recorder");
    },
  };
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web")] });
  await using source = await X509Source.open({ address: agent.address, metrics });
  await using _quiet = await X509Source.open({ address: agent.address, metrics: {} });
  expect(source.svid.id.path).toBe("/web");
  await expect.poll(() => seen).toEqual([expect.objectContaining({ message: "of the recorder" })]);
  process.removeAllListeners("uncaughtException");
  for (const listener of others) process.on("uncaughtException", listener as () => void);
});

it("publishes on diagnostics channels, for a recorder of the whole process", async () => {
  const kinds: string[] = [];
  const stop = recordProcess({
    update: ({ source, spiffeId }) => kinds.push(`update ${source} ${spiffeId}`),
    error: ({ code }) => kinds.push(code),
  });
  await using agent = await startWorkloadApi({ svids: [ca.svid("/web")] });
  await using _source = await X509Source.open({ address: agent.address });
  expect(kinds).toEqual(["update x509 spiffe://homelab.internal/web"]);
  stop();
  agent.fail("Unavailable");
  await expect.poll(() => agent.openStreams).toBe(0);
  expect(kinds).toHaveLength(1);
});

it("records into a meter of OpenTelemetry", async () => {
  const adds: [string, object][] = [];
  const observe: ((result: { observe(value: number, attributes: object): void }) => void)[] = [];
  const meter: MeterLike = {
    createCounter: (name) => ({ add: (_, attributes) => adds.push([name, attributes]) }),
    createObservableGauge: () => ({ addCallback: (callback) => observe.push(callback) }),
  };
  const clock = new ManualClock(1000);
  const recorder = openTelemetryRecorder({ meter, clock });
  recorder.update?.({ source: "x509", address: "a", spiffeId: "spiffe://td/a", expiresAt: 61_000 });
  recorder.update?.({ source: "jwt", address: "a" });
  recorder.handshake?.({ side: "server", outcome: "refused", reason: "unauthorized", peerId: "spiffe://td/b" });
  expect(adds).toEqual([
    ["idstack.spiffe.updates", { source: "x509" }],
    ["idstack.spiffe.updates", { source: "jwt" }],
    ["idstack.spiffe.handshakes", { side: "server", outcome: "refused", reason: "unauthorized" }],
  ]);
  const seen: unknown[] = [];
  for (const callback of observe) callback({ observe: (...all) => seen.push(all) });
  expect(seen).toEqual([[60, { source: "x509", spiffe_id: "spiffe://td/a" }]]);
});

it("finds the global meter of @opentelemetry/api where it is installed", () => {
  // In a process of its own: the test runner resolves that package to files which Node cannot load.
  const program = `
    const { metrics } = require("@opentelemetry/api");
    const names = [];
    const instrument = (name) => ({ add: () => names.push(name), addCallback: () => {} });
    const meter = { createCounter: instrument, createObservableGauge: instrument };
    metrics.setGlobalMeterProvider({ getMeter: () => meter });
    const { openTelemetryRecorder } = require("@idstack/spiffe/metrics");
    openTelemetryRecorder().reconnect({ source: "x509", address: "a", attempt: 1, delayMs: 0 });
    console.log(names.join());`;
  const options = { encoding: "utf8", cwd: fileURLToPath(new URL("../..", import.meta.url)) } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ["--conditions=@idstack/source", "-e", program], options);
  expect(stderr).toBe("");
  expect(stdout).toBe("idstack.spiffe.reconnects\n");
});

it("answers the probes of a kubelet", async () => {
  let health: SourceHealth = { state: "ready", healthy: true, attempts: 0 };
  const get = await serve(healthHandler([{ health: () => health }]));
  expect(await get("/readyz")).toMatchObject({ status: 200, text: expect.stringContaining('"state":"ready"') });
  const lastError = { code: "permission-denied", message: "unix:///secret/place: denied", at: 1 } as const;
  health = { state: "withdrawn", healthy: false, attempts: 3, lastError };
  const { status, text } = await get("/readyz?verbose");
  expect(status).toBe(503);
  expect(JSON.parse(text)).toEqual({
    healthy: false,
    sources: [{ state: "withdrawn", healthy: false, attempts: 3, lastError: { code: "permission-denied", at: 1 } }],
  });
  expect((await get("/livez")).status).toBe(200);
  health = { state: "failed", healthy: false, attempts: 1 };
  expect((await get("/livez")).status).toBe(503);
  expect((await get("/readyz", "DELETE")).status).toBe(405);
});

async function serve(handler: Parameters<typeof createServer>[1]) {
  const server = createServer(handler).listen(0, "127.0.0.1").unref();
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return (path: string, method = "GET") =>
    new Promise<{ status: number | undefined; type: string | undefined; text: string }>((resolve, reject) => {
      const asking = request({ host: "127.0.0.1", port, path, method, agent: false }, async (response) => {
        let text = "";
        for await (const chunk of response) text += String(chunk);
        resolve({ status: response.statusCode, type: response.headers["content-type"], text });
      });
      asking.on("error", reject).end();
    });
}
