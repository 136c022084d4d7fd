import { type KeySourceOptions, readKeyCommand, readKeySources, type Sources } from "./key-sources.ts";

/** Identities read once and used for many files, so that a passphrase is asked for once. */
export interface KeyRing {
  /** All sources but `SOPS_AGE_KEY_CMD`. */
  sources(): Promise<Sources>;
  /** What `SOPS_AGE_KEY_CMD` prints for a recipient; undefined when it is not set. */
  command(recipient: string): Promise<Sources | undefined>;
}

/**
 * Reads the age identities when they are first needed and keeps them: give the result as `keyRing` to operations on
 * many files, and each passphrase is asked for, and each command run, once instead of once per file. The identities stay in
 * memory as long as the ring does.
 *
 * @example
 * import { decrypt, encrypt, generateIdentity, openKeyRing } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const keyRing = openKeyRing({ identities: [identity] });
 * const text = await encrypt({ token: "hunter2" }, { recipients: [recipient] });
 * console.log((await decrypt(text, { keyRing })).data); // { token: 'hunter2' }
 */
export function openKeyRing(options: KeySourceOptions = {}): KeyRing {
  let all: Promise<Sources> | undefined;
  const commands = new Map<string, Promise<Sources | undefined>>();
  return {
    sources() {
      all ??= readKeySources(options);
      return all;
    },
    command(recipient) {
      const known = commands.get(recipient) ?? readKeyCommand(options, recipient);
      commands.set(recipient, known);
      return known;
    },
  };
}
