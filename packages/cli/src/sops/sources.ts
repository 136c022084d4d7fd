import type { KeySourceOptions } from "@idstack/sops";
import type { Io } from "../io.ts";
import type { SopsCall } from "./call.ts";
import { SopsExit, sopsStatus } from "./exit.ts";

/** Where the secrets commands look for keys: where sops does, in the environment of the command. */
export function keySources(io: Io): KeySourceOptions {
  return { env: io.env, passphrase: ask };

  async function ask(source: string): Promise<string | undefined> {
    const { askPassphrase } = await import("./ask-passphrase.ts");
    return askPassphrase(source);
  }
}

/** How encrypted files are opened: with the keys of {@link keySources}, MAC or no MAC. */
export function openingOptions({ io, flags }: SopsCall): KeySourceOptions & { readonly ignoreMac: boolean } {
  const order = (flags.decryptionOrder || io.env["SOPS_DECRYPTION_ORDER"] || "").split(",");
  const twice = order.find((kind, index) => order.indexOf(kind) !== index);
  // There is one kind of keys here: what the order says makes no difference.
  if (twice !== undefined) throw new SopsExit(sopsStatus.duplicateOrder, `the decryption order names ${twice} twice`);
  return { ...keySources(io), ignoreMac: flags.ignoreMac === true };
}
