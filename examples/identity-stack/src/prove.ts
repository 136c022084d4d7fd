import { readTree, validate } from "@idstack/manifests";
import { type Enforcement, enforcement } from "@idstack/policy";
import { loadCluster, type ProvedClaim, proveClaims } from "@idstack/reach";
import type { Stack } from "@idstack/stack";
import { claims } from "./claims.ts";

/** What the rendered tree proves: valid objects, and every claim with its verdict. */
export interface TreeProof {
  readonly ok: boolean;
  readonly objects: number;
  readonly kinds: ReadonlyMap<string, number>;
  /** Problems of the schemas, one line each. */
  readonly invalid: readonly string[];
  readonly claims: readonly ProvedClaim[];
}

/** Reads a rendered tree back and decides everything from its files alone. */
export async function proveTree(directory: string, { declaration: { cluster } }: Stack): Promise<TreeProof> {
  const { documents, diagnostics } = await readTree(directory);
  const invalid = [...diagnostics, ...validate(documents)]
    .filter(({ severity }) => severity === "error")
    .map(({ file, line, path, message }) => `${file}:${line} ${path}: ${message}`);
  const evaluated = await loadCluster(directory, {
    apiServer: cluster.apiServer,
    podCidr: cluster.podCidr,
    clusterName: cluster.name,
    cni: cluster.cni,
  });
  const shells = documents.map(({ object }) => object).filter(({ kind }) => kind.startsWith("TracingPolicy"));
  const proved = [...proveClaims(evaluated, claims).claims, shellClaim(shells.map((object) => enforcement(object)))];
  const kinds = new Map<string, number>();
  for (const { object } of documents) kinds.set(object.kind, (kinds.get(object.kind) ?? 0) + 1);
  const doubts = evaluated.diagnostics.filter(({ severity }) => severity === "error");
  return {
    ok: invalid.length === 0 && doubts.length === 0 && proved.every(({ ok }) => ok),
    objects: documents.length,
    kinds: new Map([...kinds].sort(([, a], [, b]) => b - a)),
    invalid: [...invalid, ...doubts.map(({ message }) => message)],
    claims: proved,
  };
}

/** The shell policy blocks, not only reports, in pods of apps and never on the host. */
function shellClaim(policies: readonly Enforcement[]): ProvedClaim {
  const covering = policies.filter(({ namespace }) => namespace === "apps");
  const ok =
    covering.length > 0 &&
    covering.every(({ effect, scopedToPods }) => effect === "prevents" && scopedToPods) &&
    policies.every(({ scopedToPods }) => scopedToPods);
  return {
    text: "no shell starts in a pod of apps; the host is left alone",
    expected: "prevents, scoped to pods",
    ok,
    verdict: covering.map(({ effect, scope }) => `${effect}, scoped to ${scope}`).join("; ") || "no policy",
    rules: [],
    explanation: ok ? "" : policies.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message)).join("\n"),
  };
}
