import { resolve } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import { FileWatch } from "../internal/file-watch.ts";
import type { FetchJwtSvidOptions, IssuedJwtSvid, JwtSvidSource } from "../svid/jwt-svid-source.ts";
import { parseJwtSvidInsecure } from "../svid/parse-jwt-svid.ts";
import { wantedAudiences } from "../svid/validate-jwt-svid.ts";
import type { HealthSource, SourceHealth } from "../workload-api/source-health.ts";
import type { FileSourceOptions } from "./options.ts";

/** Options of {@link JwtFileSource.open}. */
export interface JwtFileSourceOptions extends FileSourceOptions {
  /** Files with one JWT-SVID each, as spiffe-helper writes them for its `jwt_svids`. */
  readonly tokens: readonly string[];
  /** Default: the working directory. */
  readonly directory?: string | undefined;
}

/**
 * Own JWT-SVIDs from files that something else writes and renews: in place of a `JwtSource` where tokens are sent. Which file
 * serves an audience is read from the tokens themselves; expired ones are never handed out.
 *
 * @example
 * ```ts
 * import { JwtFileSource } from "@idstack/spiffe/files";
 * import { jwtFetch } from "@idstack/spiffe/jwt";
 * export async function call(): Promise<Response> {
 *   await using source = await JwtFileSource.open({ directory: "/run/spiffe", tokens: ["api.token"] });
 *   return await jwtFetch({ source, audience: "api" })("https://api.apps.svc:8443/");
 * }
 * ```
 */
export class JwtFileSource implements JwtSvidSource, HealthSource, AsyncDisposable {
  readonly #watch: FileWatch<readonly IssuedJwtSvid[]>;
  readonly #clock: Clock;

  private constructor(options: JwtFileSourceOptions) {
    const { tokens, directory = ".", clock = systemClock } = options;
    if (!Array.isArray(tokens) || tokens.length === 0) throw new TypeError("tokens has to name at least one file");
    this.#clock = clock;
    const paths = tokens.map((name: string) => resolve(directory, name));
    this.#watch = new FileWatch<readonly IssuedJwtSvid[]>(
      {
        name: "JwtFileSource",
        address: resolve(directory),
        // The first one that nobody renews shows.
        describe: (svids) => ({ expiresAt: Math.min(...svids.map(({ expiresAt }) => expiresAt)) }),
        paths: async () => paths,
        parse: (files) =>
          [...files.values()].map((bytes) => {
            const token = bytes.toString("latin1").trim();
            const { id, audience, expiresAt } = parseJwtSvidInsecure(token);
            return { id, token, audience, expiresAt };
          }),
      },
      options,
    );
  }

  /**
   * Waits until every file holds a token.
   *
   * @throws {@link SpiffeError} `start-timeout` with the last failure as `cause`; the signal's reason.
   */
  static async open(options: JwtFileSourceOptions): Promise<JwtFileSource> {
    const source = new JwtFileSource(options);
    try {
      await source.#watch.start();
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /** @throws {@link SpiffeError} `no-svid` if no file has a token for it, `jwt-expired`, `source-closed`. */
  async fetchJwtSvid(audience: string | readonly string[], options: FetchJwtSvidOptions = {}): Promise<IssuedJwtSvid> {
    options.signal?.throwIfAborted();
    const wanted = wantedAudiences(audience);
    const subject = options.subject?.toString();
    const fitting = this.#watch.state.filter(
      (svid) => wanted.every((each) => svid.audience.includes(each)) && (subject ?? `${svid.id}`) === `${svid.id}`,
    );
    const now = this.#clock.now();
    const [best] = fitting.filter(({ expiresAt }) => now < expiresAt).sort((a, b) => b.expiresAt - a.expiresAt);
    if (best !== undefined) return best;
    const what = `for ${wanted.map((each) => JSON.stringify(each)).join(", ")}`;
    if (fitting.length === 0) throw new SpiffeError("no-svid", `no file holds a JWT-SVID ${what}`);
    throw new SpiffeError("jwt-expired", `the JWT-SVID ${what} has expired; is its file still renewed?`);
  }

  /** How the files are doing; never throws. */
  health(): SourceHealth {
    return this.#watch.health();
  }

  /** Stops looking at the files. Safe to call twice. */
  close(): Promise<void> {
    return this.#watch.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
