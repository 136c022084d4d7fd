/** A seeded stream of choices for generated cases: one seed, one test case. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** mulberry32: small, fast, and good enough to choose test cases. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Between the two, both included. */
  int(first: number, last: number): number {
    return first + Math.floor(this.next() * (last - first + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new Error("nothing to pick from");
    return values[this.int(0, values.length - 1)] as T;
  }

  /** Some of the values, in their order. */
  some<T>(values: readonly T[], first: number, last: number): T[] {
    const wanted = this.int(first, Math.min(last, values.length));
    const left = [...values.keys()];
    while (left.length > wanted) left.splice(this.int(0, left.length - 1), 1);
    return left.map((index) => values[index] as T);
  }

  /** One of the makers, in proportion to its weight. */
  weighted<T>(choices: readonly (readonly [weight: number, make: () => T])[]): T {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, make] of choices) {
      left -= weight;
      if (left < 0) return make();
    }
    throw new Error("no choice left");
  }

  times<T>(first: number, last: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.int(first, last) }, (_, index) => make(index));
  }
}
