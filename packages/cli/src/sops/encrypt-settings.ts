import type { CreationRule, EncryptOptions, Selection, SopsFormat } from "@idstack/sops";
import type { SopsCall, Target } from "./call.ts";
import { loadConfig } from "./config.ts";
import { SopsExit, sopsStatus } from "./exit.ts";
import { keySources } from "./sources.ts";

const SELECTION = [
  "unencryptedSuffix",
  "encryptedSuffix",
  "unencryptedRegex",
  "encryptedRegex",
  "unencryptedCommentRegex",
  "encryptedCommentRegex",
] as const satisfies readonly (keyof Selection)[];

/** For whom and what a target is encrypted: by the flags, and what these leave open by the creation rule. */
export async function encryptSettings(call: SopsCall, target: Target, format: SopsFormat): Promise<EncryptOptions> {
  const { flags, strict, io } = call;
  const given = recipientList(flags.age || io.env["SOPS_AGE_RECIPIENTS"]);
  assertAgeOnly(call, io.env);
  const rule = await ruleOf(call, target, given.length > 0);
  if (rule === undefined && given.length === 0) {
    const where = strict ? "the current folder" : "the file";
    const message = `nobody to encrypt for: there is no .sops.yaml with creation rules above ${where}, and no --age`;
    throw new SopsExit(sopsStatus.generic, message, { code: "no-config" });
  }
  const selection = selectionOf(call, rule, format);
  const threshold = thresholdOf(flags.shamirSecretSharingThreshold);
  const recipients = given.length > 0 ? given : (rule?.recipients ?? []);
  return {
    ...keySources(io),
    ...(given.length > 0 ? {} : rule),
    ...Object.fromEntries(SELECTION.map((name) => [name, undefined])),
    ...selection,
    recipients,
    shamirThreshold: threshold ?? rule?.shamirThreshold,
    macOnlyEncrypted: format !== "binary" && (flags.macOnlyEncrypted === true || rule?.macOnlyEncrypted === true),
  };
}

/** Names separated by commas. */
export function recipientList(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** Variables from which sops takes keys that are not age keys. */
const OTHER_KEYS = [
  "SOPS_KMS_ARN",
  "SOPS_GCP_KMS_IDS",
  "SOPS_HUAWEICLOUD_KMS_IDS",
  "SOPS_AZURE_KEYVAULT_URLS",
  "SOPS_VAULT_URIS",
  "SOPS_PGP_FP",
];

/** Keys that only the sops program can use. */
export function assertAgeOnly({ flags }: SopsCall, env: NodeJS.ProcessEnv = {}): void {
  const [first] = [...(flags.otherKeys ?? []), ...OTHER_KEYS.filter((name) => env[name])];
  if (first === undefined) return;
  const message = `${first}: only age keys are supported here. Use the sops program, or from code the exec backend, openSops() of @idstack/sops`;
  throw new SopsExit(sopsStatus.generic, message, { code: "unsupported-key-type" });
}

async function ruleOf(call: SopsCall, target: Target, explicit: boolean): Promise<CreationRule | undefined> {
  const config = await loadConfig(call, target);
  if (config === undefined) return undefined;
  const { findRule, ruleFor } = await import("@idstack/sops");
  const path = target.named;
  if (!explicit) {
    await tellDifference(call, path);
    return ruleFor(path, config);
  }
  const rule = findRule(path, config);
  // sops insists on a rule even where it has no say.
  return rule === undefined && call.strict ? ruleFor(path, config) : rule;
}

/** Somebody who also uses sops should know where it would encrypt for others. */
async function tellDifference({ io, flags, strict }: SopsCall, path: string): Promise<void> {
  if (strict || flags.config || io.env["SOPS_CONFIG"]) return;
  const { compareRules } = await import("@idstack/sops");
  // A broken rule is told by whoever uses it.
  const found = await compareRules(path, { cwd: io.cwd }).catch(() => undefined);
  if (found?.byCwd.rule !== undefined && found.difference !== undefined) io.err.write(`note: ${found.difference}\n`);
}

function selectionOf(call: SopsCall, rule: CreationRule | undefined, format: SopsFormat): Selection {
  const entries = SELECTION.flatMap((name) => {
    const value = call.flags[name] || rule?.[name];
    return value ? [[name, value] as const] : [];
  });
  const [first] = entries;
  if (format === "binary" && first !== undefined) {
    call.io.err.write(`${kebab(first[0])} has no meaning for a binary file, all of which is encrypted\n`);
    return {};
  }
  if (entries.length > 1) {
    const names = entries.map(([name]) => kebab(name)).join(" and ");
    throw new SopsExit(sopsStatus.conflict, `${names} exclude each other: flags and creation rule may give one`);
  }
  return Object.fromEntries(entries);
}

function thresholdOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "0") return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new SopsExit(sopsStatus.generic, "--shamir-secret-sharing-threshold is a number of key groups");
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
