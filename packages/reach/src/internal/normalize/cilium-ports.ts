import type { Path } from "@idstack/manifests";
import type { L7, PortRule, PortSpec, Protocol } from "../ports.ts";
import { type PortScope, readL7 } from "./cilium-l7.ts";
import type { PolicyContext } from "./context.ts";
import { ICMP_TYPES } from "./icmp-types.ts";
import { DENY_PORT_RULE, ICMP_RULE, PORT, PORT_RULE } from "./known-fields.ts";
import { integer, list, type Mapping, mapping, maps, RefusedPolicy, text } from "./read.ts";

const PROTOCOLS = ["TCP", "UDP", "SCTP", "ANY", "VRRP", "IGMP", "GRE", "IPIP", "IPV6", "ESP", "AH"];

/** Reads `toPorts` and `icmps` of one item: `any` when neither restricts, an empty list when they cover nothing. */
export function readPorts(
  item: Mapping,
  path: Path,
  scope: PortScope,
  context: PolicyContext,
): readonly PortRule[] | "any" {
  const toPorts = maps(item["toPorts"], [...path, "toPorts"]) ?? [];
  const icmps = maps(item["icmps"], [...path, "icmps"]) ?? [];
  if (toPorts.length > 0 && icmps.length > 0)
    throw new RefusedPolicy([...path, "icmps"], "icmps and toPorts exclude each other");
  if (toPorts.length === 0 && icmps.length === 0) return "any";
  return [
    ...toPorts.map((rule) => readPortRule(rule.item, rule.path, scope, context)),
    ...icmps.map((rule) => readIcmp(rule.item, rule.path, context)),
  ];
}

function readPortRule(rule: Mapping, path: Path, scope: PortScope, context: PolicyContext): PortRule {
  context.onlyKnown(rule, scope.deny ? DENY_PORT_RULE : PORT_RULE, path);
  const ports = maps(rule["ports"], [...path, "ports"]) ?? [];
  if (ports.length > 40) throw new RefusedPolicy([...path, "ports"], "at most 40 ports");
  const l7 = scope.deny ? undefined : readL7(rule, path, scope, context);
  const specs = ports.flatMap((port) => readPort(port.item, port.path, l7, scope, context));
  if (l7?.parser === "dns" && ports.length === 0) throw new RefusedPolicy([...path, "rules"], "DNS rules need a port");
  return { specs, l7 };
}

function readPort(raw: Mapping, path: Path, l7: L7 | undefined, scope: PortScope, context: PolicyContext): PortSpec[] {
  context.onlyKnown(raw, PORT, path);
  const port = text(raw["port"], [...path, "port"]);
  const endPort = integer(raw["endPort"], [...path, "endPort"]) ?? 0;
  const protocol = (text(raw["protocol"], [...path, "protocol"]) || "ANY").toUpperCase();
  if (!PROTOCOLS.includes(protocol))
    throw new RefusedPolicy([...path, "protocol"], `protocol "${protocol}" does not exist`);
  if (port === undefined || port === "") throw new RefusedPolicy(path, 'port must be given ("0" stands for all)');
  const named = isServiceName(port);
  const number = named ? 0 : portNumber(port);
  if (number === undefined) throw new RefusedPolicy([...path, "port"], `"${port}" is not a port`);
  if (l7 !== undefined && l7.parser !== "tls" && l7.parser !== "crd") {
    if (!named && number === 0) throw new RefusedPolicy([...path, "port"], "L7 rules cannot be used with port 0");
    if (l7.parser === "http" && protocol !== "TCP")
      throw new RefusedPolicy([...path, "protocol"], "HTTP rules need protocol TCP");
    if (l7.parser === "dns" && !named && endPort > number)
      throw new RefusedPolicy([...path, "endPort"], "DNS rules take no port range");
  }
  if (named && endPort > 0) {
    const what = "endPort beside a named port";
    const help = "Remove endPort, or write the port as a number.";
    // At ingress the engine gives the end of whichever rule comes first to every rule with that name.
    if (scope.direction === "ingress") context.spreads([...path, "endPort"], what, help);
    else context.diagnose("no-effect", "warning", [...path, "endPort"], `${what} has no effect`, help);
  }
  const protocols = protocol === "ANY" ? ["tcp", "udp", "sctp"] : [protocol.toLowerCase()];
  return protocols.map((name) => ({
    protocol: name,
    port: number,
    endPort,
    ...(named ? { name: port.toLowerCase() } : {}),
  }));
}

/** Numbers as Go reads them: a leading zero makes them octal. */
function portNumber(port: string): number | undefined {
  if (!/^(0[0-7]*|[1-9][0-9]*)$/.test(port)) return undefined;
  const number = Number.parseInt(port, port.startsWith("0") ? 8 : 10);
  return number <= 65535 ? number : undefined;
}

/** IANA service names: up to 15 characters, at least one letter, single dashes inside. */
export function isServiceName(port: string): boolean {
  return port.length <= 15 && /^([a-zA-Z0-9]-?)*[a-zA-Z](-?[a-zA-Z0-9])*$/.test(port);
}

function readIcmp(raw: Mapping, path: Path, context: PolicyContext): PortRule {
  context.onlyKnown(raw, ICMP_RULE, path);
  const fields = list(raw["fields"], [...path, "fields"]) ?? [];
  if (fields.length > 40) throw new RefusedPolicy([...path, "fields"], "at most 40 fields");
  const specs = fields.map((field, index): PortSpec => {
    const at = [...path, "fields", index];
    const { family = "IPv4", type } = mapping(field, at) ?? {};
    if (family !== "IPv4" && family !== "IPv6" && family !== "")
      throw new RefusedPolicy(at, `family "${String(family)}" does not exist`);
    const protocol: Protocol = family === "IPv6" ? "icmpv6" : "icmp";
    const number = typeof type === "string" && !/^[0-9]+$/.test(type) ? ICMP_TYPES[protocol]?.[type] : Number(type);
    if (number === undefined || !Number.isInteger(number)) {
      throw new RefusedPolicy(at, `ICMP type "${String(type)}" does not exist for ${String(family)}`);
    }
    if (number < 0 || number > 255) {
      const effect = number < 0 ? "covers every type" : "covers no type";
      context.diagnose("no-icmp-type", "warning", [...at, "type"], `${number} is no ICMP type and ${effect}`);
    }
    return { protocol, port: Math.min(Math.max(number, 0), 65535), endPort: 0 };
  });
  return { specs, l7: undefined };
}
