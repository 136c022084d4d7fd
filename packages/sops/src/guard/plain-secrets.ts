import { isEnvelope } from "../internal/envelope.ts";
import { elementsOf, entryOf, type MapNode } from "../internal/tree.ts";
import { eachLeaf } from "./leaves.ts";
import { isEncodedPlaceholder, isPlaceholder } from "./placeholder.ts";

/** A value of a Kubernetes Secret that stands in the clear. */
export interface PlainSecretValue {
  readonly offset: number | undefined;
  /** As people read it. */
  readonly path: string;
  readonly keys: readonly string[];
}

export interface SecretFinding {
  readonly name: string;
  readonly plain: readonly PlainSecretValue[];
  /** Some of its values are encrypted: which ones was a choice of the file's rule. */
  readonly partlyEncrypted: boolean;
}

/** What Secrets that tell Argo CD of a repository or cluster hold besides credentials. */
const PUBLIC_ARGO_KEYS = /^(?:type|url|name|project|server|namespaces|enableOCI|forceHttpBasicAuth|proxy|noProxy)$/;

/** The Kubernetes Secrets of a document, those of Lists and SopsSecrets included, and their values in plaintext. */
export function plainSecrets(root: MapNode, path: readonly (string | number)[] = []): SecretFinding[] {
  const kind = textAt(root, "kind");
  if (kind === "List" || kind === "SecretList") return within(root, ["items"], path, kind === "SecretList");
  if (kind === "SopsSecret") return within(root, ["spec", "secretTemplates"], path, true);
  if (kind !== "Secret" || !/^v1$|^$/.test(textAt(root, "apiVersion"))) return [];
  // A kustomize patch that removes a Secret holds none.
  return textAt(root, "$patch") === "delete" ? [] : secret(root, path);
}

/** The Secrets in a list; `bare` ones need not say that they are. */
function within(
  root: MapNode,
  keys: readonly string[],
  path: readonly (string | number)[],
  bare: boolean,
): SecretFinding[] {
  let list: MapNode | undefined = root;
  for (const key of keys.slice(0, -1)) list = mapAt(list, key);
  const items = list && entryOf(list, keys.at(-1) ?? "")?.value;
  if (items?.kind !== "list") return [];
  return elementsOf(items).flatMap(({ value }, index) => {
    if (value.kind !== "map") return [];
    const inner = [...path, ...keys, index];
    return bare && entryOf(value, "kind") === undefined ? secret(value, inner) : plainSecrets(value, inner);
  });
}

function secret(root: MapNode, path: readonly (string | number)[]): SecretFinding[] {
  const metadata = mapAt(root, "metadata");
  const labels = metadata && mapAt(metadata, "labels");
  const ofArgo = labels !== undefined && textAt(labels, "argocd.argoproj.io/secret-type") !== "";
  const plain: PlainSecretValue[] = [];
  let partlyEncrypted = false;
  for (const field of ["data", "stringData"]) {
    const value = entryOf(root, field)?.value;
    if (value === undefined) continue;
    eachLeaf(value, ({ scalar }, place) => {
      if (scalar.type === "null") return;
      if (scalar.type === "str") {
        const text = scalar.value.trim();
        const encrypted = isEnvelope(text);
        partlyEncrypted ||= encrypted;
        if (encrypted || text === "" || isPlaceholder(text)) return;
        if (field === "data" && isEncodedPlaceholder(text)) return;
      }
      if (ofArgo && PUBLIC_ARGO_KEYS.test(place.keys[0] ?? "")) return;
      const shown = [...path, field, ...place.path];
      plain.push({
        offset: place.offset ?? value.span?.start,
        path: shown
          .reduce<string>((out, part) => out + (typeof part === "number" ? `[${part}]` : `.${part}`), "")
          .slice(1),
        keys: [field, ...place.keys],
      });
    });
  }
  const name = (metadata && textAt(metadata, "name")) ?? textAt(root, "name");
  return plain.length === 0 ? [] : [{ name, plain, partlyEncrypted }];
}

function mapAt(map: MapNode | undefined, key: string): MapNode | undefined {
  const value = map && entryOf(map, key)?.value;
  return value?.kind === "map" ? value : undefined;
}

function textAt(map: MapNode, key: string): string {
  const value = entryOf(map, key)?.value;
  return value?.kind === "leaf" && value.scalar.type === "str" ? value.scalar.value : "";
}
