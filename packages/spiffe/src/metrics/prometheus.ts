import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, systemClock } from "../clock.ts";
import { Expiries } from "../internal/expiries.ts";
import type { MetricsRecorder } from "./recorder.ts";

/** A recorder whose counts can be scraped. */
export interface PrometheusRecorder extends Required<MetricsRecorder> {
  /** All metrics in the text format 0.0.4. */
  text(): string;
  /** Serves {@link PrometheusRecorder.text} to GET and HEAD requests, on whatever path and port it is mounted. */
  handler(request: IncomingMessage, response: ServerResponse): void;
}

const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Counts in the text format of Prometheus, without a dependency:
 *
 * | name | labels |
 * | --- | --- |
 * | `idstack_spiffe_updates_total` | `source` |
 * | `idstack_spiffe_reconnects_total` | `source` |
 * | `idstack_spiffe_errors_total` | `source`, `code` |
 * | `idstack_spiffe_svid_expiry_seconds` (gauge, negative once expired) | `source`, `spiffe_id` |
 * | `idstack_spiffe_handshakes_total` | `side`, `outcome`, `reason` |
 *
 * The SPIFFE IDs of peers are no label: their number has no bound.
 *
 * @example
 * ```ts
 * import { prometheusRecorder } from "@idstack/spiffe/metrics";
 * const metrics = prometheusRecorder(); // X509Source.open({ metrics }), createServer({ metrics, … })
 * metrics.handshake({ side: "server", outcome: "refused", reason: "unauthorized" });
 * console.log(metrics.text().includes('outcome="refused",reason="unauthorized"} 1')); // true
 * ```
 */
export function prometheusRecorder(options: { readonly clock?: Clock | undefined } = {}): PrometheusRecorder {
  const { clock = systemClock } = options;
  const updates = new Counter("updates_total", "New states of sources.");
  const reconnects = new Counter("reconnects_total", "Attempts to open a stream again.");
  const errors = new Counter("errors_total", "Failed attempts and everything that was left out, by code.");
  const handshakes = new Counter("handshakes_total", "Peers that were judged.");
  const expiries = new Expiries();

  const expiry = (): string[] => {
    const lines = expiries.earliest().map(({ source, spiffeId, expiresAt }) => {
      const name = nameOf("svid_expiry_seconds", { source, spiffe_id: spiffeId });
      return `${name} ${(expiresAt - clock.now()) / 1000}`;
    });
    return lines.length === 0 ? [] : [...head("svid_expiry_seconds", "gauge", "Seconds to expiry."), ...lines];
  };

  const recorder: PrometheusRecorder = {
    update(event) {
      updates.add({ source: event.source });
      expiries.note(event);
    },
    reconnect: ({ source }) => reconnects.add({ source }),
    error: ({ source, code }) => errors.add({ source, code }),
    handshake: ({ side, outcome, reason = "" }) => handshakes.add({ side, outcome, reason }),
    text() {
      const counters = [updates, reconnects, errors, handshakes].flatMap((counter) => counter.lines());
      return `${[...counters, ...expiry()].join("\n")}\n`;
    },
    handler({ method }, response) {
      if (method !== "GET" && method !== "HEAD") {
        response.writeHead(405, { allow: "GET, HEAD" }).end();
        return;
      }
      const text = recorder.text();
      response.writeHead(200, { "content-type": CONTENT_TYPE, "content-length": Buffer.byteLength(text) });
      response.end(method === "HEAD" ? undefined : text);
    },
  };
  return recorder;
}

class Counter {
  readonly #name: string;
  readonly #help: string;
  readonly #counts = new Map<string, number>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  add(labels: Readonly<Record<string, string>>): void {
    const name = nameOf(this.#name, labels);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  lines(): string[] {
    return [
      ...head(this.#name, "counter", this.#help),
      ...[...this.#counts].map(([name, count]) => `${name} ${count}`),
    ];
  }
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP idstack_spiffe_${name} ${help}`, `# TYPE idstack_spiffe_${name} ${type}`];
}

function nameOf(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value.replace(/[\\"\n]/g, escapeOf)}"`);
  return `idstack_spiffe_${name}{${pairs.join(",")}}`;
}

function escapeOf(character: string): string {
  return character === "\n" ? "\\n" : `\\${character}`;
}
