import type { JwtAuthority } from "./jwt-authority.ts";

/** As many as an agent of SPIRE keeps by default. */
const MAX_TOKENS = 1000;

/** Gives out a JWT-SVID again, for the same identity and audiences in any order, until half of its life is over. */
export class JwtCache {
  readonly #authority: JwtAuthority;
  readonly #tokens = new Map<string, { readonly token: string; readonly renewAt: number }>();

  constructor(authority: JwtAuthority) {
    this.#authority = authority;
  }

  get(subject: string, audience: readonly string[], now: number, ttlSeconds: number): string {
    const key = JSON.stringify([subject, ...[...audience].sort()]);
    const known = this.#tokens.get(key);
    if (known !== undefined && now < known.renewAt) return known.token;
    const token = this.#authority.issue(subject, audience, now, ttlSeconds);
    this.#tokens.delete(key);
    this.#tokens.set(key, { token, renewAt: now + ttlSeconds * 500 });
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > MAX_TOKENS && oldest !== undefined) this.#tokens.delete(oldest);
    return token;
  }
}
