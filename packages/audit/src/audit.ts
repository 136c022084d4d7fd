import type {
  Diagnostic,
  ManifestDocument,
  SchemaSource,
  SkippedDocument,
  TextFile,
  VirtualEndpoint,
} from "@idstack/manifests";
import type { ClusterFacts } from "@idstack/reach";
import type { Check } from "./check.ts";
import { checks as builtIn } from "./checks/index.ts";
import { auditContext } from "./context.ts";
import type { Finding } from "./finding.ts";
import { byPlace } from "./internal/by-place.ts";
import { yieldToSpecial } from "./internal/general.ts";
import { suppress } from "./internal/suppress.ts";
import { type AuditReport, countBySeverity } from "./report.ts";

/** What is audited. The result of `parseManifests` and of `readTree` fits as it is. */
export interface AuditInput {
  readonly documents: readonly ManifestDocument[];
  /** What parsing reported; documents that could not be read become findings. */
  readonly diagnostics?: readonly Diagnostic[] | undefined;
  /** Text files of the tree: documentation, `.sops.yaml`, configuration files. Without them their checks find nothing. */
  readonly files?: readonly TextFile[] | undefined;
  /** Documents that are no Kubernetes objects: kustomizations tell of images and charts. */
  readonly skipped?: readonly SkippedDocument[] | undefined;
  /** Pods that charts and operators will create, for the checks on network policies. */
  readonly endpoints?: readonly VirtualEndpoint[] | undefined;
  /** What the manifests do not say about the cluster, such as the API server's address. */
  readonly facts?: ClusterFacts | undefined;
  /** Schemas of kinds that are neither built in nor defined among the documents: what `readSchemas` returned. */
  readonly schemas?: SchemaSource | undefined;
}

/** Which checks run. */
export interface AuditOptions {
  /** Checks to choose from; the built-in ones if left out. Add your own with `[...checks, mine]`. */
  readonly checks?: readonly Check[] | undefined;
  /** Ids of the only checks to run. */
  readonly only?: readonly string[] | undefined;
  /** Ids of checks not to run. */
  readonly skip?: readonly string[] | undefined;
}

/**
 * Runs the checks over documents in memory. Pure: nothing is read but the input.
 *
 * An object silences a check with the annotation `idstack.dev/ignore-<check>: "reason"`; such findings are returned
 * under `suppressed`. An annotation without a reason silences nothing and is itself a finding.
 *
 * @throws TypeError if `only` or `skip` names a check that does not exist.
 * @example
 * ```ts
 * import { audit } from "@idstack/audit";
 * import { parseManifests } from "@idstack/manifests";
 *
 * const report = audit(parseManifests("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: apps\n", { file: "apps.yaml" }));
 * for (const { file, line, code } of report.findings) console.log(`${file}:${line} ${code}`); // apps.yaml:3 namespace-pod-security
 * ```
 */
export function audit(input: AuditInput, options: AuditOptions = {}): AuditReport {
  const selected = select(options);
  const context = auditContext(input);
  const results = selected.map((check) => ({ check, findings: check.run(context) }));
  const { findings, suppressed } = suppress(yieldToSpecial(results), context.documents);
  return {
    findings: findings.sort(byPlace),
    suppressed: suppressed.sort(byPlace),
    counts: countBySeverity(findings),
    checks: selected.map(({ id, title, severity }) => ({ id, title, severity, findings: countOf(findings, id) })),
    objects: context.documents.length,
  };
}

function select({ checks = builtIn, only, skip = [] }: AuditOptions): readonly Check[] {
  const ids = new Set(checks.map(({ id }) => id));
  for (const id of [...(only ?? []), ...skip]) {
    if (!ids.has(id)) throw new TypeError(`unknown check "${id}"; known are ${[...ids].sort().join(", ")}`);
  }
  return checks.filter(({ id }) => (only === undefined || only.includes(id)) && !skip.includes(id));
}

function countOf(findings: readonly Finding[], id: string): number {
  return findings.filter(({ code }) => code === id).length;
}
