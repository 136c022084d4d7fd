import { type Claim, reachedOnlyBy } from "@idstack/reach";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { deniesByDefault } from "../expand/connect.ts";
import { databaseParty, ingressParty, serviceParty } from "./parties.ts";

/** Who reaches each database, and Authentik, which has the widest of them. */
export function databaseClaims(stack: StackDeclaration): Claim[] {
  const services = Object.entries(stack.services).flatMap(([name, { namespace, database }]) =>
    database === undefined ? [] : claimsAbout(stack, namespace, name, [serviceParty(stack, name)]),
  );
  return [...services, ...authentikClaims(stack)];
}

function authentikClaims(stack: StackDeclaration): Claim[] {
  const { authentik } = stack.platform ?? {};
  if (authentik === undefined || !deniesByDefault(stack, authentik.namespace)) return [];
  const { namespace } = authentik;
  const pods = ["server", "worker"].map((component) => `${namespace}/authentik-${component}`);
  return [
    reachedOnlyBy(`${namespace}/authentik-server`, "tcp/9000", [ingressParty(stack)], "only Traefik reaches Authentik"),
    ...claimsAbout(stack, namespace, "authentik", pods),
  ];
}

function claimsAbout(stack: StackDeclaration, namespace: string, owner: string, clients: readonly string[]): Claim[] {
  if (!deniesByDefault(stack, namespace)) return [];
  const party = databaseParty(namespace, owner);
  const operator = `${stack.platform?.namespace ?? ""}/cloudnative-pg`;
  return [
    reachedOnlyBy(party, "tcp/5432", [...clients, party], `only ${owner} and its own instances reach ${party}`),
    reachedOnlyBy(
      party,
      "tcp/8000",
      [operator, party],
      `only the operator and its own instances reach the status port of ${party}`,
    ),
  ];
}
