import { spireChart } from "@idstack/spire";
import type { PlatformInput } from "../../declaration/platform-input.ts";
import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import { deniesByDefault } from "../../expand/connect.ts";
import { checkDatabase } from "./check-database.ts";
import { checkNamespace, type Report } from "./report.ts";

/** Charts that are installed in the namespace of the platform, and bring no policies. */
const charts = {
  certManager: "cert-manager",
  externalSecrets: "External Secrets",
  cloudNativePg: "CloudNativePG",
  traefik: "Traefik",
  spire: "SPIRE",
} as const satisfies Partial<Record<keyof PlatformInput, string>>;

/** What the platform installs finds what it needs, in a namespace that lets it work. */
export function checkPlatform(stack: StackDeclaration, report: Report): void {
  const { platform } = stack;
  if (platform === undefined) return;
  const { argoCd, authentik, certManager, namespace, traefik } = platform;
  checkNamespace(stack, ["platform", "namespace"], namespace, report);
  checkOpen(stack, platform, report);
  checkSpire(stack, platform, report);
  if (authentik !== undefined) {
    checkNamespace(stack, ["platform", "authentik", "namespace"], authentik.namespace, report);
    checkDatabase(stack, ["platform", "authentik", "database"], "authentik", authentik.database, report);
  }
  for (const [key, host] of [["argoCd", argoCd?.host] as const, ["authentik", authentik?.host] as const]) {
    if (host !== undefined && traefik === undefined) {
      report("stack/needs", ["platform", key, "host"], "has no ingress.", "Declare `platform: { traefik: {} }`.");
    }
  }
  if (traefik !== undefined && certManager === undefined) {
    report(
      "stack/needs",
      ["platform", "traefik"],
      "has no issuer for its certificates.",
      "Declare `platform.certManager`.",
    );
  }
}

function checkOpen(stack: StackDeclaration, platform: PlatformInput, report: Report): void {
  const { namespace } = platform;
  const cut = Object.entries(charts).filter(([key]) => platform[key as keyof typeof charts] !== undefined);
  if (cut.length === 0 || !deniesByDefault(stack, namespace)) return;
  report(
    "stack/conflict",
    ["platform", "namespace"],
    `"${namespace}" denies by default, which cuts off ${cut.map(([, name]) => name).join(", ")}: charts bring no policies.`,
    `Write \`namespaces: { ${JSON.stringify(namespace)}: { defaultDeny: false } }\`.`,
  );
}

function checkSpire(stack: StackDeclaration, { namespace, spire }: PlatformInput, report: Report): void {
  if (spire === undefined) return;
  const declared = stack.namespaces[namespace];
  if (declared !== undefined && declared.podSecurity !== "privileged") {
    report(
      "stack/conflict",
      ["platform", "spire"],
      `mounts host paths, which "${namespace}" does not admit.`,
      'Write `podSecurity: "privileged"` there, with a `justification`.',
    );
  }
  try {
    spireChart({ trustDomain: stack.cluster.trustDomain, clusterName: stack.cluster.name, namespace, ...spire });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [, at = "", message = error.message] = /^spireChart: server\.(\w+): (.*)$/s.exec(error.message) ?? [];
    const setting = lifetimes[at as keyof typeof lifetimes];
    report("stack/conflict", ["platform", "spire", ...(setting === undefined ? [] : [setting])], inSettings(message));
  }
}

/** SPIRE's names of the lifetimes, and those of the declaration. */
const lifetimes = {
  ca_ttl: "caTtl",
  default_x509_svid_ttl: "x509SvidTtl",
  default_jwt_svid_ttl: "jwtSvidTtl",
} as const;

function inSettings(message: string): string {
  return Object.entries(lifetimes).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), message);
}
