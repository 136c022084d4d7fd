import { type Compared, ruleName, verdictOf } from "./compare.ts";
import type { Scene } from "./scene.ts";

/** What a rule with one of these decides is that everything else is denied. */
const MATCHING_NOBODY = ["empty peer list", "item {}"];

/** Counts what decided: for every construct, the decisions for which the engine named a rule that uses it. */
export class Counts {
  decisions = 0;
  denied = 0;
  failed = 0;
  readonly #reasons = new Map<string, number>();
  readonly #constructs = new Map<string, number>();

  /** Notes what the generator makes, so that a construct that never decides is seen too. */
  expectAll(scene: Scene): void {
    for (const { tags } of scene.policies) {
      for (const tag of [...tags.values()].flatMap((set) => [...set])) {
        if (!this.#constructs.has(tag)) this.#constructs.set(tag, 0);
      }
    }
  }

  add(scene: Scene, { reach, cilium }: Compared): void {
    this.decisions++;
    if (verdictOf(cilium) === "denied") this.denied++;
    if (cilium.failed === true) this.failed++;
    bump(this.#reasons, reach.reason);
    const deciding = new Set(cilium.rules);
    const denies = new Set(reach.reason === "default-deny" ? reach.rules.map(ruleName) : []);
    const tags = new Set<string>();
    for (const { object, tags: byPath } of scene.policies) {
      const { namespace, name } = object.metadata ?? {};
      const prefix = `${object.kind} ${namespace === undefined ? "" : `${namespace}/`}${name} `;
      for (const [path, constructs] of byPath) {
        const rule = prefix + path;
        for (const tag of constructs)
          if (MATCHING_NOBODY.includes(tag) ? denies.has(rule) : deciding.has(rule)) tags.add(tag);
      }
    }
    for (const tag of tags) bump(this.#constructs, tag);
  }

  /** Constructs that decided less often than this. */
  rare(least: number): string[] {
    return [...this.#constructs].filter(([, count]) => count < least).map(([name, count]) => `${name}: ${count}`);
  }

  table(): string {
    const share = Math.round((100 * this.denied) / this.decisions);
    return [
      `${this.decisions} decisions compared with Cilium's engine, ${share} % denied`,
      ...lines(this.#reasons),
      "constructs of the deciding rules:",
      ...lines(this.#constructs),
    ].join("\n");
  }
}

function bump(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function lines(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => `${String(count).padStart(7)}  ${name}`);
}
