import { type Claim, claim, type Destination, flow, reachedOnlyBy, reachesOnly } from "@idstack/reach";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { deniesByDefault } from "../expand/connect.ts";
import { type HostAndPort, isAddress, parseHostAndPort } from "../internal/addresses.ts";
import { callersOf, databaseParty, ingressParty, serviceParty, servicePort, targetsOf } from "./parties.ts";

const dns: readonly Destination[] = ["udp/53", "tcp/53"].map((port) => ({ to: "kube-system/coredns", port }));

/** Who reaches a service, and what it reaches. */
export function serviceClaims(stack: StackDeclaration, name: string): Claim[] {
  const service = stack.services[name];
  if (service === undefined || !deniesByDefault(stack, service.namespace)) return [];
  const callers = callersOf(stack, name);
  const exposed = service.expose !== undefined;
  const sources = [...callers.map((caller) => serviceParty(stack, caller)), ...(exposed ? [ingressParty(stack)] : [])];
  const who = [...callers, ...(exposed ? ["Traefik"] : [])];
  return [
    reachedOnlyBy(
      serviceParty(stack, name),
      servicePort(stack, name),
      sources,
      who.length === 0 ? `nobody reaches ${name}` : `only ${list(who)} reach${who.length === 1 ? "es" : ""} ${name}`,
    ),
    ...outgoing(stack, name),
  ];
}

function outgoing(stack: StackDeclaration, name: string): Claim[] {
  const { namespace = "", database, egress = [] } = stack.services[name] ?? {};
  const outside = egress.map(parseHostAndPort).filter((each) => each !== undefined);
  if (outside.some(({ host }) => isAddress(host))) return addressed(stack, name, outside);
  const targets = targetsOf(stack, name);
  const destinations: Destination[] = [
    ...targets.map((target) => ({ to: serviceParty(stack, target), port: servicePort(stack, target) })),
    ...(database === undefined ? [] : [{ to: databaseParty(namespace, name), port: "tcp/5432" }]),
    ...outside.map(({ host, port }) => ({ to: `fqdn:${host}`, port: `tcp/${port}` })),
    ...dns,
  ];
  const what = [
    ...targets,
    ...(database === undefined ? [] : ["its database"]),
    ...outside.map(({ host }) => host),
    "DNS",
  ];
  return [reachesOnly(serviceParty(stack, name), destinations, `${name} reaches only ${list(what)}`)];
}

/** The evaluator cannot tell an address that is meant from the rest of the world, so the rest is claimed by name. */
function addressed(stack: StackDeclaration, name: string, outside: readonly HostAndPort[]): Claim[] {
  const from = serviceParty(stack, name);
  const targets = targetsOf(stack, name);
  const others = Object.keys(stack.services).filter((other) => other !== name && !targets.includes(other));
  return [
    ...outside.map(({ host, port }) =>
      claim(
        `${name} reaches ${host}`,
        flow(from, isAddress(host) ? `ip:${host}` : `fqdn:${host}`, `tcp/${port}`),
        "allowed",
      ),
    ),
    ...others.map((other) =>
      claim(`${name} does not reach ${other}`, flow(from, serviceParty(stack, other)), "denied"),
    ),
    claim(`${name} does not reach the API server`, flow(from, "entity:kube-apiserver"), "denied"),
  ];
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
