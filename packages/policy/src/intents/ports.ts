/** `"tcp/8080"`, `"udp/53"`, `"tcp/8000-8100"`: the port the container listens on, not the Service's. */
export type PortRef = `${"tcp" | "udp" | "sctp"}/${number}` | `${"tcp" | "udp" | "sctp"}/${number}-${number}`;

/** A port or a range after parsing. */
export interface PortRange {
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly port: number;
  /** Last port of a range, `port` included. */
  readonly endPort?: number;
}

const PORT = /^(tcp|udp|sctp)\/(\d{1,5})(?:-(\d{1,5}))?$/;

/** Parses `"tcp/8080"`; TypeError for anything that is not one port or range between 1 and 65535. */
export function parsePort(text: string, where: string): PortRange {
  const match = PORT.exec(text);
  const protocol = match?.[1]?.toUpperCase() as PortRange["protocol"] | undefined;
  const port = Number(match?.[2]);
  const endPort = match?.[3] === undefined ? undefined : Number(match[3]);
  if (protocol === undefined || port < 1 || Math.max(port, endPort ?? port) > 65535 || (endPort ?? port) < port) {
    throw new TypeError(`${where}: "${text}" is not a port such as "tcp/8080" or "tcp/8000-8100"`);
  }
  return endPort === undefined || endPort === port ? { protocol, port } : { protocol, port, endPort };
}
