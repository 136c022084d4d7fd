import { looksRandom } from "./placeholder.ts";

/** A secret found in a text by its structure. The secret itself is not part of it. */
export interface SecretInText {
  readonly what: string;
  readonly offset: number;
}

const BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
const AGE = new RegExp(`AGE-SECRET-KEY-(PQ-)?1([${BECH32}]{58})(?![${BECH32}])`, "g");
const PEM = /-----BEGIN ((?:[A-Z0-9]+ )*)PRIVATE KEY( BLOCK)?-----|---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----/g;
const PUTTY = /^PuTTY-User-Key-File-\d+:/gm;
const WIREGUARD = /^[ \t]*PrivateKey[ \t]*=[ \t]*([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)[ \t]*\r?$/gm;
/** The private exponent or scalar of a JSON Web Key. */
const JWK = /["']d["']\s*:\s*["']([\w-]{40,})["']/g;
/** Base64 of the ways the files above begin: a key inside the data of a ConfigMap or Secret. */
const ENCODED = /(?:LS0tLS1CRUdJTi|QUdFLVNFQ1JFVC1LRVkt|IyBjcmVhdGVkOi|UHVUVFktVXNlci1LZXkt)[A-Za-z0-9+/]{60,}=*/g;

/** Finds age identities (X25519 and post-quantum), PEM, OpenSSH, PGP, PuTTY, WireGuard and JSON Web private keys. */
export function privateKeys(text: string): SecretInText[] {
  const found = plainKeys(text);
  if (/LS0tLS1CRUdJTi|QUdFLVNFQ1JFVC1LRVkt|IyBjcmVhdGVkOi|UHVUVFktVXNlci1LZXkt/.test(text)) {
    for (const match of text.matchAll(ENCODED)) {
      const [inside] = plainKeys(Buffer.from(match[0], "base64").toString("latin1"));
      if (inside !== undefined) found.push({ what: `${inside.what} in base64`, offset: match.index });
    }
  }
  return found;
}

function plainKeys(text: string): SecretInText[] {
  const found: SecretInText[] = [];
  const add = (what: string, { index }: { readonly index: number }) => found.push({ what, offset: index });
  if (text.includes("AGE-SECRET-KEY-")) {
    for (const match of text.matchAll(AGE)) {
      if (!looksRandom(match[2] ?? "")) continue;
      add(match[1] === undefined ? "an age private key" : "a post-quantum age private key", match);
    }
  }
  if (text.includes("---- BEGIN ") || text.includes("-----BEGIN ")) {
    for (const match of text.matchAll(PEM)) {
      const end = match.index + match[0].length;
      if (!hasKeyBody(text.slice(end, end + 2048))) continue;
      add(
        match[1] === undefined ? "an SSH2 private key" : `a PEM private key (${`${match[1]}PRIVATE KEY`.trim()})`,
        match,
      );
    }
  }
  if (text.includes("PuTTY-User-Key-File-") && text.includes("Private-Lines:")) {
    for (const match of text.matchAll(PUTTY)) add("a PuTTY private key", match);
  }
  if (text.includes("PrivateKey")) {
    for (const match of text.matchAll(WIREGUARD))
      if (looksRandom(match[1] ?? "")) add("a WireGuard private key", match);
  }
  if (text.includes("kty")) {
    for (const match of text.matchAll(JWK)) if (looksRandom(match[1] ?? "")) add("a JSON Web private key", match);
  }
  return found;
}

/** Documentation and templates show the header alone: a key has base64 lines below it, perhaps indented or escaped. */
function hasKeyBody(after: string): boolean {
  const [lines = ""] = after.split(/----(?:END|BEGIN)/);
  if (/\.\.\.|…|\{\{|\$\{|<[\w -]+>/.test(lines)) return false;
  const body = lines
    .replaceAll("\\n", "\n")
    .replace(/^[ \t>|#]*(?:[\w-]+: .*)$/gm, "")
    .replace(/[\s"'\\]/g, "");
  const run = /[A-Za-z0-9+/=]{40,}/.exec(body)?.[0];
  return run !== undefined && new Set(run).size >= 12;
}
