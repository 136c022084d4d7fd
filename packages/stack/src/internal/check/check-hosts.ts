import { formatPath, type Path } from "@idstack/manifests";
import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import type { Report } from "./report.ts";

/** Endings of names that exist in private networks only (RFC 6761, RFC 8375, and what routers make up). */
const PRIVATE = /(^|\.)(home\.arpa|internal|local|localhost|localdomain|lan|home|corp|intranet|private|test|invalid)$/;

/** Every host has one route, and a zone in which its certificate can be issued. */
export function checkHosts(stack: StackDeclaration, report: Report): void {
  const { argoCd, authentik, certManager } = stack.platform ?? {};
  const exposed: [string | undefined, Path][] = [
    [argoCd?.host, ["platform", "argoCd", "host"]],
    [authentik?.host, ["platform", "authentik", "host"]],
    ...Object.entries(stack.services).map(([name, service]): [string | undefined, Path] => [
      service.expose?.host,
      ["services", name, "expose", "host"],
    ]),
  ];
  const zones = certManager !== undefined && "acme" in certManager ? certManager.acme.zones : undefined;
  for (const [index, zone] of (zones ?? []).entries()) {
    if (!PRIVATE.test(zone)) continue;
    report(
      "stack/conflict",
      ["platform", "certManager", "acme", "zones", index],
      `${zone} is no public domain, so Let's Encrypt signs none of its names.`,
      "Use a domain of your own, or write `certManager: { internalCa: {} }`.",
    );
  }
  const taken = new Map<string, Path>();
  for (const [host, path] of exposed) {
    if (host === undefined) continue;
    const before = taken.get(host);
    if (before === undefined) taken.set(host, path);
    else report("stack/name-taken", path, `${host} is taken by ${formatPath(before)}.`);
    if (zones !== undefined && !zones.some((zone) => host === zone || host.endsWith(`.${zone}`))) {
      report(
        "stack/conflict",
        path,
        `${host} is in none of the zones that certificates are issued for (${zones.join(", ")}).`,
        "Add its zone to `platform.certManager.acme.zones`.",
      );
    }
  }
}
