import { createSecretKey, scrypt } from "node:crypto";
import type { Identity, Stanza } from "age-encryption";
import { openChaCha, unbase64, ZERO_NONCE } from "./primitives.ts";

const LABEL = "age-encryption.org/v1/scrypt";
const R = 8;
/** As in age. A file with the greatest takes 4 GiB of memory; `age -p` writes 18. */
const MAX_LOG_N = 22;

/** Opens age files with a passphrase. age-encryption does so too, but stops everything else for as long as that takes. */
export function scryptIdentity(passphrase: string): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const [stanza] = stanzas;
      if (stanza?.args[0] !== "scrypt") return null;
      // Beside another stanza somebody else could have made the file: age wants it alone.
      if (stanzas.length !== 1) throw new Error("a scrypt stanza that is not alone");
      return unwrap(stanza, passphrase);
    },
  };
}

async function unwrap({ args, body }: Stanza, passphrase: string): Promise<Uint8Array | null> {
  const [, saltText = "", logText = ""] = args;
  const salt = unbase64(saltText);
  const logN = /^[1-9]\d?$/.test(logText) ? Number(logText) : 0;
  if (args.length !== 3 || salt?.length !== 16 || body.length !== 32 || logN === 0 || logN > MAX_LOG_N) {
    throw new Error("a damaged scrypt stanza");
  }
  const key = await derive(passphrase, Buffer.concat([Buffer.from(LABEL), salt]), 2 ** logN);
  return openChaCha(createSecretKey(key), ZERO_NONCE, body) ?? null;
}

function derive(passphrase: string, salt: Buffer, cost: number): Promise<Buffer> {
  // Twice what it takes, as OpenSSL counts a little more.
  const options = { N: cost, r: R, p: 1, maxmem: 2 * 128 * R * cost };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, 32, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
