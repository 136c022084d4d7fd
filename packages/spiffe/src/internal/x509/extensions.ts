import {
  childrenOf,
  type DerElement,
  DerError,
  readBits,
  readBoolean,
  readCount,
  readOid,
  readOnly,
  TAG,
} from "../der/reader.ts";
import { FORM, type GeneralName } from "./name-constraints.ts";

/** An extension of a certificate: flag and the one value inside its OCTET STRING. */
export interface Extension {
  readonly critical: boolean;
  readonly value: DerElement;
}

/** Reads the [3] field of a certificate, undefined for none. */
export function readExtensions(wrapper: DerElement | undefined): Map<string, Extension> {
  const extensions = new Map<string, Extension>();
  if (wrapper === undefined) return extensions;
  for (const entry of childrenOf(readOnly(wrapper.content), TAG.sequence)) {
    const [id, ...rest] = childrenOf(entry, TAG.sequence);
    const oid = readOid(id);
    const octets = rest.pop();
    const [flag, ...surplus] = rest;
    if (octets?.tag !== TAG.octetString || surplus.length > 0) throw new DerError(`extension ${oid} has no value`);
    if (extensions.has(oid)) throw new DerError(`extension ${oid} appears twice`);
    extensions.set(oid, { critical: flag !== undefined && readBoolean(flag), value: readOnly(octets.content) });
  }
  return extensions;
}

export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength?: number;
}

export function readBasicConstraints(extension: Extension | undefined): BasicConstraints | undefined {
  if (extension === undefined) return undefined;
  const parts = childrenOf(extension.value, TAG.sequence);
  const [flag] = parts[0]?.tag === TAG.boolean ? parts.splice(0, 1) : [];
  const [length, ...surplus] = parts;
  if (surplus.length > 0) throw new DerError("basic constraints hold more than two values");
  const ca = flag !== undefined && readBoolean(flag);
  return length === undefined ? { ca } : { ca, pathLength: readCount(length) };
}

export interface KeyUsage {
  readonly critical: boolean;
  readonly bits: ReadonlySet<number>;
}

export function readKeyUsage(extension: Extension | undefined): KeyUsage | undefined {
  return extension && { critical: extension.critical, bits: readBits(extension.value) };
}

export function readOidList(extension: Extension | undefined): string[] | undefined {
  return extension && childrenOf(extension.value, TAG.sequence).map(readOid);
}

export function readSubjectKeyId(extension: Extension | undefined): string | undefined {
  return extension && Buffer.from(extension.value.content).toString("hex");
}

/** keyIdentifier is [0] (RFC 5280 §4.2.1.1). */
export function readAuthorityKeyId(extension: Extension | undefined): string | undefined {
  const id = extension && childrenOf(extension.value, TAG.sequence).find((part) => part.tag === 0x80);
  return id && Buffer.from(id.content).toString("hex");
}

export interface SubjectAltName {
  readonly critical: boolean;
  readonly names: readonly GeneralName[];
  readonly uris: readonly string[];
}

export function readSubjectAltName(extension: Extension | undefined): SubjectAltName | undefined {
  if (extension === undefined) return undefined;
  const names = childrenOf(extension.value, TAG.sequence).map(({ tag, content }) => {
    // The names that are judged are strings of octets (RFC 5280 §4.2.1.6); in pieces one reader would miss them.
    const form = tag & 0x1f;
    if ((tag & 0xe0) !== (CONSTRUCTED.has(form) ? 0xa0 : 0x80)) throw new DerError("a name in pieces is not DER");
    return { form, value: content };
  });
  const uris = names.filter(({ form }) => form === FORM.uri).map(({ value }) => readUri(value));
  return { critical: extension.critical, names, uris };
}

/** otherName, x400Address, directoryName and ediPartyName hold other elements. */
const CONSTRUCTED: ReadonlySet<number> = new Set([0, 3, 4, 5]);

function readUri(value: Uint8Array): string {
  if (value.some((octet) => octet > 0x7f)) throw new DerError("URI is not ASCII");
  return Buffer.from(value).toString("latin1");
}
