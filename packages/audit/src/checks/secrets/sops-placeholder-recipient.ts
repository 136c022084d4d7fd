import type { Position, TextFile } from "@idstack/manifests";
import { recipientProblem } from "@idstack/sops";
import { defineCheck } from "../../check.ts";
import { linesOf } from "../../internal/text-lines.ts";

/** SSH keys, and keys of age plug-ins such as age1yubikey1…, which only the plug-in can judge. */
const otherRecipient = /^(?:ssh-(?:ed25519|rsa) |age1(?!pq1)[a-z0-9+._-]+1[a-z0-9]{6,}$)/;

/** A `.sops.yaml` whose age recipient is a placeholder. */
export const sopsPlaceholderRecipient = defineCheck(
  {
    id: "sops-placeholder-recipient",
    title: ".sops.yaml with a placeholder recipient",
    severity: "error",
    rationale:
      "With a recipient that is no age public key sops refuses to encrypt, so the first secret is committed in plain text “for now”, and stays in the history.",
    fix: "Put the public key that age-keygen prints (age1…) into the creation rule; keep the private key out of the repository.",
    references: ["https://getsops.io/docs/#encrypting-using-age"],
    fixtures: { before: [".sops.yaml"], clean: [".sops.yaml"] },
  },
  function* (context) {
    for (const file of context.files.filter(({ path }) => /(^|\/)\.sops\.ya?ml$/.test(path))) {
      for (const { recipient, position } of recipientsIn(file)) {
        const problem = otherRecipient.test(recipient) ? undefined : recipientProblem(recipient);
        if (problem === undefined) continue;
        // A private key here must not be printed once more.
        const shown = /^AGE-SECRET-KEY-/i.test(recipient) ? "the recipient" : `\`${recipient}\``;
        const message = `${shown} ${problem}: this rule encrypts nothing`;
        yield { file, position, message };
      }
    }
  },
);

/** Values of `age:`, on its line, as a block of text or as a list, comma separated or one per line. */
function* recipientsIn(file: TextFile): Generator<{ recipient: string; position: Position }> {
  let indent = -1;
  for (const { line, index } of linesOf(file.text)) {
    const content = line.replace(/\s#.*$/, "");
    const entry = /^(\s*(?:-\s+)?)["']?age["']?\s*:(.*)$/.exec(content);
    const inside = indent >= 0 && content.search(/\S/) > indent;
    if (entry !== null) indent = entry[1]?.length ?? 0;
    else if (!inside && content.trim() !== "") indent = -1;
    if (entry === null && !inside) continue;
    const start = entry === null ? 0 : content.length - (entry[2]?.length ?? 0);
    for (const { 0: recipient, index: offset } of content.slice(start).matchAll(/[^\s,"'[\]]+(?: [^\s,"'[\]]+)*/g)) {
      if (/^[>|][+-]?$/.test(recipient)) continue;
      const text = recipient.replace(/^- ?/, "");
      const column = start + offset + (recipient.length - text.length) + 1;
      if (text !== "") yield { recipient: text, position: { line: index + 1, column } };
    }
  }
}
