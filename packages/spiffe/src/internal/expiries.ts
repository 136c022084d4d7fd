import type { MetricsSource, UpdateEvent } from "../metrics/recorder.ts";

/** When something expires, as a gauge shows it. */
export interface Expiry {
  readonly source: MetricsSource;
  readonly spiffeId: string;
  readonly expiresAt: number;
}

/** What the sources of a process hand out, and when it expires. */
export class Expiries {
  readonly #latest = new Map<string, UpdateEvent>();

  /** Of one source the newest counts, also where its ID changed; identities of one agent are told apart by their hint. */
  note(event: UpdateEvent): void {
    this.#latest.set(JSON.stringify([event.source, event.address, event.hint]), event);
  }

  /** One for each kind of source and ID, the earliest: two samples of one name would spoil a whole scrape. */
  earliest(): readonly Expiry[] {
    const earliest = new Map<string, Expiry>();
    for (const { source, spiffeId = "", expiresAt } of this.#latest.values()) {
      const name = `${source} ${spiffeId}`;
      if (expiresAt === undefined || expiresAt >= (earliest.get(name)?.expiresAt ?? Number.POSITIVE_INFINITY)) continue;
      earliest.set(name, { source, spiffeId, expiresAt });
    }
    return [...earliest.values()];
  }
}
