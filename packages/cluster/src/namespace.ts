import { assertLabel, metadata, type ObjectOptions } from "@idstack/manifests";
import type { Namespace } from "@idstack/schemas/v1";

/** A profile of the Pod Security Standards: what pods of a namespace may ask for. */
export type PodSecurity = "restricted" | "baseline" | "privileged";

/** Options of {@link namespace}. */
export interface NamespaceOptions extends ObjectOptions {
  /** Profile that admission enforces; no default, because leaving it out means `privileged`. */
  readonly podSecurity: PodSecurity;
  /** Version of the profiles, `"v1.36"`; default `"latest"`: that of the API server. */
  readonly version?: string;
  /** Profile that is audited and warned about; default the stricter of `podSecurity` and `restricted`. */
  readonly warn?: PodSecurity;
  /** Fields not modelled above, merged last. */
  readonly spec?: NonNullable<Namespace["spec"]>;
}

/**
 * A Namespace with Pod Security labels: `enforce` at the profile asked for, `audit` and `warn` at `restricted`, so that
 * a namespace that cannot be restricted yet shows what keeps it from it.
 *
 * @throws TypeError for a name, profile version or Pod Security label that would be ignored or refused.
 * @example
 * ```ts
 * import { namespace } from "@idstack/cluster";
 * console.log(namespace({ name: "apps", podSecurity: "restricted" }).metadata?.labels);
 * ```
 */
export function namespace(options: NamespaceOptions): Namespace {
  const { podSecurity, version = "latest", warn = "restricted", labels = {}, spec } = options;
  assertLabel(options.name, "name");
  if (!/^(latest|v1\.\d+)$/.test(version))
    throw new TypeError(`version: "${version}" is neither "latest" nor "v1.<n>"`);
  const taken = Object.keys(labels).find((key) => key.startsWith(PREFIX));
  if (taken !== undefined) throw new TypeError(`labels: set "${taken}" with podSecurity, version and warn`);
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: metadata({
      ...options,
      labels: {
        ...labels,
        [`${PREFIX}enforce`]: podSecurity,
        [`${PREFIX}enforce-version`]: version,
        [`${PREFIX}audit`]: warn,
        [`${PREFIX}audit-version`]: version,
        [`${PREFIX}warn`]: warn,
        [`${PREFIX}warn-version`]: version,
      },
    }),
    ...(spec && { spec }),
  };
}

const PREFIX = "pod-security.kubernetes.io/";
