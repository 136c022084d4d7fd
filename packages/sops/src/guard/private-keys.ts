/** A private key found in a text. The key itself is not part of it. */
export interface PrivateKeyFinding {
  readonly what: string;
  readonly offset: number;
}

const BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
const AGE = new RegExp(`AGE-SECRET-KEY-(PQ-)?1([${BECH32}]{58})(?![${BECH32}])`, "g");
const PEM = /-----BEGIN ((?:[A-Z0-9]+ )*)PRIVATE KEY( BLOCK)?-----/g;
const PUTTY = /^PuTTY-User-Key-File-\d+:/gm;
/** Base64 of `-----BEGIN `: a PEM file inside the data of a ConfigMap or Secret. */
const ENCODED_PEM = /LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,}/g;

/** Finds age identities (X25519 and post-quantum), PEM, OpenSSH, PGP and PuTTY private keys. */
export function privateKeys(text: string): PrivateKeyFinding[] {
  const found: PrivateKeyFinding[] = [];
  if (text.includes("AGE-SECRET-KEY-")) {
    for (const match of text.matchAll(AGE)) {
      // A placeholder repeats a few letters, a key does not.
      if (new Set(match[2]).size < 10) continue;
      const what = match[1] === undefined ? "an age private key" : "a post-quantum age private key";
      found.push({ what, offset: match.index });
    }
  }
  if (text.includes("-----BEGIN ")) {
    for (const match of text.matchAll(PEM)) {
      if (hasKeyBody(text.slice(match.index + match[0].length, match.index + match[0].length + 2048))) {
        found.push({ what: `a PEM private key (${`${match[1] ?? ""}PRIVATE KEY`.trim()})`, offset: match.index });
      }
    }
  }
  if (text.includes("LS0tLS1CRUdJTi")) {
    for (const match of text.matchAll(ENCODED_PEM)) {
      const head = Buffer.from(match[0].slice(0, 60), "base64").toString("latin1");
      if (/^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY/.test(head)) {
        found.push({ what: "a PEM private key in base64", offset: match.index });
      }
    }
  }
  if (text.includes("PuTTY-User-Key-File-") && text.includes("Private-Lines:")) {
    for (const match of text.matchAll(PUTTY)) found.push({ what: "a PuTTY private key", offset: match.index });
  }
  return found;
}

/** Documentation and templates show the header alone: a key has base64 lines below it, perhaps indented or escaped. */
function hasKeyBody(after: string): boolean {
  const body = after
    .split("-----END")[0]
    ?.replaceAll("\\n", "\n")
    .replace(/^[ \t>|]*(?:[\w-]+: .*)$/gm, "")
    .replace(/[\s"'\\]/g, "");
  const run = /[A-Za-z0-9+/=]{40,}/.exec(body ?? "")?.[0];
  return run !== undefined && new Set(run).size >= 12;
}
