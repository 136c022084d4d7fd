import { formatRef } from "@idstack/manifests";
import type { PolicyEntry } from "./entry.ts";
import type { Governing } from "./governing.ts";
import { nonePeer, wildcardPeer } from "./peers.ts";
import type { PortRule } from "./ports.ts";

/** A rule without ports is merged with its like under one key of its own. */
const EVERY_PORT: readonly PortRule[] = [{ specs: [{ protocol: "any", port: 0, endPort: 0 }], l7: undefined }];

/** What the engine has merged so far for one peer selector and port. */
interface Slot {
  denied: boolean;
  readonly parsers: Map<string, PolicyEntry>;
  readonly modes: Map<string, PolicyEntry>;
}

/**
 * The engine merges rules for the same peer selector and port, in the order of their policies' kinds and names. Allow
 * rules with different proxies or authentication modes cannot be merged, and then the endpoint gets no policy at all,
 * unless a deny rule has replaced them before.
 */
export function findConflict(governing: Governing): string | undefined {
  const slots = new Map<string, Slot>();
  for (const { entry } of [...governing.entries].sort((a, b) => compareOrder(a.entry, b.entry))) {
    const peers = peerKeys(entry);
    for (const rule of entry.ports === "any" ? EVERY_PORT : entry.ports) {
      for (const spec of rule.specs) {
        for (const peer of peers) {
          if (peer === nonePeer.key) continue;
          const port = spec.name === undefined ? [spec.port, spec.endPort] : [spec.name];
          const key = JSON.stringify([peer, spec.protocol, ...port]);
          const slot = slots.get(key) ?? { denied: false, parsers: new Map(), modes: new Map() };
          slots.set(key, slot);
          const conflict = merge(slot, entry, rule);
          if (conflict !== undefined) return conflict;
        }
      }
    }
  }
  return undefined;
}

function peerKeys({ peers }: PolicyEntry): readonly string[] {
  const keys = peers === "any" ? [wildcardPeer.key] : peers.map(({ key }) => key);
  // Beside everyone, other peers do not count.
  return keys.includes(wildcardPeer.key) ? [wildcardPeer.key] : keys;
}

function merge(slot: Slot, entry: PolicyEntry, rule: PortRule): string | undefined {
  if (entry.action === "deny") slot.denied = true;
  if (slot.denied) return undefined;
  const { parsers, modes } = slot;
  if (rule.l7 !== undefined) parsers.set(rule.l7.parser, entry);
  if (entry.authentication !== undefined) modes.set(entry.authentication, entry);
  const kinds = [...parsers.keys()].filter((parser) => parser !== "tls");
  // What only looks at TLS can look at HTTP as well, but neither at DNS nor at what a listener wants.
  if (kinds.length > 1 || (parsers.has("tls") && (parsers.has("dns") || parsers.has("crd"))))
    return describe("L7 proxies", parsers);
  return modes.size > 1 ? describe("authentication modes", modes) : undefined;
}

const KINDS = ["CiliumClusterwideNetworkPolicy", "CiliumNetworkPolicy", "NetworkPolicy"];

function compareOrder(a: PolicyEntry, b: PolicyEntry): number {
  const key = ({ policy: { ref } }: PolicyEntry): string =>
    `${KINDS.indexOf(ref.kind)}/${ref.namespace ?? ""}/${ref.name}`;
  const [first, second] = [key(a), key(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function describe(what: string, found: ReadonlyMap<string, PolicyEntry>): string {
  const parts = [...found].map(([name, entry]) => `${name} in ${formatRef(entry.policy.ref)}`);
  return `different ${what} for the same peer and port (${parts.join(", ")}): the agent computes no policy for the endpoint`;
}
