import { createServer } from "node:tls";
import { startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
import { type GoSpiffePeer, type GoSpiffeServer, goSpiffePeer, recordEvidence } from "@idstack/tool-real";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen, rawClient, rawIdentity } from "../test/fixtures/raw-tls.ts";
import { type X509Case, x509Cases } from "../test/fixtures/x509-cases.ts";
import { differences } from "./conformance-differences.ts";

const careless = { ciphers: "DEFAULT@SECLEVEL=0", minVersion: "TLSv1.2" } as const;
const bundleOf = ({ bundles }: X509Case): string =>
  bundles.flatMap(({ authorities }) => authorities.map(({ fingerprint256 }) => fingerprint256)).join();
// The cases that one agent can serve: those with the bundle that most of them have.
const [first] = x509Cases;
const cases = x509Cases
  .filter((each) => each.offline !== true && first !== undefined && bundleOf(each) === bundleOf(first))
  .map((each) => [each.name, each] as const);

const counts = { checked: 0, wrong: 0 };
const closing = new AsyncDisposableStack();
let go: GoSpiffePeer;
let server: GoSpiffeServer;
beforeAll(async () => {
  const own = new TestCa("own.internal").svid("/ns/apps/sa/own");
  const agent = closing.use(await startWorkloadApi({ svids: [own], federated: first?.bundles ?? [] }));
  go = await goSpiffePeer({ workloadApi: agent.address });
  server = closing.use(await go.serve({ authorize: "any" }));
});
afterAll(async () => {
  await closing.disposeAsync();
  await recordEvidence({
    component: "go-spiffe-peer",
    proves: "go-spiffe judges the chains of the conformance table over TLS as it does in the comparison",
    checked: counts.checked,
    unit: "connections",
    mismatches: counts.wrong,
  });
});

/** What go-spiffe has to do with a chain: what we do, unless the table of differences says otherwise. */
function expectedOf({ name, expected }: X509Case): "accepted" | "refused" {
  return differences[name]?.goSpiffe ?? (expected === "accepted" ? "accepted" : "refused");
}

function judged(each: X509Case, verdict: "accepted" | "refused", detail: string): void {
  counts.checked += 1;
  const expected = expectedOf(each);
  if (verdict !== expected) counts.wrong += 1;
  expect(verdict, detail).toBe(expected);
}

describe("go-spiffe as server: a client with", () => {
  it.each(cases)("%s", async (_, each) => {
    const head = "GET / HTTP/1.1\r\nhost: api\r\nconnection: close\r\n\r\n";
    const { text } = await rawClient(server.port, each.svid, head, careless).over;
    judged(each, text.startsWith("HTTP/1.1 200") ? "accepted" : "refused", text);
  });
});

describe("go-spiffe as client: a server with", () => {
  it.each(cases)("%s", async (_, each) => {
    const raw = createServer(
      { ...rawIdentity(each.svid), ...careless, requestCert: true, rejectUnauthorized: false },
      (socket) => {
        socket.on("error", () => {});
        socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
      },
    );
    raw.on("tlsClientError", () => {});
    try {
      const port = await listen(raw);
      const answer = await go.get(`https://127.0.0.1:${port}/`, { authorize: "any" }).then(
        ({ peer }) => ({ verdict: "accepted" as const, detail: peer }),
        (error: Error) => ({ verdict: "refused" as const, detail: error.message }),
      );
      judged(each, answer.verdict, answer.detail);
    } finally {
      raw.close();
    }
  });
});
