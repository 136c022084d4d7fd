import { asBuffer, childrenOf, type DerElement, DerError, TAG } from "../der/reader.ts";
import { FORM, type GeneralName, readGeneralName } from "./general-names.ts";

/** Where the names of subordinate certificates have to lie (RFC 5280 §4.2.1.10). */
export interface NameConstraints {
  readonly critical: boolean;
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** The names of one certificate that constraints speak about. */
export interface ConstrainedNames {
  readonly names: readonly GeneralName[];
  readonly subjectIsEmpty: boolean;
  /** The subject holds an e-mail address, where old certificates keep theirs. */
  readonly subjectHasEmail: boolean;
}

const FORMS: Readonly<Record<number, string>> = {
  0: "otherName",
  1: "rfc822Name",
  2: "dNSName",
  3: "x400Address",
  4: "directoryName",
  5: "ediPartyName",
  6: "URI",
  7: "iPAddress",
  8: "registeredID",
};

const matchers: Readonly<Record<number, (name: Uint8Array, base: Uint8Array, excluded: boolean) => boolean>> = {
  [FORM.dns]: matchesDns,
  [FORM.uri]: matchesUri,
  [FORM.ip]: matchesIp,
};

export function readNameConstraints(value: DerElement, critical: boolean): NameConstraints {
  const parts = childrenOf(value, TAG.sequence);
  const [permitted] = parts[0]?.tag === 0xa0 ? parts.splice(0, 1) : [];
  const [excluded] = parts[0]?.tag === 0xa1 ? parts.splice(0, 1) : [];
  if (parts.length > 0 || (permitted ?? excluded) === undefined) throw new DerError("no name constraints");
  return { critical, permitted: readSubtrees(permitted, 0xa0), excluded: readSubtrees(excluded, 0xa1) };
}

function readSubtrees(element: DerElement | undefined, tag: number): GeneralName[] {
  if (element === undefined) return [];
  const subtrees = childrenOf(element, tag).map((subtree) => {
    const [base, ...range] = childrenOf(subtree, TAG.sequence);
    // minimum is always zero and maximum absent.
    if (base === undefined || range.length > 0) throw new DerError("a subtree with a range");
    const name = readGeneralName(base);
    if (name.form === FORM.ip) checkMask(name.value);
    if ((name.form === FORM.uri || name.form === FORM.dns) && !DOMAIN.test(text(name.value))) {
      throw new DerError("no domain");
    }
    return name;
  });
  if (subtrees.length === 0) throw new DerError("no subtrees");
  return subtrees;
}

function checkMask(value: Uint8Array): void {
  if (value.length !== 8 && value.length !== 32) throw new DerError("no address with mask");
  const mask = [...value.subarray(value.length / 2)].map((octet) => octet.toString(2).padStart(8, "0")).join("");
  if (mask.includes("01")) throw new DerError("the mask has holes");
}

/** A host, or a domain with a dot before it; nothing for all of them. */
const DOMAIN = /^(\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*)?$/;

/** What is wrong with a certificate's names below these constraints, in words, or undefined. */
export function constraintFault(
  constraints: NameConstraints,
  certificate: ConstrainedNames,
): { readonly code: "name-constraints" | "name-constraints-unsupported"; readonly rule: string } | undefined {
  const { permitted, excluded, critical } = constraints;
  for (const { form, value } of certificate.names) {
    const matches = matchers[form];
    if (matches === undefined) continue;
    const within = permitted.filter((subtree) => subtree.form === form);
    const without = excluded.filter((subtree) => subtree.form === form);
    // A URI whose host is no domain name cannot be judged: RFC 5280 §4.2.1.10 wants it rejected.
    const unjudged = form === FORM.uri && within.length + without.length > 0 && hostOf(value) === undefined;
    if (unjudged || without.some((subtree) => matches(value, subtree.value, true))) {
      return { code: "name-constraints", rule: `its ${FORMS[form]} name is excluded by a CA above it` };
    }
    if (within.length > 0 && !within.some((subtree) => matches(value, subtree.value, false))) {
      return { code: "name-constraints", rule: `its ${FORMS[form]} name is not permitted by a CA above it` };
    }
  }
  const opaque = [...permitted, ...excluded].find(({ form }) => matchers[form] === undefined && has(certificate, form));
  if (!critical || opaque === undefined) return undefined;
  const rule = `a CA above it constrains ${FORMS[opaque.form] ?? "unknown"} names, which is not supported`;
  return { code: "name-constraints-unsupported", rule };
}

function has({ names, subjectIsEmpty, subjectHasEmail }: ConstrainedNames, form: number): boolean {
  if (form === FORM.directory && !subjectIsEmpty) return true;
  if (form === FORM.email && subjectHasEmail) return true;
  return names.some((name) => name.form === form);
}

/** `host.example` is that host, `.example` any below it; nothing is everything. */
function matchesUri(name: Uint8Array, base: Uint8Array): boolean {
  const host = hostOf(name) ?? "";
  const wanted = text(base);
  return (
    wanted === "" || (wanted.startsWith(".") ? host.length > wanted.length && host.endsWith(wanted) : host === wanted)
  );
}

/** `example` is that name and any below it. */
function matchesDns(name: Uint8Array, base: Uint8Array, excluded: boolean): boolean {
  const given = text(name);
  const wanted = text(base);
  const suffix = wanted.startsWith(".") ? wanted : `.${wanted}`;
  if (wanted === "" || given === wanted || given.endsWith(suffix)) return true;
  // A wildcard stands for a name that is excluded.
  return excluded && given.startsWith("*.") && suffix.endsWith(given.slice(1));
}

function matchesIp(name: Uint8Array, base: Uint8Array): boolean {
  const half = base.length / 2;
  if (name.length !== half) return false;
  return name.every((octet, at) => ((octet ^ (base[at] ?? 0)) & (base[half + at] ?? 0)) === 0);
}

/** The host of a URI if it is a domain name. */
function hostOf(uri: Uint8Array): string | undefined {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/.exec(text(uri))?.[1] ?? "";
  const host = authority.replace(/^.*@/, "").replace(/:\d*$/, "");
  return host === "" || host.includes(":") || /^[\d.]+$/.test(host) ? undefined : host;
}

function text(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("latin1").toLowerCase();
}
