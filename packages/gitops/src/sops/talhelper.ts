import type { SopsRule } from "./sops-rule.ts";

/** Options of {@link talhelper}. */
export interface TalhelperOptions {
  /** Folder of the cluster in the repository; `talos` by default. */
  readonly folder?: string | undefined;
}

/** Where the files of a Talos cluster lie, for talhelper and for SOPS. */
export interface TalhelperLayout {
  readonly rule: SopsRule;
  /** Nodes and patches, in clear. */
  readonly config: string;
  /** Certificates and tokens of the cluster: `talhelper gensecret` makes it; encrypt it before it is committed. */
  readonly secrets: string;
  /** Values that `talconfig.yaml` names as `${NAME}`, encrypted. */
  readonly env: string;
  /** Machine configurations that talhelper writes, with all secrets in clear: kept out of git by `gitignore`. */
  readonly generated: string;
  readonly gitignore: { readonly path: string; readonly text: string };
}

/**
 * The convention of talhelper: which files of a Talos cluster are encrypted as a whole, and which must never be committed.
 * `rule` makes the rule of `.sops.yaml`, with `generateSopsConfig` of `@idstack/sops`.
 *
 * @example
 * ```ts
 * import { talhelper } from "@idstack/gitops";
 * const { secrets, gitignore } = talhelper({ folder: "clusters/home/talos" });
 * console.log(secrets, JSON.stringify(gitignore.text)); // clusters/home/talos/talsecret.sops.yaml "/clusterconfig/\n"
 * ```
 */
export function talhelper(options: TalhelperOptions = {}): TalhelperLayout {
  const folder = (options.folder ?? "talos").replace(/^\.\/|\/+$/g, "");
  if (folder === "" || folder === "." || folder.startsWith("/") || folder.split("/").includes("..")) {
    throw new TypeError(`talhelper: folder "${options.folder}" is not a folder below the root of the repository`);
  }
  return {
    rule: { convention: "talos", folder },
    config: `${folder}/talconfig.yaml`,
    secrets: `${folder}/talsecret.sops.yaml`,
    env: `${folder}/talenv.sops.yaml`,
    generated: `${folder}/clusterconfig`,
    gitignore: { path: `${folder}/.gitignore`, text: "/clusterconfig/\n" },
  };
}
