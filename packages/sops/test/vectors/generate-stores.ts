/**
 * Writes `generated/stores-VERSION/` with the sops that IDSTACK_SOPS_BINARY names, else with 3.12.2, from `plain-stores/`:
 * `node --conditions=@idstack/source test/vectors/generate-stores.ts 3.12.2` in the package's folder.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identityToRecipient } from "age-encryption";
import { sops, temporaryFolder, VECTOR_KEY, VECTORS, vectorNames } from "../helpers.ts";

const [identity = ""] = VECTOR_KEY.match(/^AGE-.*$/gm) ?? [];
const folder = join(VECTORS, "generated", `stores-${process.argv[2] ?? "3.12.2"}`);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const work = temporaryFolder();
writeFileSync(join(work, ".sops.yaml"), `creation_rules: [{age: ${await identityToRecipient(identity)}}]\n`);
for (const name of vectorNames("plain-stores")) {
  const run = (args: string[]): string => {
    const { status, stdout, stderr } = sops(args, identity, work);
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    return stdout;
  };
  copyFileSync(join(VECTORS, "plain-stores", name), join(work, name));
  const encrypted = run(["encrypt", name]);
  writeFileSync(join(folder, name), encrypted);
  writeFileSync(join(work, name), encrypted);
  writeFileSync(join(folder, `${name}.decrypted`), run(["decrypt", name]));
}
