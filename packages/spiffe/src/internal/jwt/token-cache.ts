import { type Clock, sleep } from "../../clock.ts";
import { SpiffeError } from "../../errors.ts";
import type { IssuedJwtSvid } from "../../svid/jwt-svid-source.ts";
import type { Backoff } from "../../workload-api/backoff.ts";
import { unlessAborted } from "../unless-aborted.ts";

/** A token together with the moment from which its life counts. */
export interface FreshJwtSvid {
  readonly svid: IssuedJwtSvid;
  /** `iat`, or when it was fetched; milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** What the cache is told once. */
export interface TokenCacheOptions {
  readonly clock: Clock;
  /** Milliseconds that one request may take. */
  readonly timeoutMs: number;
  /** Between failed refreshes of a token that is still valid. */
  readonly backoff: Backoff;
  /** Told about refreshes that failed while the old token is served. */
  readonly onError: (error: SpiffeError) => void;
}

interface Entry {
  current?: { readonly svid: IssuedJwtSvid; readonly refreshAt: number; readonly urgentAt: number } | undefined;
  pending?: Promise<IssuedJwtSvid> | undefined;
  failures: number;
  retryAt: number;
}

/** As many as an agent of SPIRE keeps by default. */
const MAX_ENTRIES = 1000;
/** So long before its end a token is too old to be sent: it has to arrive, too. */
const URGENT_MS = 10_000;

/**
 * Tokens by key: one request at a time for each, refreshed behind the callers' backs from half of the life on, never served
 * after its end.
 */
export class TokenCache {
  readonly #options: TokenCacheOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new AbortController();

  constructor(options: TokenCacheOptions) {
    this.#options = options;
  }

  /** @throws SpiffeError of `fetch`, `fetch-timeout`, or the signal's reason. */
  async get(
    key: string,
    fetch: (signal: AbortSignal) => Promise<FreshJwtSvid>,
    signal?: AbortSignal,
  ): Promise<IssuedJwtSvid> {
    signal?.throwIfAborted();
    const entry = this.#entry(key);
    const now = this.#options.clock.now();
    const { current } = entry;
    if (current !== undefined && now < current.svid.expiresAt) {
      if (now < current.refreshAt) return current.svid;
      if (now >= entry.retryAt) this.#refresh(entry, fetch).catch(() => {});
      if (now < current.urgentAt || entry.pending === undefined) return current.svid;
    }
    try {
      return await unlessAborted(this.#refresh(entry, fetch), signal);
    } catch (error) {
      signal?.throwIfAborted();
      // Denied tokens are gone from the entry; what only failed to be renewed may be used to its end.
      const rest = entry.current?.svid;
      if (rest !== undefined && this.#options.clock.now() < rest.expiresAt) return rest;
      throw error;
    }
  }

  /** Forgets every token, and keeps none that is on its way: who asked for it gets it, nobody after them. */
  clear(): void {
    this.#entries.clear();
  }

  /** Ends the requests that are on their way. */
  close(): void {
    this.#closing.abort();
    this.#entries.clear();
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key) ?? { failures: 0, retryAt: 0 };
    this.#entries.delete(key);
    this.#entries.set(key, known);
    if (this.#entries.size > MAX_ENTRIES) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return known;
  }

  #refresh(entry: Entry, fetch: (signal: AbortSignal) => Promise<FreshJwtSvid>): Promise<IssuedJwtSvid> {
    entry.pending ??= this.#request(entry, fetch).finally(() => {
      entry.pending = undefined;
    });
    return entry.pending;
  }

  async #request(entry: Entry, fetch: (signal: AbortSignal) => Promise<FreshJwtSvid>): Promise<IssuedJwtSvid> {
    const { clock, backoff, onError } = this.#options;
    try {
      const { svid, issuedAt } = await this.#inTime(fetch);
      const now = clock.now();
      const half = issuedAt + (svid.expiresAt - issuedAt) / 2;
      // An agent may hand out a token of its own cache that is past its half: that must not make a loop.
      const refreshAt = half > now ? half : now + (svid.expiresAt - now) / 2;
      const urgentAt = svid.expiresAt - Math.min(URGENT_MS, (svid.expiresAt - issuedAt) / 10);
      entry.current = { svid, refreshAt, urgentAt };
      entry.failures = 0;
      return svid;
    } catch (error) {
      const known = error as SpiffeError;
      if (known.code === "permission-denied") entry.current = undefined;
      entry.failures += 1;
      entry.retryAt = clock.now() + backoff(entry.failures, known);
      if (entry.current !== undefined) onError(known);
      throw error;
    }
  }

  /** An agent that never answers must not be waited for by everybody, for ever. */
  async #inTime(fetch: (signal: AbortSignal) => Promise<FreshJwtSvid>): Promise<FreshJwtSvid> {
    const { clock, timeoutMs } = this.#options;
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#closing.signal]);
    const tooLate = sleep(clock, timeoutMs, signal).then((): never => {
      if (this.#closing.signal.aborted) throw new SpiffeError("source-closed", "the source was closed meanwhile");
      throw new SpiffeError("fetch-timeout", `the agent did not answer with a JWT-SVID within ${timeoutMs} ms`);
    });
    try {
      return await Promise.race([fetch(signal), tooLate]);
    } finally {
      stop.abort();
      tooLate.catch(() => {});
    }
  }
}
