import { formatRef } from "@idstack/manifests";
import type { PolicyEntry } from "./entry.ts";
import type { Governing } from "./governing.ts";
import type { PortRule } from "./ports.ts";

/** A rule without ports is merged with its like under one key of its own. */
const EVERY_PORT: readonly PortRule[] = [{ specs: [{ protocol: "any", port: 0, endPort: 0 }], l7: undefined }];

interface Slot {
  readonly parsers: Map<string, PolicyEntry>;
  readonly modes: Map<string, PolicyEntry>;
}

/**
 * The engine merges allow rules for the same peer selector and port. Different proxies or authentication modes there
 * cannot be merged, and then the endpoint gets no policy at all.
 */
export function findConflict(governing: Governing): string | undefined {
  const slots = new Map<string, Slot>();
  for (const { entry } of governing.entries) {
    if (entry.action === "deny") continue;
    const peers = entry.peers === "any" ? [""] : entry.peers.map((peer) => peer.key);
    for (const rule of entry.ports === "any" ? EVERY_PORT : entry.ports) {
      for (const spec of rule.specs) {
        for (const peer of peers) {
          const key = JSON.stringify([peer, spec.protocol, spec.name ?? spec.port, spec.endPort]);
          const slot = slots.get(key) ?? { parsers: new Map(), modes: new Map() };
          slots.set(key, slot);
          if (rule.l7 !== undefined) slot.parsers.set(rule.l7.parser, entry);
          if (entry.authentication !== undefined) slot.modes.set(entry.authentication, entry);
        }
      }
    }
  }
  for (const { parsers, modes } of slots.values()) {
    if (parsers.size > 1 && !(parsers.size === 2 && parsers.has("tls") && parsers.has("http")))
      return describe("L7 proxies", parsers);
    if (modes.size > 1) return describe("authentication modes", modes);
  }
  return undefined;
}

function describe(what: string, found: ReadonlyMap<string, PolicyEntry>): string {
  const parts = [...found].map(([name, entry]) => `${name} in ${formatRef(entry.policy.ref)}`);
  return `different ${what} for the same peer and port (${parts.join(", ")}): the agent computes no policy for the endpoint`;
}
