import { isIPv6 } from "node:net";

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;

/** Base64 on one line; an empty text is none. */
export function isBase64(text: string): boolean {
  return base64.test(text);
}

/** `10.0.0.1`; leading zeros pass for the sake of what Go once took. */
function isDotted(text: string): boolean {
  const bytes = text.split(".");
  return bytes.length === 4 && bytes.every((byte) => /^\d+$/.test(byte) && Number(byte) <= 255);
}

/** An address with a dot in it: IPv4, or IPv6 that ends in one. */
export function isIPv4Text(text: string): boolean {
  return isDotted(text) || (text.includes(".") && isIPv6Text(text));
}

export function isIPv6Text(text: string): boolean {
  return isIPv6(text) && !text.includes("%");
}

export function isCidr(text: string): boolean {
  const [address = "", length = "", ...rest] = text.split("/");
  const bits = isDotted(address) ? 32 : isIPv6Text(address) ? 128 : -1;
  return rest.length === 0 && /^\d+$/.test(length) && Number(length) <= bits;
}

/** 6, 8 or 20 bytes in hexadecimal, by twos with colons or hyphens, by fours with dots, or in one. */
export function isMac(text: string): boolean {
  if (/^(?:[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{40})$/i.test(text)) return true;
  const separator = /^[0-9a-f]{2}([:-])/i.exec(text)?.[1] ?? ".";
  const width = separator === "." ? 4 : 2;
  const groups = text.split(separator);
  return (
    [6, 8, 20].includes((groups.length * width) / 2) &&
    groups.every((group) => group.length === width && /^[0-9a-f]+$/i.test(group))
  );
}
