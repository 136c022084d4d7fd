import type { EncryptedFile } from "../internal/encrypted-file.ts";
import type { KeyGroup } from "../metadata.ts";

/** For whom a file is encrypted and by which rule, one fact per line: what a diff of metadata is about. */
export function metadataLines({ metadata, selector, store }: EncryptedFile, notes: readonly string[]): string {
  const several = metadata.groups.length > 1;
  const facts = metadata.groups.flatMap((group, index) =>
    keysOf(group).map((key) => `encrypted for ${key}${several ? `, in key group ${index + 1}` : ""}`),
  );
  if (several) facts.push(`keys of ${metadata.shamirThreshold ?? metadata.groups.length} groups are needed`);
  if (store?.format !== "binary") facts.push(`${selector.option[1]}: ${selector.option[2]}`);
  if (metadata.macOnlyEncrypted) facts.push("mac_only_encrypted");
  return [...facts, ...notes].map((fact) => `# sops: ${fact}\n`).join("");
}

function keysOf({ age, others }: KeyGroup): string[] {
  const named = others.map(({ kind, fields }) => {
    const { created_at: _, ...id } = fields;
    return [kind, ...Object.values(id)].join(" ");
  });
  return [...age.map(({ recipient }) => recipient), ...named];
}
