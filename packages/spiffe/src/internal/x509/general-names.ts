import { type DerElement, DerError } from "../der/reader.ts";

/** A GeneralName (RFC 5280 §4.2.1.6): the number of its form and its content. */
export interface GeneralName {
  readonly form: number;
  readonly value: Uint8Array;
}

export const FORM = { email: 1, dns: 2, directory: 4, uri: 6, ip: 7 } as const;

/** otherName, x400Address, directoryName and ediPartyName hold other elements; the rest are strings of octets. */
const CONSTRUCTED: ReadonlySet<number> = new Set([0, 3, 4, 5]);
const IA5: ReadonlySet<number> = new Set([FORM.email, FORM.dns, FORM.uri]);
const HIGHEST = 8;

/** @throws DerError also for a text in pieces: one reader would see a name where another sees none. */
export function readGeneralName({ tag, content }: DerElement): GeneralName {
  const form = tag & 0x1f;
  if (form > HIGHEST || (tag & 0xe0) !== (CONSTRUCTED.has(form) ? 0xa0 : 0x80)) throw new DerError("no name");
  if (IA5.has(form) && content.some((octet) => octet > 0x7f)) throw new DerError("a name is not ASCII");
  return { form, value: content };
}
