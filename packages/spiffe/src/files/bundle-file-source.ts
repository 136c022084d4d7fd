import { readdir } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { parseBundleMap } from "../bundle/bundle-map.ts";
import type { JwtBundle } from "../bundle/jwt-bundle.ts";
import { checkBundleCount } from "../bundle/limits.ts";
import { type AnyBundleSource, type SpiffeBundle, SpiffeBundleSet } from "../bundle/spiffe-bundle.ts";
import type { X509Bundle } from "../bundle/x509-bundle.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import { type Files, FileWatch } from "../internal/file-watch.ts";
import { isObject, parseJsonObject } from "../internal/json.ts";
import type { HealthSource, SourceHealth } from "../workload-api/source-health.ts";
import { isJson, readBundleFile } from "./bundle-file.ts";
import type { FileSourceOptions } from "./options.ts";

/** Options of {@link BundleFileSource.open}: a directory, or files by name. */
export interface BundleFileSourceOptions extends FileSourceOptions {
  /**
   * A directory of files `<trust domain>.pem`, `.crt`, `.der` or `.json`. With two files for one trust domain both count.
   */
  readonly directory?: string | undefined;
  /** Files by trust domain, relative to `directory`; other files of the directory are then not looked at. */
  readonly bundles?: Readonly<Record<string, string>> | undefined;
  /** One file with all bundles: a Bundle Map, or the JWT bundle file of spiffe-helper. Relative to `directory`. */
  readonly bundleMap?: string | undefined;
}

const EXTENSIONS = new Set([".pem", ".crt", ".der", ".json"]);

/**
 * Bundles from files that something else writes and updates: X.509 authorities in PEM or DER, JWT keys and SPIFFE bundles in
 * JSON. In place of a `BundleSource` wherever bundles are taken. When any file cannot be read or parsed all bundles stay what
 * they were and `onError` is told.
 *
 * @example
 * ```ts
 * import { BundleFileSource } from "@idstack/spiffe/files";
 * import { validateJwtSvid } from "@idstack/spiffe/jwt";
 * export async function whoSent(token: string): Promise<string> {
 *   await using bundles = await BundleFileSource.open({ directory: "/etc/spiffe/bundles" });
 *   return validateJwtSvid(token, { bundles, audience: "api" }).id.toString();
 * }
 * ```
 */
export class BundleFileSource implements AnyBundleSource, HealthSource, AsyncDisposable {
  readonly #watch: FileWatch<SpiffeBundleSet>;

  private constructor(options: BundleFileSourceOptions) {
    const { directory = ".", bundles, bundleMap } = options;
    if (directory === "." && bundles === undefined && bundleMap === undefined) {
      throw new TypeError("directory, bundles or bundleMap is required");
    }
    const named = Object.entries(bundles ?? {}).map(
      ([name, path]) => [resolve(directory, path), TrustDomain.parse(name)] as const,
    );
    const domains = new Map(named);
    const map = bundleMap === undefined ? undefined : resolve(directory, bundleMap);
    const all = bundles === undefined && map === undefined;
    this.#watch = new FileWatch<SpiffeBundleSet>(
      {
        name: "BundleFileSource",
        address: resolve(directory),
        paths: async () => (all ? list(resolve(directory)) : [...domains.keys(), ...(map === undefined ? [] : [map])]),
        parse: (files) => readAll(files, (path) => (path === map ? undefined : (domains.get(path) ?? domainOf(path)))),
      },
      options,
    );
  }

  /**
   * Waits until every file is there and parses.
   *
   * @throws {@link SpiffeError} `start-timeout` with the last failure as `cause`; `invalid-trust-domain`; the signal's reason.
   */
  static async open(options: BundleFileSourceOptions): Promise<BundleFileSource> {
    const source = new BundleFileSource(options);
    try {
      await source.#watch.start();
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /** All bundles of one reading of the files. @throws {@link SpiffeError} `source-closed` after `close()`. */
  get bundles(): SpiffeBundleSet {
    return this.#watch.state;
  }

  getSpiffeBundle(trustDomain: TrustDomain): SpiffeBundle | undefined {
    return this.bundles.getSpiffeBundle(trustDomain);
  }

  getX509Bundle(trustDomain: TrustDomain): X509Bundle | undefined {
    return this.bundles.getX509Bundle(trustDomain);
  }

  getJwtBundle(trustDomain: TrustDomain): JwtBundle | undefined {
    return this.bundles.getJwtBundle(trustDomain);
  }

  /** Calls back after every update until the returned function is called. */
  onUpdate(listener: (bundles: SpiffeBundleSet) => void): () => void {
    return this.#watch.onUpdate(listener);
  }

  /** Every update from now on; ends when the source is closed or the signal aborts. */
  updates(signal?: AbortSignal): AsyncIterableIterator<SpiffeBundleSet> {
    return this.#watch.updates(signal);
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

async function list(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => EXTENSIONS.has(extname(name)) && !name.startsWith("."));
  checkBundleCount(names.length);
  if (names.length === 0) throw new Error(`${directory} holds no bundle`);
  return names.sort().map((name) => join(directory, name));
}

function domainOf(path: string): TrustDomain {
  return TrustDomain.parse(basename(path, extname(path)));
}

function readAll(files: Files, domain: (path: string) => TrustDomain | undefined): SpiffeBundleSet {
  const byName = new Map<string, SpiffeBundle>();
  for (const [path, bytes] of files) {
    const trustDomain = domain(path);
    const read = trustDomain === undefined ? readMap(bytes) : [readBundleFile(trustDomain, bytes)];
    for (const bundle of read) byName.set(bundle.trustDomain.name, joined(byName.get(bundle.trustDomain.name), bundle));
  }
  return new SpiffeBundleSet(byName.values());
}

/** Two files of one trust domain: its CA certificates and its JWT keys, for example. */
function joined(one: SpiffeBundle | undefined, other: SpiffeBundle): SpiffeBundle {
  if (one === undefined) return other;
  return {
    trustDomain: one.trustDomain,
    x509Authorities: [...one.x509Authorities, ...other.x509Authorities],
    jwtAuthorities: [...one.jwtAuthorities, ...other.jwtAuthorities],
  };
}

/** A Bundle Map, or what spiffe-helper writes: JWK Sets by trust domain, base64 in strings. */
function readMap(bytes: Uint8Array): SpiffeBundle[] {
  const document = isJson(bytes) ? parseJsonObject(bytes) : undefined;
  if (document === undefined) throw new Error("the bundle map is no JSON object");
  if (document["trust_domains"] !== undefined) {
    const onIgnored = (error: Error): never => {
      throw error;
    };
    return [...parseBundleMap(bytes, { onIgnored })];
  }
  checkBundleCount(Object.keys(document).length);
  return Object.entries(document).map(([name, value]) => {
    const jwks = typeof value === "string" ? Buffer.from(value, "base64") : Buffer.from(JSON.stringify(value));
    if (typeof value !== "string" && !isObject(value)) throw new Error("a member of the bundle map is no JWK Set");
    return readBundleFile(TrustDomain.parse(name), jwks);
  });
}
