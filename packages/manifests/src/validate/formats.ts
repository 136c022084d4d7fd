import { isIP, isIPv4, isIPv6 } from "node:net";

const dateTime = /^\d{4}-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const quantity = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

/**
 * What is wrong with a string of a format, or `undefined`. Only formats that the API server enforces are checked:
 * `idn-hostname` and the like pass, as they do there.
 */
export function formatError(format: string, text: string): string | undefined {
  switch (format) {
    case "date-time":
      return isDateTime(text) ? undefined : "is no date and time such as 2026-01-31T12:00:00Z";
    case "byte":
      // Go's decoder skips line breaks, which `base64` without -w0 writes.
      return base64.test(text.replace(/[\r\n]/g, "")) ? undefined : "is no base64";
    case "cidr":
      return isCidr(text) ? undefined : "is no CIDR such as 10.42.0.0/16";
    case "ipv4":
      return isIPv4(text) ? undefined : "is no IPv4 address";
    case "ipv6":
      return isIPv6(text) ? undefined : "is no IPv6 address";
    default:
      return undefined;
  }
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
