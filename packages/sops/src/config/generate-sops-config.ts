import { recipientProblem } from "../age/recipients.ts";
import { SopsError } from "../errors.ts";
import { fromData } from "../internal/data-tree.ts";
import { emitTree } from "../internal/emit.ts";
import type { MapNode } from "../internal/tree.ts";
import type { KeyGroupOptions } from "../keys/key-groups.ts";
import { keyGroupConfig } from "./key-group-config.ts";

/**
 * Where encrypted files are and what of them is encrypted, by the tool that reads them:
 *
 * - `flux`, `argocd` (ksops): Kubernetes manifests; `data` and `stringData` only, as kind and names must stay readable.
 * - `talos`: `talsecret.sops.yaml`, `talenv.sops.yaml` and machine configuration, encrypted as a whole.
 * - `helm-secrets`: values files `secrets*.yaml`, encrypted as a whole.
 * - `sops-secrets-operator`: `SopsSecret` objects; whatever is below `secretTemplates`.
 */
export type Convention = "flux" | "argocd" | "talos" | "helm-secrets" | "sops-secrets-operator";

export interface ConventionRule extends KeyGroupOptions {
  readonly convention: Convention;
  /** Only files below this folder, from the folder of the `.sops.yaml`: `kubernetes`, `clusters/home`. Default: everywhere. */
  readonly folder?: string | undefined;
  /** The MAC then covers encrypted values only, so that tools may edit the others. Default true. */
  readonly macOnlyEncrypted?: boolean | undefined;
}

const FILES: Readonly<Record<Convention, string>> = {
  flux: "\\.sops\\.ya?ml$",
  argocd: "\\.(?:sops|enc)\\.ya?ml$",
  talos: "(?:talsecret|talenv|talos[^/]*/.*)\\.sops\\.ya?ml$",
  "helm-secrets": "(?:^|/)secrets[^/]*\\.ya?ml$",
  "sops-secrets-operator": "\\.sops\\.ya?ml$",
};

const SELECTIONS: Readonly<Record<Convention, Readonly<Record<string, string>>>> = {
  flux: { encrypted_regex: "^(data|stringData)$" },
  argocd: { encrypted_regex: "^(data|stringData)$" },
  talos: {},
  "helm-secrets": {},
  "sops-secrets-operator": { encrypted_suffix: "Templates" },
};

/**
 * The text of a `.sops.yaml` for the conventions of Flux, Argo CD, Talos and others. Rules keep their order: the first
 * one that matches holds, so narrow folders come first.
 *
 * @throws {@link SopsError} `invalid-recipient`, `no-recipients`
 *
 * @example
 * import { generateIdentity, generateSopsConfig, parseSopsConfig, ruleFor } from "@idstack/sops";
 * const { recipient } = await generateIdentity();
 * const recipients = [recipient];
 * const text = generateSopsConfig([
 *   { convention: "talos", recipients },
 *   { convention: "flux", folder: "kubernetes", recipients },
 * ]);
 * console.log(ruleFor("kubernetes/apps/db.sops.yaml", parseSopsConfig(text)).encryptedRegex); // ^(data|stringData)$
 */
export function generateSopsConfig(rules: readonly ConventionRule[]): string {
  const config = { creation_rules: rules.map(creationRule), stores: { yaml: { indent: 2 } } };
  return emitTree(fromData(config) as MapNode, 2);
}

function creationRule({
  convention,
  folder,
  macOnlyEncrypted = true,
  ...keys
}: ConventionRule): Record<string, unknown> {
  const groups = keys.keyGroups ?? [];
  const all = groups.length > 0 ? groups.flat() : keys.recipients;
  const named = (keys.namedKeys ?? []).flat();
  if (all.length + named.length === 0)
    throw new SopsError("no-recipients", `the rule for ${convention} names no recipient`);
  for (const recipient of all) {
    const problem = recipientProblem(recipient);
    const name = /^AGE-|^-----/.test(recipient) ? "a recipient" : recipient;
    if (problem !== undefined) throw new SopsError("invalid-recipient", `${name} ${problem}`);
  }
  const threshold = groups.length > 1 ? { shamir_threshold: keys.shamirThreshold ?? groups.length } : {};
  const wrapped =
    groups.length > 1 || named.length > 0 ? { ...threshold, key_groups: keyGroupConfig(keys) } : { age: [...all] };
  return {
    path_regex: pathRegex(convention, folder),
    ...SELECTIONS[convention],
    ...(macOnlyEncrypted ? { mac_only_encrypted: true } : {}),
    ...wrapped,
  };
}

function pathRegex(convention: Convention, folder: string | undefined): string {
  const files = FILES[convention];
  if (folder === undefined || folder === "" || folder === ".") return files;
  const literal = folder.replace(/^\.\/|\/+$/g, "").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return `^${literal}/${convention === "helm-secrets" ? "(?:.*/)?secrets[^/]*\\.ya?ml$" : `.*${files}`}`;
}
