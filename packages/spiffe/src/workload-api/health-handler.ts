import type { IncomingMessage, ServerResponse } from "node:http";
import { requireSource } from "../internal/require-source.ts";
import type { HealthSource, SourceHealth } from "./source-health.ts";

/**
 * Answers the probes of a kubelet about one or more sources: 200 while all are healthy, 503 otherwise, with the states as
 * JSON. A service that talks mutual TLS only cannot be probed on its own port: serve this on a separate plain one.
 *
 * `/livez` (or any path that ends so) answers 200 as long as no source has `failed`: restarting does not bring an agent
 * back, and an identity that was withdrawn is not mended by it. Addresses and SPIFFE IDs are not told.
 *
 * @throws TypeError for a source that is none.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { healthHandler, X509Source } from "@idstack/spiffe";
 * import { startWorkloadApi, TestCa } from "@idstack/spiffe/testing";
 * const agent = await startWorkloadApi({ svids: [new TestCa("homelab.internal").svid("/web")] });
 * const source = await X509Source.open({ address: agent.address });
 * const probes = createServer(healthHandler(source)).listen(9090);
 * console.log((await fetch("http://localhost:9090/readyz")).status); // 200
 * probes.close();
 * await source.close();
 * await agent.close();
 * ```
 */
export function healthHandler(
  source: HealthSource | readonly HealthSource[],
): (request: IncomingMessage, response: ServerResponse) => void {
  const sources = Array.isArray(source) ? (source as readonly HealthSource[]) : [source as HealthSource];
  for (const each of sources) requireSource(each, ["health"], "an X509Source, or another one with health()");
  return ({ method, url = "/" }, response) => {
    if (method !== "GET" && method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    const states = sources.map((each) => each.health());
    const [path = "/"] = url.split("?");
    const fine = states.every(path.endsWith("/livez") ? isAlive : isReady);
    const body = JSON.stringify({ healthy: fine, sources: states.map(told) });
    response.writeHead(fine ? 200 : 503, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(method === "HEAD" ? undefined : body);
  };
}

function isAlive({ state }: SourceHealth): boolean {
  return state !== "failed";
}

function isReady({ healthy }: SourceHealth): boolean {
  return healthy;
}

/** Messages of errors hold addresses and IDs, which a port without authentication does not show. */
function told({ lastError, ...rest }: SourceHealth): object {
  return { ...rest, ...(lastError && { lastError: { code: lastError.code, at: lastError.at } }) };
}
