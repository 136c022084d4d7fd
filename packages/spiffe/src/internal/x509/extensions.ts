import {
  asBuffer,
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
import { FORM, type GeneralName, readGeneralName } from "./general-names.ts";

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
  if (extension === undefined) return undefined;
  if (extension.value.tag !== TAG.octetString) throw new DerError("no key identifier");
  return asBuffer(extension.value.content).toString("hex");
}

/** keyIdentifier is [0] (RFC 5280 §4.2.1.1). */
export function readAuthorityKeyId(extension: Extension | undefined): string | undefined {
  const id = extension && childrenOf(extension.value, TAG.sequence).find((part) => part.tag === 0x80);
  return id && asBuffer(id.content).toString("hex");
}

export interface SubjectAltName {
  readonly critical: boolean;
  readonly names: readonly GeneralName[];
  readonly uris: readonly string[];
}

export function readSubjectAltName(extension: Extension | undefined): SubjectAltName | undefined {
  if (extension === undefined) return undefined;
  const names = childrenOf(extension.value, TAG.sequence).map(readGeneralName);
  const uris = names.filter(({ form }) => form === FORM.uri).map(({ value }) => asBuffer(value).toString("latin1"));
  return { critical: extension.critical, names, uris };
}
