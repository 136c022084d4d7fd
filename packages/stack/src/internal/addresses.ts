import { isIPv4, isIPv6 } from "node:net";

/** A host and a port, as people write them: `api.example.com:443`, `192.168.1.20:8123`, `[fd00::20]:443`. */
export interface HostAndPort {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

const NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$/;

/** Reads `host:port`; undefined where it is not one, or the port is out of range. */
export function parseHostAndPort(text: string): HostAndPort | undefined {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const [, bracketed, bare, digits] = match ?? [];
  const host = bracketed ?? bare ?? "";
  const port = Number(digits);
  const known = bracketed === undefined ? isHost(host) : isIPv6(host);
  return known && port >= 1 && port <= 65535 ? { host, port } : undefined;
}

/** Reads the address of an API server: an IP address, with or without a port. IPv6 needs brackets before a port. */
export function parseApiServer(text: string): HostAndPort | undefined {
  const bare = /^\[([^\]]+)\]$/.exec(text)?.[1] ?? text;
  if (isAddress(bare)) return { host: bare, port: 6443 };
  const found = parseHostAndPort(text);
  return found !== undefined && isAddress(found.host) ? found : undefined;
}

/** Whether a host is an address, and no name. */
export function isAddress(host: string): boolean {
  return isIPv4(host) || isIPv6(host);
}

/** The block that holds one address and no other. */
export function singleAddress(address: string): string {
  return `${address}/${isIPv6(address) ? 128 : 32}`;
}

/** Whether a name is one of the cluster's own, which no policy about outside names ever matches. */
export function isClusterName(host: string): boolean {
  return /(^|\.)(svc|cluster\.local)$/.test(host);
}

/** A dotted name of digits only is a mistyped address, which no resolver answers. */
function isHost(host: string): boolean {
  return isIPv4(host) || (NAME.test(host) && !/^[\d.]+$/.test(host));
}
