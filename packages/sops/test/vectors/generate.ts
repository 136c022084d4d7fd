/**
 * Writes the vectors of this folder with sops 3.12.2 from `plain/`:
 * `node --conditions=@idstack/source test/vectors/generate.ts` in the package's folder. With IDSTACK_SOPS_BINARY set and
 * a folder name as argument, another version writes them. The keys are thrown away.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import { sops, temporaryFolder, VECTOR_KEY, VECTORS, vectorNames } from "../helpers.ts";

const SELECTION: Record<string, string> = {
  "encrypted-regex.yaml": "encrypted_regex: ^(data|stringData)$",
  "mac-only-encrypted.yaml": "encrypted_regex: ^(data|stringData)$, mac_only_encrypted: true",
  "unencrypted-regex.yaml": "unencrypted_regex: ^(apiVersion|kind|metadata)$",
  "encrypted-suffix.yaml": "encrypted_suffix: _enc",
  "encrypted-comment-regex.yaml": 'encrypted_comment_regex: "sops:enc"',
  "unencrypted-comment-regex.yaml": 'unencrypted_comment_regex: "sops:plain"',
};
const known = VECTOR_KEY.match(/^AGE-.*$/gm);
const keys = known ?? [await generateX25519Identity(), await generateX25519Identity(), await generateHybridIdentity()];
const [a, b, c] = await Promise.all(keys.map(identityToRecipient));
const RECIPIENTS: Record<string, string> = {
  "two-recipients.yaml": `age: "${b},${a}"`,
  "post-quantum.yaml": `age: ${c}`,
  "key-groups.yaml": `shamir_threshold: 2, key_groups: [{age: [${a}]}, {age: [${b}]}]`,
};

writeFileSync(
  join(VECTORS, "throw-away-keys.txt"),
  `# Published throw-away keys. Never use them.\n${keys.join("\n")}\n`,
);
const folder = join("generated", process.argv[2] ?? "sops-3.12.2");
rmSync(join(VECTORS, folder), { recursive: true, force: true });
mkdirSync(join(VECTORS, folder), { recursive: true });
const work = temporaryFolder();
for (const source of vectorNames("plain")) {
  const name = source.replace(".txt", ".yaml");
  const rule = [RECIPIENTS[name] ?? `age: ${a}`, SELECTION[name]].filter(Boolean).join(", ");
  writeFileSync(join(work, ".sops.yaml"), `creation_rules: [{${rule}}]\n`);
  copyFileSync(join(VECTORS, "plain", source), join(work, name));
  const run = (args: string[]): string => {
    const { status, stdout, stderr } = sops(args, keys.join("\n"), work);
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    return stdout;
  };
  const encrypted = run(["encrypt", name]);
  writeFileSync(join(VECTORS, folder, name), encrypted);
  writeFileSync(join(work, name), encrypted);
  writeFileSync(join(VECTORS, folder, name.replace(".yaml", ".decrypted")), run(["decrypt", name]));
}
