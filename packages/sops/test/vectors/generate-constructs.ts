/**
 * Writes what sops 3.13.3 makes of `constructs/*.txt`, the constructs `emit: "sops"` writes in another way:
 * `IDSTACK_SOPS_BINARY=… node --conditions=@idstack/source test/vectors/generate-constructs.ts` in the package's folder.
 * `NAME.yaml` is the encrypted file; `NAME.decrypted` what sops makes of that, or what it says when it refuses it.
 */
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identityToRecipient } from "age-encryption";
import { sops, temporaryFolder, VECTOR_KEY, VECTORS, vectorNames } from "../helpers.ts";

const [identity = ""] = VECTOR_KEY.match(/^AGE-.*$/gm) ?? [];
const recipient = await identityToRecipient(identity);
const work = temporaryFolder();
const folder = join(VECTORS, "constructs");
for (const source of vectorNames("constructs").filter((name) => name.endsWith(".txt"))) {
  const name = source.replace(".txt", "");
  const rule = name === "comment-read-elsewhere" ? ', encrypted_comment_regex: "one|two"' : "";
  writeFileSync(join(work, ".sops.yaml"), `creation_rules: [{age: ${recipient}${rule}}]\n`);
  copyFileSync(join(folder, source), join(work, `${name}.yaml`));
  const encrypted = sops(["encrypt", `${name}.yaml`], identity, work);
  if (encrypted.status !== 0) throw new Error(`${name}: ${encrypted.stderr}`);
  writeFileSync(join(folder, `${name}.yaml`), encrypted.stdout);
  writeFileSync(join(work, `${name}.yaml`), encrypted.stdout);
  const decrypted = sops(["decrypt", `${name}.yaml`], identity, work);
  const [refusal = ""] = decrypted.stderr.split("\n");
  writeFileSync(join(folder, `${name}.decrypted`), decrypted.status === 0 ? decrypted.stdout : `refused: ${refusal}\n`);
}
