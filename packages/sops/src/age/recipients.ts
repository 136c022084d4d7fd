import { Encrypter } from "age-encryption";

/**
 * Why a recipient cannot be used, or undefined when it can: age X25519 (`age1…`) and hybrid post-quantum (`age1pq1…`).
 *
 * @example
 * import { recipientProblem } from "@idstack/sops";
 * console.log(recipientProblem("age1xxxxxxxx")); // looks like a placeholder
 */
export function recipientProblem(recipient: string): string | undefined {
  if (/^age1(.)\1{3,}/.test(recipient) || /[.<>…]|^age1(?:your|example|replace|todo)/i.test(recipient)) {
    return "looks like a placeholder";
  }
  if (recipient.startsWith("ssh-")) return "is an ssh key, which is not supported yet";
  if (recipient.startsWith("AGE-"))
    return "is a private key: put the public key (age1…) here and replace this key pair";
  if (!recipient.startsWith("age1")) return "is not an age recipient (age1…)";
  if (/^age1(?!pq1)[a-z0-9-]+1[a-z0-9]+$/.test(recipient) && recipient.length !== 62) {
    return "belongs to an age plugin, which is not supported yet";
  }
  try {
    new Encrypter().addRecipient(recipient);
    return undefined;
  } catch {
    return "has a wrong checksum or length";
  }
}
