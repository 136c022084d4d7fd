import { proxyApplication } from "@idstack/authentik";
import { checkImage } from "@idstack/cluster";
import type { Path } from "@idstack/manifests";
import { hasIdentity } from "../../authorization.ts";
import type { ServiceInput } from "../../declaration/service-input.ts";
import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import { givenVariables } from "../../expand/environment.ts";
import { checkCalls } from "./check-calls.ts";
import { checkDatabase } from "./check-database.ts";
import { checkEgress } from "./check-egress.ts";
import { checkNamespace, type Report } from "./report.ts";

/** A service refers to what is declared, and needs what is installed. */
export function checkService(stack: StackDeclaration, name: string, service: ServiceInput, report: Report): void {
  const at = (...rest: (string | number)[]): Path => ["services", name, ...rest];
  checkNamespace(stack, at("namespace"), service.namespace, report);
  for (const { message, help, severity } of checkImage(service.image)) {
    if (severity === "error") report("stack/shape", at("image"), `${message}.`, help);
  }
  checkCalls(stack, at("calls"), name, service, report);
  for (const [index, destination] of (service.egress ?? []).entries()) {
    checkEgress(stack, at("egress", index), destination, report);
  }
  if (service.mtls === true && stack.platform?.spire === undefined) {
    report("stack/needs", at("mtls"), "needs SPIRE.", "Declare `platform: { spire: {} }`.");
  }
  if (service.expose !== undefined) checkExposure(stack, at("expose"), name, service, report);
  if (service.database !== undefined) checkDatabase(stack, at("database"), name, service.database, report);
  checkVariables(stack, name, service, report);
}

function checkExposure(
  stack: StackDeclaration,
  path: Path,
  name: string,
  { expose, mtls }: ServiceInput,
  report: Report,
): void {
  if (stack.platform?.traefik === undefined) {
    report("stack/needs", path, "needs an ingress.", "Declare `platform: { traefik: {} }`.");
  }
  if (mtls === true) {
    report(
      "stack/conflict",
      path,
      "is not possible with `mtls`: neither browsers nor Traefik have an SVID to show.",
      "Expose a service without `mtls` that calls this one.",
    );
  }
  if (expose?.sso === undefined) return;
  if (stack.platform?.authentik === undefined) {
    report("stack/needs", [...path, "sso"], "needs Authentik.", "Declare `platform.authentik`.");
  }
  try {
    proxyApplication({ slug: name, host: expose.host, groups: expose.sso });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    report(
      "stack/name-taken",
      [...path, "sso"],
      `${error.message.replace(/^proxyApplication: /, "")}.`,
      "Rename the service.",
    );
  }
}

function checkVariables(stack: StackDeclaration, name: string, service: ServiceInput, report: Report): void {
  const given = givenVariables(service, hasIdentity(stack, name));
  const secrets = Object.keys(service.secrets ?? {});
  for (const [key, variables] of [["secrets", secrets] as const, ["env", Object.keys(service.env ?? {})] as const]) {
    for (const variable of variables) {
      const origin = key === "env" && secrets.includes(variable) ? "`secrets`" : given.get(variable);
      if (origin === undefined) continue;
      report(
        "stack/name-taken",
        ["services", name, key, variable],
        `is set already, from ${origin}.`,
        "Give yours another name.",
      );
    }
  }
}
