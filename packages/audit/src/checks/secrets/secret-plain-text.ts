import type { KubeObject, Path } from "@idstack/manifests";
import { defineCheck } from "../../check.ts";
import { itemsAt, mapAt } from "../../internal/read.ts";

/** Values that stand for a secret and are none: encrypted, substituted later, or references for a plug-in. */
const standsForSecret = /^ENC\[|\$\{|\{\{|^<path:|^ref\+|^op:\/\//;

/** What Argo CD's repository and cluster Secrets hold besides credentials. */
const publicArgoKeys = new Set([
  "type",
  "url",
  "name",
  "project",
  "server",
  "enableOCI",
  "forceHttpBasicAuth",
  "proxy",
]);

/** A Secret whose values are readable for everybody who can read the repository. */
export const secretPlainText = defineCheck(
  {
    id: "secret-plain-text",
    title: "Secret in plain text",
    severity: "error",
    rationale:
      "Base64 is no encryption, and what was once committed stays in the history, in every clone and in every cache of it.",
    fix: "Change the secret, then commit it encrypted with sops or leave it to an ExternalSecret.",
    references: ["https://kubernetes.io/docs/concepts/security/secrets-good-practices/"],
    fixtures: { before: ["apps/secret-in-plain-text.yaml"], clean: ["secret.yaml", "no-secret.yaml"] },
  },
  function* ({ documents }) {
    for (const document of documents) {
      const ofArgo = document.object.metadata?.labels?.["argocd.argoproj.io/secret-type"] !== undefined;
      const plain = valuesOf(document.object).filter(
        ({ key, value }) => isPlain(value) && !(ofArgo && publicArgoKeys.has(key)),
      );
      const [first] = plain;
      if (first === undefined) continue;
      const keys = plain.map(({ key }) => key).join(", ");
      const partly = document.encrypted ? "in a document that is otherwise encrypted" : "in plain text";
      // The values themselves are never repeated here.
      yield { document, path: first.path, message: `the Secret holds ${keys} ${partly}` };
    }
  },
);

interface SecretValue {
  readonly key: string;
  readonly value: unknown;
  readonly path: Path;
}

/** `data` and `stringData` of Secrets, and of the templates in a SopsSecret. */
function valuesOf(object: KubeObject): SecretValue[] {
  if (object.kind === "Secret" && object.apiVersion === "v1") return entries(object, []);
  if (object.kind !== "SopsSecret") return [];
  return [...itemsAt(object, "spec", "secretTemplates")].flatMap(({ path }) => entries(object, path));
}

function entries(object: KubeObject, base: Path): SecretValue[] {
  return ["data", "stringData"].flatMap((field) =>
    Object.entries(mapAt(object, ...base, field)).map(([key, value]) => ({ key, value, path: [...base, field, key] })),
  );
}

function isPlain(value: unknown): boolean {
  return typeof value === "string"
    ? value !== "" && !standsForSecret.test(value)
    : value !== null && value !== undefined;
}
