import type { Diagnostic } from "@idstack/manifests";
import type { CiliumNetworkPolicy } from "@idstack/schemas/cilium.io/v2";
import type { NetworkPolicy } from "@idstack/schemas/networking.k8s.io/v1";
import type { Intent } from "../intents/intent.ts";
import { checkIntents } from "./check-intents.ts";
import { ciliumLost, toCilium } from "./cilium.ts";
import { toKubernetes, wideCidrs } from "./kubernetes.ts";
import { plan } from "./plan.ts";

/** Who enforces the policies, and the kind of object that makes. */
export interface PolicyTargets {
  readonly cilium: CiliumNetworkPolicy;
  readonly kubernetes: NetworkPolicy;
}

/** What {@link compile} gives. Paths of the diagnostics begin with `intents[n]`. */
export interface Compiled<T> {
  /** One object per subject, peer and direction, in the order of the intents. */
  readonly objects: T[];
  /** What the target cannot say. Rules named here are left out, never widened: their traffic stays blocked. */
  readonly lost: Diagnostic[];
  /** What is wrong with the intents: a DNS name nobody may ask for, a restriction another allow voids. */
  readonly diagnostics: Diagnostic[];
}

/**
 * Turns intents into policy objects. Names are deterministic: `default-deny`, `allow-dns`, `web-to-apps-api` (egress, in
 * the source's namespace), `api-from-apps-web` (ingress, in the destination's).
 *
 * @example
 * ```ts
 * import { allow, compile, defaultDeny, dns } from "@idstack/policy";
 * const { objects, lost } = compile("kubernetes", [
 *   defaultDeny("apps"),
 *   dns("apps"),
 *   allow({ from: "apps/api", to: { fqdn: "api.example.com" }, ports: ["tcp/443"] }),
 * ]);
 * console.log(objects.length, lost[0]?.code); // 3 policy/lost-fqdn
 * ```
 */
export function compile<T extends keyof PolicyTargets>(
  target: T,
  intents: readonly Intent[],
): Compiled<PolicyTargets[T]>;
export function compile(
  target: keyof PolicyTargets,
  intents: readonly Intent[],
): Compiled<CiliumNetworkPolicy> | Compiled<NetworkPolicy> {
  const policies = plan(intents);
  const diagnostics = checkIntents(intents);
  if (target === "cilium") {
    return { objects: policies.map(toCilium), lost: policies.flatMap(ciliumLost), diagnostics };
  }
  const made = policies.map(toKubernetes);
  return {
    objects: made.map(({ object }) => object),
    lost: made.flatMap(({ lost }) => lost),
    // DNS names are lost already; that nobody may ask for them matters no more.
    diagnostics: [...diagnostics.filter(({ code }) => !code.startsWith("policy/fqdn")), ...wideCidrs(intents)],
  };
}
