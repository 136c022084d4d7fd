import { isBase64, isCidr, isIPv4Text, isIPv6Text, isMac } from "./formats/addresses.ts";
import { isHostname, isLongName, isMailAddress, isRequestUri, isShortName } from "./formats/names.ts";
import { isDate, isDateTime, isDuration, isGoTime } from "./formats/times.ts";

export interface FormatRule {
  readonly name: string;
  readonly example: string;
  readonly holds: (text: string) => boolean;
}

/**
 * The formats that the API server enforces in custom resources, by their names without hyphens, which it ignores.
 * Others (`idn-hostname`) pass there and here; so do `isbn`, `creditcard` and the like here, which nobody uses.
 */
const formats: Readonly<Record<string, FormatRule>> = {
  datetime: { name: "date and time", example: "2026-01-31T12:00:00Z", holds: isDateTime },
  date: { name: "date", example: "2026-01-31", holds: isDate },
  duration: { name: "duration", example: "1h30m", holds: isDuration },
  byte: { name: "base64", example: "aGVsbG8=", holds: isBase64 },
  cidr: { name: "CIDR", example: "10.42.0.0/16", holds: isCidr },
  ipv4: { name: "IPv4 address", example: "10.42.0.1", holds: isIPv4Text },
  ipv6: { name: "IPv6 address", example: "fd00::1", holds: isIPv6Text },
  mac: { name: "MAC address", example: "00:1a:2b:3c:4d:5e", holds: isMac },
  uri: { name: "URI", example: "https://example.com/path", holds: isRequestUri },
  hostname: { name: "host name", example: "www.example.com", holds: isHostname },
  email: { name: "e-mail address", example: "name@example.com", holds: isMailAddress },
  uuid: { name: "UUID", example: "0e8a1d2c-1b1f-4d5e-9a3b-1c2d3e4f5a6b", holds: (text) => uuid.test(text) },
  k8sshortname: { name: "name", example: "web-1", holds: isShortName },
  k8slongname: { name: "name", example: "web-1.example", holds: isLongName },
};

const uuid = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** What the Go types of built-in kinds read: `byte` with line breaks and `date-time` are decoded, the others are text. */
const nativeFormats: Readonly<Record<string, FormatRule>> = {
  "date-time": { name: "date and time", example: "2026-01-31T12:00:00Z", holds: isGoTime },
  "micro-time": {
    name: "date and time with microseconds",
    example: "2026-01-31T12:00:00.000000Z",
    holds: (text) => isGoTime(text) && /[.,]\d{6}[-+Z]/.test(text),
  },
  // Go's decoder skips line breaks, which `base64` without -w0 writes.
  byte: {
    name: "base64",
    example: "aGVsbG8=",
    holds: (text) => text === "" || isBase64(text.replace(/[\r\n]/g, "")) || /^[\r\n]*$/.test(text),
  },
};

/** The format that a string breaks, or `undefined`. Only formats that the API server enforces are checked. */
export function brokenFormat(format: string, text: string, native: boolean): FormatRule | undefined {
  const [rules, name] = native ? [nativeFormats, format] : [formats, format.replaceAll("-", "")];
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  return rule?.holds(text) === false ? rule : undefined;
}

/** Whether the API server knows a format in custom resources. */
export function isEnforced(format: string): boolean {
  return Object.hasOwn(formats, format.replaceAll("-", ""));
}

const quantity = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

/** Kubernetes quantities (`100m`, `1.5Gi`, `1e3`) have no format of their own in the schemas. */
export function isQuantity(value: string): boolean {
  return quantity.test(value.trim());
}

const sizes: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  // 2^63 is what the largest int64 is read as in JavaScript.
  int64: [-(2n ** 63n), 2n ** 63n],
};

/** Whether an integer fits `int32` or `int64`. */
export function fitsInteger(format: string | undefined, value: number): boolean {
  const size = format === undefined ? undefined : sizes[format];
  return size === undefined || !Number.isInteger(value) || (BigInt(value) >= size[0] && BigInt(value) <= size[1]);
}
