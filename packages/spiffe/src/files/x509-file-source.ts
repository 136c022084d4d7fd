import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { type X509Bundle, X509BundleSet, type X509BundleSource } from "../bundle/x509-bundle.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import { type Files, FileWatch } from "../internal/file-watch.ts";
import type { X509Context, X509ContextSource, X509Svid } from "../svid/x509-svid.ts";
import { parseX509Svid } from "../svid/x509-svid-encoding.ts";
import { expiryOf } from "../workload-api/same-context.ts";
import type { HealthSource, SourceHealth } from "../workload-api/source-health.ts";
import { readBundleFile } from "./bundle-file.ts";
import type { FileSourceOptions } from "./options.ts";

/** Options of {@link X509FileSource.open}. Names of files are relative to `directory`. */
export interface X509FileSourceOptions extends FileSourceOptions {
  /** Default: the working directory. */
  readonly directory?: string | undefined;
  /** Chain, PEM or DER, leaf first; may hold the key, too. Default: as spiffe-helper or cert-manager's csi-driver-spiffe name it. */
  readonly certificate?: string | undefined;
  /** PEM or PKCS#8 DER. Default: as above. */
  readonly key?: string | undefined;
  /** CA certificates of the own trust domain, PEM or DER, or its SPIFFE bundle in JSON. Default: as above. */
  readonly bundle?: string | undefined;
  /** Files with the bundles of federated trust domains, by trust domain. */
  readonly federated?: Readonly<Record<string, string>> | undefined;
}

interface Layout {
  readonly certificate: string;
  readonly key: string;
  readonly bundle: string;
}

/** What writes such directories: spiffe-helper with the names of its examples, csi-driver-spiffe, a kubernetes.io/tls secret. */
const layouts: readonly [Layout, ...Layout[]] = [
  { certificate: "svid.pem", key: "svid_key.pem", bundle: "svid_bundle.pem" },
  { certificate: "tls.crt", key: "tls.key", bundle: "ca.crt" },
];

/**
 * A workload's X.509 identity from files that something else writes and rotates: in place of an `X509Source` wherever a
 * source is taken.
 *
 * Files are never half read: key, chain and bundle are used when they stopped changing, the key belongs to the leaf and the
 * chain leads to the bundle; otherwise the last state stays in use and `onError` is told why.
 *
 * A bundle file holds the CAs of one trust domain. spiffe-helper's `include_federated_domains` mixes several into one file, which
 * would merge trust domains: leave it off and name the files in `federated`.
 *
 * @example
 * ```ts
 * import { X509FileSource } from "@idstack/spiffe/files";
 * import { createServer } from "@idstack/spiffe/https";
 * export async function serve() {
 *   const source = await X509FileSource.open({ directory: "/var/run/secrets/spiffe.io" });
 *   return createServer({ source, authorize: ["spiffe://homelab.internal/ns/apps/sa/web"] }).listen(8443);
 * }
 * ```
 */
export class X509FileSource implements X509ContextSource, X509BundleSource, HealthSource, AsyncDisposable {
  readonly #watch: FileWatch<X509Context>;

  private constructor(options: X509FileSourceOptions) {
    let layout = layouts[0];
    const { directory = ".", federated = {} } = options;
    const at = (name: string): string => resolve(directory, name);
    const domains = Object.entries(federated).map(([name, path]) => [TrustDomain.parse(name), at(path)] as const);
    const chosen = (): Layout => ({
      certificate: at(options.certificate ?? layout.certificate),
      key: at(options.key ?? layout.key),
      bundle: at(options.bundle ?? layout.bundle),
    });
    this.#watch = new FileWatch<X509Context>(
      {
        name: "X509FileSource",
        address: resolve(directory),
        describe: ({ svid }) => ({
          spiffeId: svid.id.toString(),
          expiresAt: expiryOf(svid),
        }),
        async paths() {
          layout = await findLayout(at);
          const { certificate, key, bundle } = chosen();
          return [...new Set([certificate, key, bundle, ...domains.map(([, path]) => path)])];
        },
        parse: (files, now) => {
          const svid = readSvid(files, chosen(), now);
          const others = domains.map(([domain, path]) => readBundleFile(domain, bytesOf(files, path)));
          const bundles = new X509BundleSet([svid.bundle, ...others.map((each) => toX509(each))]);
          return Object.freeze({ svid: svid.svid, svids: [svid.svid], bundles });
        },
      },
      options,
    );
  }

  /**
   * Waits until the files hold a usable identity.
   *
   * @throws {@link SpiffeError} `start-timeout` with the last failure as `cause`; `invalid-trust-domain`; the signal's reason.
   */
  static async open(options: X509FileSourceOptions = {}): Promise<X509FileSource> {
    const source = new X509FileSource(options);
    try {
      await source.#watch.start();
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /** SVID and bundles of one reading of the files. @throws {@link SpiffeError} `source-closed` after `close()`. */
  getX509Context(): X509Context {
    return this.#watch.state;
  }

  /** @throws {@link SpiffeError} `source-closed` after `close()`. */
  getX509Bundle(trustDomain: TrustDomain): X509Bundle | undefined {
    return this.#watch.state.bundles.get(trustDomain);
  }

  /** Shorthand for `getX509Context().svid`. */
  get svid(): X509Svid {
    return this.getX509Context().svid;
  }

  /** Calls back after every update until the returned function is called. */
  onUpdate(listener: (context: X509Context) => void): () => void {
    return this.#watch.onUpdate(listener);
  }

  /** Every update from now on; ends when the source is closed or the signal aborts. */
  updates(signal?: AbortSignal): AsyncIterableIterator<X509Context> {
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

async function findLayout(at: (name: string) => string): Promise<Layout> {
  for (const layout of layouts) {
    const found = await access(at(layout.certificate)).then(
      () => true,
      () => false,
    );
    if (found) return layout;
  }
  return layouts[0];
}

function readSvid(files: Files, layout: Layout, now: number): { svid: X509Svid; bundle: X509Bundle } {
  let own: X509Bundle | undefined;
  // The SVID says whose bundle the file is; whether its chain leads there is what is verified.
  const bundles: X509BundleSource = {
    getX509Bundle: (trustDomain) => {
      own = toX509(readBundleFile(trustDomain, bytesOf(files, layout.bundle)));
      return own;
    },
  };
  const svid = parseX509Svid(bytesOf(files, layout.certificate), bytesOf(files, layout.key), { bundles, now });
  return { svid, bundle: own ?? { trustDomain: svid.id.trustDomain, authorities: [] } };
}

function toX509({ trustDomain, x509Authorities }: ReturnType<typeof readBundleFile>): X509Bundle {
  return { trustDomain, authorities: x509Authorities };
}

function bytesOf(files: Files, path: string): Buffer {
  return files.get(path) ?? Buffer.of();
}
