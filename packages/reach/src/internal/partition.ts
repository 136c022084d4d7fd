import type { Engine } from "./engine.ts";
import type { Identity } from "./identity.ts";
import { coveredPorts, type PortRange } from "./ports.ts";

/** Cuts a range of ports where a rule of either side begins or ends, so that one port answers for each part. */
export function partition(engine: Engine, source: Identity, destination: Identity, range: PortRange): PortRange[] {
  if (range.first === range.last) return [range];
  const starts = new Set([range.first]);
  const sides = [
    { subject: source, direction: "egress" },
    { subject: destination, direction: "ingress" },
  ] as const;
  for (const { subject, direction } of sides) {
    for (const { entry } of engine.governing(subject, direction).entries) {
      if (entry.ports === "any") continue;
      for (const spec of entry.ports.flatMap((rule) => rule.specs)) {
        if (spec.protocol !== range.protocol) continue;
        const covered = coveredPorts(spec, destination.ports);
        if (covered === undefined) continue;
        for (const start of [covered.first, covered.last + 1])
          if (start > range.first && start <= range.last) starts.add(start);
      }
    }
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.map((first, index) => ({ ...range, first, last: (sorted[index + 1] ?? range.last + 1) - 1 }));
}
