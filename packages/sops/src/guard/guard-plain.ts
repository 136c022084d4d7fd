import { posix } from "node:path";
import { isEnvelope } from "../internal/envelope.ts";
import { parseYaml } from "../internal/parse-yaml.ts";
import { formatKeyPath } from "../internal/position.ts";
import { entryOf, type MapNode } from "../internal/tree.ts";
import { storeFor } from "../stores/stores.ts";
import { asSopsError } from "./as-sops-error.ts";
import { eachLeaf } from "./leaves.ts";
import { isPlaceholder, isTemplate } from "./placeholder.ts";
import { plainDocuments } from "./plain-documents.ts";
import { plainSecrets } from "./plain-secrets.ts";
import { type Report, reportSecret } from "./report.ts";
import type { Ruling } from "./rules.ts";
import { namedFormat } from "./sniff-format.ts";

/** Judges a file that sops did not encrypt. */
export function guardPlain(path: string, text: string, ruling: Ruling, report: Report): void {
  const format = namedFormat(path);
  const kubernetes = format === "yaml" || format === "json";
  const secrets = kubernetes && /\b(?:Sops)?Secret(?:List)?\b/.test(text);
  const documents = secrets ? plainDocuments(text) : [];
  if (isSelected(path, text, ruling)) {
    const { index = 0, pathRegex = "any path" } = ruling.rule ?? {};
    report("not-encrypted", `creation rule ${index + 1} (${pathRegex}) selects the file, but it is not encrypted`, {
      help: "Treat its values as leaked if it was pushed; encrypt it before it is committed.",
    });
  } else if (format !== undefined && text.includes("ENC[AES256_GCM,")) {
    checkLost(text, kubernetes ? plainDocuments(text) : parsed(text, path), report);
  }
  for (const root of documents) {
    for (const { name, plain } of plainSecrets(root)) for (const each of plain) reportSecret(name, each, report);
  }
}

/** Written for people or for other programs, also in a folder of secrets; unless a rule names just these. */
const NEVER = [
  /\.(?:mdx?|rst|adoc)$/i,
  /\.pub$/,
  /\.(?:example|sample|template|te?mpl|tpl|dist|j2|gotmpl)$/i,
  /(?:^|\/)(?:readme|license|copying|codeowners)[^/]*$/i,
  /(?:^|\/)\.git(?:keep|ignore|attributes)$/,
  /(?:^|\/)(?:\.keep|\.helmignore)$/,
  /(?:^|\/)kustomization(?:\.ya?ml)?$/i,
];
/** Encrypted by another program: age, gpg, Ansible, git-crypt. */
const SEALED =
  /^(?:age-encryption\.org\/v1\n|-----BEGIN (?:AGE ENCRYPTED FILE|PGP MESSAGE)-----|\$ANSIBLE_VAULT;|\0GITCRYPT\0)/;

function isSelected(path: string, text: string, { rule, specific, selector, pointed }: Ruling): boolean {
  if (rule === undefined || !specific || SEALED.test(text)) return false;
  const pattern = rule.pathRegex ?? "";
  if (NEVER.some((name) => name.test(path)) && !pattern.includes(posix.extname(path) || "kustomization")) return false;
  const format = namedFormat(path);
  if (format === undefined || text.includes("\0")) return !isTemplate(text);
  let roots: readonly MapNode[];
  try {
    roots = (storeFor(format)?.parse(text, path) ?? parseYaml(text, path)).documents.map(({ root }) => root);
  } catch (error) {
    asSopsError(error, path);
    // A template of a chart is not what sops encrypts.
    return !isTemplate(text);
  }
  // What the rule would encrypt is unknown when it is broken: it is reported itself.
  if (selector === undefined) return true;
  const partial = selector.option[0] === "encryptedRegex" || selector.option[0] === "encryptedSuffix";
  return roots.some((root) => {
    // The `data` of a ConfigMap in a folder of manifests is not what `^(data|stringData)$` is about.
    if (partial && !pointed && isOtherKind(root)) return false;
    let found = false;
    eachLeaf(root, ({ scalar }, place) => {
      if (found || scalar.type === "null") return;
      if (scalar.type === "str" && (scalar.value === "" || isPlaceholder(scalar.value))) return;
      found = selector.selects(place.keys, place.comments, false);
    });
    return found;
  });
}

/** A Kubernetes object that is no Secret. */
export function isOtherKind(root: MapNode): boolean {
  const kind = entryOf(root, "kind")?.value;
  if (kind?.kind !== "leaf" || kind.scalar.type !== "str" || entryOf(root, "apiVersion") === undefined) return false;
  return !/Secret|^List$/.test(kind.scalar.value);
}

/** Ciphertext without a `sops` block: nobody can decrypt it any more. */
function checkLost(text: string, roots: readonly MapNode[], report: Report): void {
  let found = false;
  for (const root of roots) {
    eachLeaf(root, ({ scalar }, { path, offset }) => {
      if (found || scalar.type !== "str" || !isEnvelope(scalar.value)) return;
      found = true;
      const shown = formatKeyPath(path);
      report("invalid-file", `${shown} is encrypted, but the file has no sops block: it cannot be decrypted`, {
        offset: offset ?? text.indexOf("ENC["),
        path: shown,
        help: "Restore the file from git, or encrypt it again.",
      });
    });
  }
}

function parsed(text: string, path: string): MapNode[] {
  const store = storeFor(namedFormat(path) ?? "binary");
  try {
    return (store?.parse(text, path).documents ?? []).map(({ root }) => root);
  } catch (error) {
    asSopsError(error, path);
    return [];
  }
}
