import { createHash, type Hash } from "node:crypto";
import { type Scalar, scalarBytes } from "./scalar.ts";

/** SHA-256("sops"): keeps a MAC over encrypted values apart from one over all values. */
const ONLY_ENCRYPTED = Buffer.from("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69", "hex");

/** SHA-512 over the values of all documents in order, with neither keys nor separators: SOPS' definition. */
export class Mac {
  readonly #hash: Hash = createHash("sha512");
  readonly #onlyEncrypted: boolean;

  constructor(onlyEncrypted: boolean) {
    this.#onlyEncrypted = onlyEncrypted;
    if (onlyEncrypted) this.#hash.update(ONLY_ENCRYPTED);
  }

  add(scalar: Scalar, encrypted: boolean): void {
    if (encrypted || !this.#onlyEncrypted) this.#hash.update(scalarBytes(scalar));
  }

  /** The one value of a binary file. */
  addBytes(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Upper-case hexadecimal, as it is stored. */
  digest(): string {
    return this.#hash.digest("hex").toUpperCase();
  }
}
