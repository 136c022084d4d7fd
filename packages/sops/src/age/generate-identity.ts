/** An age key pair. */
export interface AgeIdentity {
  /** `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`: whoever has it opens every file encrypted for `recipient`. */
  readonly identity: string;
  /** `age1…` or `age1pq1…`, safe to publish: it goes into `.sops.yaml`. */
  readonly recipient: string;
}

/**
 * Makes an age key pair: X25519, or with `postQuantum` the hybrid kind that sops reads from 3.12 on. Nothing is written: storing the identity, mode 0600 and apart from the files it opens,
 * is the caller's part. {@link formatIdentityFile} gives the text of a `keys.txt`.
 *
 * @example
 * import { generateIdentity } from "@idstack/sops";
 * const { recipient } = await generateIdentity();
 * console.log(recipient.startsWith("age1")); // true
 */
export async function generateIdentity(options: { readonly postQuantum?: boolean } = {}): Promise<AgeIdentity> {
  const { generateHybridIdentity, generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const identity = await (options.postQuantum === true ? generateHybridIdentity() : generateX25519Identity());
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The text of a `keys.txt` as `age-keygen` writes it. It holds the private key: store it 0600. */
export function formatIdentityFile({ identity, recipient }: AgeIdentity, created: Date = new Date()): string {
  return `# created: ${created.toISOString()}\n# public key: ${recipient}\n${identity}\n`;
}
