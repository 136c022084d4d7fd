import { isIP, isIPv4, isIPv6 } from "node:net";

const dateTime = /^\d{4}-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const quantity = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

interface FormatRule {
  readonly name: string;
  readonly example: string;
  readonly holds: (text: string) => boolean;
}

const formats: Readonly<Record<string, FormatRule>> = {
  "date-time": { name: "date and time", example: "2026-01-31T12:00:00Z", holds: isDateTime },
  // Go's decoder skips line breaks, which `base64` without -w0 writes.
  byte: { name: "base64", example: "aGVsbG8=", holds: (text) => base64.test(text.replace(/[\r\n]/g, "")) },
  cidr: { name: "CIDR", example: "10.42.0.0/16", holds: isCidr },
  ipv4: { name: "IPv4 address", example: "10.42.0.1", holds: isIPv4 },
  ipv6: { name: "IPv6 address", example: "fd00::1", holds: isIPv6 },
};

/**
 * The format that a string breaks, or `undefined`. Only formats that the API server enforces are checked:
 * `idn-hostname` and the like pass, as they do there.
 */
export function brokenFormat(format: string, text: string): FormatRule | undefined {
  const rule = Object.hasOwn(formats, format) ? formats[format] : undefined;
  return rule?.holds(text) === false ? rule : undefined;
}

/** Kubernetes quantities (`100m`, `1.5Gi`, `1e3`) have no format of their own in the schemas. */
export function isQuantity(value: string): boolean {
  return quantity.test(value.trim());
}

function isDateTime(text: string): boolean {
  const [, month, day] = dateTime.exec(text) ?? [];
  return (
    month !== undefined && Number(month) <= 12 && Number(day) <= 31 && !Number.isNaN(Date.parse(text.toUpperCase()))
  );
}

function isCidr(text: string): boolean {
  const [address = "", length, ...rest] = text.split("/");
  const bits = isIP(address) === 4 ? 32 : 128;
  return (
    isIP(address) > 0 && length !== undefined && /^\d{1,3}$/.test(length) && Number(length) <= bits && rest.length === 0
  );
}

const sizes: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** Whether an integer fits `int32` or `int64`. */
export function fitsInteger(format: string | undefined, value: number): boolean {
  const size = format === undefined ? undefined : sizes[format];
  return size === undefined || !Number.isInteger(value) || (BigInt(value) >= size[0] && BigInt(value) <= size[1]);
}
