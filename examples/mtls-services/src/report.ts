import type { Server } from "node:net";
import type { X509Source } from "@idstack/spiffe";
import type { Refusal } from "@idstack/spiffe/https";

/** A service is ready. */
export interface ListeningReport {
  readonly event: "listening";
  readonly id: string;
  readonly port: number;
}

/** A service turned a peer away. */
export interface RefusalReport {
  readonly event: "refused";
  readonly side: string;
  readonly code: string;
  readonly reason: string;
  readonly peerId?: string;
}

/** What a service says about itself: one JSON object per line on standard output. */
export type Report = ListeningReport | RefusalReport;

/** Writes one line. */
export function report(line: Report): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** For the `onRefused` option. */
export function reportRefusal({ side, code, reason, peerId }: Refusal): void {
  report({ event: "refused", side, code, reason, ...(peerId !== undefined && { peerId }) });
}

/** A required setting from the environment. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`set ${name}`);
  return value;
}

/** Where to listen: this machine only, unless `HOST` says otherwise (`::` in a container). */
export function listenOn(): { readonly host: string; readonly port: number } {
  return { host: process.env["HOST"] ?? "127.0.0.1", port: Number(process.env["PORT"] ?? 0) };
}

/**
 * Ends the service on SIGTERM or SIGINT, requests under way first. As first process of a container it would otherwise
 * ignore both and be killed after the grace period.
 */
export function endOnSignal(server: Pick<Server, "close">, source: X509Source): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      server.close(() => void source.close());
    });
  }
}

/** Ends the service together with the program that started it over an IPC channel, however that one ends. */
export function endWithParent(): void {
  process.once("disconnect", () => process.exit());
  // The channel alone must not keep a service alive that has nothing else to do.
  process.channel?.unref();
}
