import type { Path, Position } from "./diagnostic.ts";
import type { KubeObject } from "./kube-object.ts";

/** A Kubernetes object together with where it was written. */
export interface ManifestDocument {
  readonly object: KubeObject;
  /** Path of the file as given to the parser: relative to the root, with forward slashes, after `readTree`. */
  readonly file?: string | undefined;
  /**
   * SOPS encrypted it, as a whole (`kind` is then `ENC[...]`) or in part (it has a `sops` block): values that start
   * with `ENC[` stand for something else.
   */
  readonly encrypted: boolean;
  /**
   * It has strategic-merge directives (`$patch` and the like) or a kustomization lists it as a patch: it changes an
   * object and is none.
   */
  readonly patch: boolean;
  /**
   * Where a node is written. Of an entry of a mapping, `"key"` (the default) gives its key and `"value"` its value.
   * A missing node gives its nearest existing ancestor; a document without positions gives `undefined`.
   */
  locate(path: Path, part?: "key" | "value"): Position | undefined;
}

/** Why a document is left out of the objects. */
export type SkipReason =
  /** Kustomization, Component or another file that kustomize reads and the API server never sees. */
  | "kustomize"
  /** `Chart.yaml` and its like. */
  | "helm"
  /** Text of Helm, Jinja or another template language that is not YAML before it is rendered. */
  | "template"
  /** Anything else that has neither `apiVersion` nor `kind`: chart values, configuration of other programs. */
  | "not-kubernetes";

/** A document that is no Kubernetes object, kept for checks that read such files. */
export interface SkippedDocument {
  readonly reason: SkipReason;
  readonly file?: string | undefined;
  /** Line of its first node. */
  readonly line: number;
  /** What it holds, as plain data; `undefined` for a template. */
  readonly value: unknown;
}
