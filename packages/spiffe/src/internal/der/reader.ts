/** One DER element: identifier octet, content range and the bytes of the whole element. */
export interface DerElement {
  readonly tag: number;
  /** Content without identifier and length. */
  readonly content: Uint8Array;
  /** The element as it stands, identifier and length included. */
  readonly bytes: Uint8Array;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** Reads one element at `offset`. Only what DER allows: definite lengths in their shortest form, low tag numbers. */
export function readElement(bytes: Uint8Array, offset = 0): DerElement {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new DerError("truncated element");
  if ((tag & 0x1f) === 0x1f) throw new DerError("multi-byte tags are not used in certificates");
  let length = first;
  let start = offset + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new DerError("unsupported length form");
    length = 0;
    for (let index = 0; index < count; index += 1) {
      const octet = bytes[start + index];
      if (octet === undefined) throw new DerError("truncated length");
      length = length * 256 + octet;
    }
    start += count;
    if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError("length is not in its shortest form");
  }
  const end = start + length;
  if (end > bytes.length) throw new DerError("element is longer than its container");
  return { tag, content: bytes.subarray(start, end), bytes: bytes.subarray(offset, end) };
}

/** The one element that `bytes` consist of: what follows it would be read by one parser and missed by another. */
export function readOnly(bytes: Uint8Array): DerElement {
  const element = readElement(bytes);
  if (element.bytes.length !== bytes.length) throw new DerError("something follows the element");
  return element;
}

/** All elements that lie one after the other in `bytes`. */
export function readElements(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const element = readElement(bytes, offset);
    elements.push(element);
    offset += element.bytes.length;
  }
  return elements;
}

/** The elements inside a constructed element that has to carry `tag`. */
export function childrenOf(element: DerElement | undefined, tag: number): DerElement[] {
  if (element?.tag !== tag) throw new DerError(`expected tag 0x${tag.toString(16)}`);
  return readElements(element.content);
}

/** DER knows two spellings: 00 and ff. */
export function readBoolean({ tag, content: [octet, ...rest] }: DerElement): boolean {
  if (tag !== TAG.boolean || rest.length > 0 || (octet !== 0 && octet !== 0xff)) throw new DerError("no DER boolean");
  return octet === 0xff;
}

/** A non-negative INTEGER of at most six octets. */
export function readCount({ tag, content }: DerElement): number {
  const [first] = content;
  if (tag !== TAG.integer || first === undefined || first >= 0x80 || content.length > 6) {
    throw new DerError("expected a small non-negative integer");
  }
  return content.reduce((value, octet) => value * 256 + octet, 0);
}

/** The numbers of the bits that are set in a BIT STRING. */
export function readBits({ tag, content }: DerElement): Set<number> {
  const [unused, ...octets] = content;
  const spare = (1 << (unused ?? 0)) - 1;
  if (tag !== TAG.bitString || unused === undefined || unused > (octets.length === 0 ? 0 : 7)) {
    throw new DerError("expected a bit string");
  }
  // A reader that masks the unused bits and one that does not would see different rights.
  if (((octets.at(-1) ?? 0) & spare) !== 0) throw new DerError("an unused bit is set");
  const bits = new Set<number>();
  octets.forEach((octet, index) => {
    for (let bit = 0; bit < 8; bit += 1) if ((octet & (0x80 >> bit)) !== 0) bits.add(index * 8 + bit);
  });
  return bits;
}

/** Dotted form of an OBJECT IDENTIFIER. */
export function readOid(element: DerElement | undefined): string {
  if (element?.tag !== TAG.oid || element.content.length === 0) throw new DerError("expected an OID");
  const arcs: (number | bigint)[] = [];
  // Arcs have no upper limit, and hardly ever more than four octets: numbers hold six.
  let value: number | bigint = 0;
  let octets = 0;
  for (const octet of element.content) {
    // The shortest form has no leading zeros.
    if (octets === 0 && octet === 0x80) throw new DerError("an arc of an OID is not in its shortest form");
    octets += 1;
    value = octets > 6 ? BigInt(value) * 128n + BigInt(octet & 0x7f) : Number(value) * 128 + (octet & 0x7f);
    if ((octet & 0x80) !== 0) continue;
    if (arcs.length > 0) arcs.push(value);
    else if (value < 80) arcs.push(Math.floor(Number(value) / 40), Number(value) % 40);
    else arcs.push(2, typeof value === "bigint" ? value - 80n : value - 80);
    value = 0;
    octets = 0;
  }
  if (octets > 0) throw new DerError("truncated OID");
  return arcs.join(".");
}

/** The same bytes as a Buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Milliseconds since the epoch of a UTCTime or GeneralizedTime in the one form RFC 5280 §4.1.2.5 allows. */
export function readTime(element: DerElement | undefined): number {
  const text = element === undefined ? "" : asBuffer(element.content).toString("latin1");
  const match =
    element?.tag === TAG.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
      : element?.tag === TAG.generalizedTime
        ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
        : null;
  if (match === null) throw new DerError("expected a time");
  const [short = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const year = match[1]?.length === 4 ? short : short < 50 ? 2000 + short : 1900 + short;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  // The 31st of February is a day in March to one reader and no day to another.
  const said = [month, day, hour, minute, second];
  const date = new Date(time);
  const meant = [
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  if (said.some((value, at) => value !== meant[at])) throw new DerError("no such day or hour");
  return time;
}

/** Bytes that are no DER. Callers turn it into an error of their own. */
export class DerError extends Error {
  override readonly name = "DerError";
}
