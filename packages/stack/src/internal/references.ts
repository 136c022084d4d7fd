import { closest, type Diagnostic, formatPath, type Path } from "@idstack/manifests";
import type { ServiceInput, StackDeclaration } from "../declaration.ts";

type Report = (path: Path, message: string, help?: string) => void;

/** Checks what the shape cannot: that names refer to something, and that every need is met by the platform. */
export function checkReferences(stack: StackDeclaration): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report: Report = (path, message, help) => {
    found.push({ code: "stack-reference", severity: "error", message, path: formatPath(path), help });
  };
  checkPlatform(stack, report);
  for (const [name, namespace] of Object.entries(stack.namespaces)) {
    if (namespace.podSecurity === "privileged" && namespace.justification === undefined) {
      report(["namespaces", name], "runs privileged pods without saying why.", 'Add `justification: "…"`.');
    }
  }
  for (const [name, service] of Object.entries(stack.services)) checkService(stack, name, service, report);
  checkHosts(stack, report);
  for (const [index, name] of (stack.runtime?.blockShells ?? []).entries()) {
    checkNamespace(stack, ["runtime", "blockShells", index], name, report);
    if (stack.platform?.tetragon === undefined) {
      report(["runtime", "blockShells"], "needs Tetragon.", "Declare `platform: { tetragon: {} }`.");
    }
    if (stack.platform?.authentik?.namespace === name) {
      report(
        ["runtime", "blockShells", index],
        `Authentik in ${name} starts through a shell script.`,
        "Leave this namespace out.",
      );
    }
  }
  for (const [file, namespace] of Object.entries(stack.sops?.files ?? {})) {
    checkNamespace(stack, ["sops", "files", file], namespace, report);
  }
  return found;
}

function checkPlatform(stack: StackDeclaration, report: Report): void {
  const { platform } = stack;
  if (platform === undefined) return;
  checkNamespace(stack, ["platform", "namespace"], platform.namespace, report);
  if (platform.authentik !== undefined) {
    checkNamespace(stack, ["platform", "authentik", "namespace"], platform.authentik.namespace, report);
    checkDatabase(stack, ["platform", "authentik", "database"], platform.authentik.database, report);
    if (platform.traefik === undefined) {
      report(["platform", "authentik", "host"], "has no ingress.", "Declare `platform: { traefik: {} }`.");
    }
  }
  if (platform.traefik !== undefined && platform.certManager === undefined) {
    report(["platform", "traefik"], "has no issuer for its certificates.", "Declare `platform.certManager`.");
  }
  if (stack.secretStore !== undefined && platform.externalSecrets === undefined) {
    report(["secretStore"], "needs the External Secrets operator.", "Declare `platform: { externalSecrets: {} }`.");
  }
}

function checkService(stack: StackDeclaration, name: string, service: ServiceInput, report: Report): void {
  const at = (...rest: (string | number)[]): Path => ["services", name, ...rest];
  const names = Object.keys(stack.services);
  checkNamespace(stack, at("namespace"), service.namespace, report);
  for (const [index, call] of (service.calls ?? []).entries()) {
    const target = typeof call === "string" ? call : call.service;
    if (target === name) report(at("calls", index), `${name} calls itself.`, "Remove it: a pod reaches itself.");
    else if (!names.includes(target)) {
      report(at("calls", index), `there is no service "${target}".`, didYouMean(target, names));
    } else if (typeof call !== "string" && (service.mtls === true || stack.services[target]?.mtls === true)) {
      report(
        at("calls", index, "http"),
        "cannot be checked by the network inside mTLS.",
        "Check requests in the service, or drop `mtls`.",
      );
    }
  }
  if (service.mtls === true && stack.platform?.spire === undefined) {
    report(at("mtls"), "needs SPIRE.", "Declare `platform: { spire: {} }`.");
  }
  if (service.expose !== undefined && stack.platform?.traefik === undefined) {
    report(at("expose"), "needs an ingress.", "Declare `platform: { traefik: {} }`.");
  }
  if (service.expose?.sso !== undefined && stack.platform?.authentik === undefined) {
    report(at("expose", "sso"), "needs Authentik.", "Declare `platform.authentik`.");
  }
  if (service.database !== undefined) checkDatabase(stack, at("database"), service.database, report);
  if (Object.keys(service.secrets ?? {}).length > 0 && stack.secretStore === undefined) {
    report(at("secrets"), "have no store.", "Declare `secretStore: bitwarden({ … })`.");
  }
}

function checkDatabase(
  stack: StackDeclaration,
  path: Path,
  database: NonNullable<ServiceInput["database"]>,
  report: Report,
): void {
  if (stack.platform?.cloudNativePg === undefined) {
    report(path, "needs CloudNativePG.", "Declare `platform: { cloudNativePg: {} }`.");
  }
  if (typeof database.backup === "string" && stack.backups === undefined) {
    report([...path, "backup"], "has nowhere to go.", "Declare `backups: { bucket, endpoint, credentials }`.");
  }
}

function checkNamespace(stack: StackDeclaration, path: Path, namespace: string, report: Report): void {
  const names = Object.keys(stack.namespaces);
  if (!names.includes(namespace)) {
    report(path, `namespace "${namespace}" is not declared.`, didYouMean(namespace, names));
  }
}

function checkHosts(stack: StackDeclaration, report: Report): void {
  const exposed: [string | undefined, Path][] = [
    [stack.platform?.argoCd?.host, ["platform", "argoCd", "host"]],
    [stack.platform?.authentik?.host, ["platform", "authentik", "host"]],
    ...Object.entries(stack.services).map(([name, service]): [string | undefined, Path] => [
      service.expose?.host,
      ["services", name, "expose", "host"],
    ]),
  ];
  const taken = new Map<string, Path>();
  for (const [host, path] of exposed) {
    if (host === undefined) continue;
    const before = taken.get(host);
    if (before !== undefined) report(path, `${host} is taken by ${formatPath(before)}.`);
    else taken.set(host, path);
  }
}

function didYouMean(name: string, names: readonly string[]): string {
  const near = closest(name, names);
  return near === undefined ? `Declared are: ${names.join(", ")}.` : `Did you mean "${near}"?`;
}
