import type { EndpointPort } from "@idstack/manifests";
import { closest } from "@idstack/manifests";
import { ReachError } from "../errors.ts";
import type { Port } from "../party.ts";
import { ICMP_TYPES } from "./normalize/icmp-types.ts";
import { ICMP, maxPort, minPort, type PortRange, type Protocol, resolveName, TRANSPORTS } from "./ports.ts";

/** A port question: a range per protocol, or a name that only the destination can resolve. */
export type PortQuestion = { readonly protocols: readonly Protocol[] } & (
  | { readonly range: { readonly first: number; readonly last: number } | undefined; readonly name?: undefined }
  | { readonly name: string }
);

export function formatPort(port: Port): string {
  if (typeof port === "number") return `tcp/${port}`;
  if (typeof port === "string") return port;
  return port.port === undefined ? port.protocol : `${port.protocol}/${port.port}`;
}

export function parsePort(port: Port): PortQuestion {
  const text = formatPort(port).toLowerCase();
  const [protocol = "", ...rest] = text.split("/");
  const known = ["tcp", "udp", "sctp", "icmp", "icmpv6", "any"];
  if (!known.includes(protocol)) {
    const example = /^[0-9a-z-]+$/.test(text) ? `: write "tcp/${text}"` : ` (${known.join(", ")})`;
    throw new TypeError(`port "${formatPort(port)}" needs a protocol${example}`);
  }
  const protocols = protocol === "any" ? TRANSPORTS : [protocol];
  const which = rest.join("/");
  if (which === "" && rest.length > 0) throw new TypeError(`port "${formatPort(port)}" has an empty number`);
  if (rest.length === 0 || which === "*") return { protocols, range: undefined };
  const range = /^(\d+)(?:-(\d+))?$/.exec(which);
  if (range !== null) {
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    if (first < minPort(protocols[0] ?? "") || last < first || last > maxPort(protocols[0] ?? "")) {
      throw new TypeError(`port "${formatPort(port)}" is out of range`);
    }
    return { protocols, range: { first, last } };
  }
  if (ICMP.includes(protocol))
    return { protocols, range: icmpType(protocol, formatPort(port).slice(protocol.length + 1)) };
  return { protocols, name: which };
}

/** The ranges a question is about at a destination with these ports. */
export function rangesAt(question: PortQuestion, destination: string, ports: readonly EndpointPort[]): PortRange[] {
  const { protocols } = question;
  if (question.name === undefined) {
    return protocols.map((protocol) => ({
      protocol,
      ...(question.range ?? { first: minPort(protocol), last: maxPort(protocol) }),
    }));
  }
  const { name } = question;
  const found = protocols.flatMap((protocol): PortRange[] => {
    const port = resolveName(name, protocol, ports);
    return port === undefined ? [] : [{ protocol, first: port, last: port }];
  });
  if (found.length > 0) return found;
  const names = ports.flatMap((port) => (port.name === undefined ? [] : [port.name]));
  const meant = closest(name, names);
  const hint =
    names.length === 0
      ? "it declares no named ports"
      : meant === undefined
        ? `it has ${names.join(", ")}`
        : `did you mean "${meant}"?`;
  throw new ReachError("no-port", `${destination} has no ${protocols.join("/")} port named "${name}": ${hint}`, {
    subject: name,
    suggestions: meant === undefined ? names : [meant],
  });
}

function icmpType(protocol: Protocol, name: string): { readonly first: number; readonly last: number } {
  const types = ICMP_TYPES[protocol] ?? {};
  const key = Object.keys(types).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  const type = key === undefined ? undefined : types[key];
  if (type === undefined) {
    const meant = closest(name, Object.keys(types));
    throw new TypeError(`ICMP type "${name}" does not exist${meant === undefined ? "" : `, did you mean "${meant}"?`}`);
  }
  return { first: type, last: type };
}
