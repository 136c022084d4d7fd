import type { Recipient } from "age-encryption";
import { bech32Bytes } from "./bech32.ts";
import { type PluginOptions, pluginName, pluginRecipient } from "./plugin.ts";
import { parseSshPublicKey } from "./ssh-key.ts";
import { sshStanzaRecipient } from "./ssh-stanzas.ts";

/**
 * Why a recipient cannot be used, or undefined when it can: age X25519 (`age1…`), hybrid post-quantum (`age1pq1…`),
 * ssh (`ssh-ed25519 …`, `ssh-rsa …`) and plugins (`age1NAME1…`, whose program is not looked for here).
 *
 * @example
 * import { recipientProblem } from "@idstack/sops";
 * console.log(recipientProblem("age1xxxxxxxx")); // looks like a placeholder
 */
export function recipientProblem(recipient: string): string | undefined {
  if (recipient.startsWith("ssh-")) return sshProblem(recipient);
  if (isPlugin(recipient)) return undefined;
  if (/^age1(.)\1{3,}/.test(recipient) || /[.<>…]|^age1(?:your|example|replace|todo)/i.test(recipient)) {
    return "looks like a placeholder";
  }
  if (recipient.startsWith("AGE-") || recipient.startsWith("-----BEGIN"))
    return "is a private key: put the public key (age1…) here and replace this key pair";
  if (!recipient.startsWith("age1")) return "is not an age recipient (age1…)";
  const [prefix, length] = FORMS.find(([form]) => recipient.startsWith(`${form}1`)) ?? X25519;
  return bech32Bytes(recipient, prefix)?.length === length ? undefined : "has a wrong checksum or length";
}

/** Prefixes and lengths in bytes of what age itself knows. */
const X25519 = ["age", 32] as const;
const FORMS = [
  ["age1pq", 1216],
  ["age1tag", 33],
  ["age1tagpq", 1249],
] as const;

/** The recipient in the form age-encryption takes. */
export function ageRecipient(recipient: string, options: PluginOptions): string | Recipient {
  if (recipient.startsWith("ssh-")) return sshStanzaRecipient(parseSshPublicKey(recipient));
  return isPlugin(recipient) ? pluginRecipient(recipient, options) : recipient;
}

/** Recipients are equal when they name the same key: the comment of an ssh key does not count. */
export function recipientKey(recipient: string): string {
  const trimmed = recipient.trim();
  return trimmed.startsWith("ssh-") ? trimmed.split(/\s+/).slice(0, 2).join(" ") : trimmed;
}

function isPlugin(recipient: string): boolean {
  const name = pluginName(recipient);
  // These are built into age-encryption.
  return name !== undefined && !["pq", "tag", "tagpq"].includes(name);
}

function sshProblem(recipient: string): string | undefined {
  try {
    parseSshPublicKey(recipient);
    return undefined;
  } catch (error) {
    return error instanceof TypeError && error.message.startsWith("is ")
      ? error.message
      : "is a damaged ssh public key";
  }
}
