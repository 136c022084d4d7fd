import { isIPv4, isIPv6 } from "node:net";

/** An address block: its first address as a number, and how many leading bits are fixed. */
interface Block {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly length: number;
}

/**
 * The CIDR in the form every API version takes: with a prefix length (Cilium's main branch rejects bare addresses)
 * and no host bits. TypeError when it is neither.
 */
export function canonicalCidr(text: string, where: string): string {
  const block = parse(text, where);
  const mask = block.length === 0 ? 0n : ((1n << BigInt(block.length)) - 1n) << BigInt(block.bits - block.length);
  if ((block.first & ~mask) !== 0n) {
    throw new TypeError(`${where}: "${text}" has bits set beyond its prefix length`);
  }
  return text.includes("/") ? text.toLowerCase() : `${text.toLowerCase()}/${block.bits}`;
}

/** Whether every address of `inner` lies in `outer`. */
export function cidrContains(outer: string, inner: string, where: string): boolean {
  const a = parse(outer, where);
  const b = parse(inner, where);
  const shift = BigInt(a.bits - a.length);
  return a.bits === b.bits && b.length >= a.length && a.first >> shift === b.first >> shift;
}

function parse(text: string, where: string): Block {
  const [address = "", length, ...rest] = text.split("/");
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : undefined;
  const fixed = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : undefined;
  if (bits === undefined || fixed === undefined || fixed > bits || rest.length > 0) {
    throw new TypeError(`${where}: "${text}" is not a CIDR such as "192.168.1.0/24"`);
  }
  return { bits, first: bits === 32 ? v4(address) : v6(address), length: fixed };
}

function v4(address: string): bigint {
  return address.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function v6(address: string): bigint {
  const dotted = address.slice(address.lastIndexOf(":") + 1);
  const plain = dotted.includes(".")
    ? `${address.slice(0, -dotted.length)}${(v4(dotted) >> 16n).toString(16)}:${(v4(dotted) & 0xffffn).toString(16)}`
    : address;
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros: string[] = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].reduce((sum, part) => (sum << 16n) | BigInt(`0x${part}`), 0n);
}
