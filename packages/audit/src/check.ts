import {
  formatPath,
  type ManifestDocument,
  objectRef,
  type Path,
  type Severity,
  type TextFile,
} from "@idstack/manifests";
import type { AuditContext } from "./context.ts";
import type { Finding } from "./finding.ts";

/** What a check tells about itself; reports, documentation and tests are made from it. */
export interface CheckInfo {
  /** Kebab case, at most 56 characters, since it is also part of an annotation name. */
  readonly id: string;
  /** What is wrong, in a few words: heads a list of findings. */
  readonly title: string;
  /** Severity of its findings, unless a single finding says otherwise. */
  readonly severity: Severity;
  /** Why it matters: what happens in a cluster that has this mistake. */
  readonly rationale: string;
  /** What to do, in one or two sentences; findings carry it as `help` when they have nothing more precise. */
  readonly fix: string;
  /** Documentation of the projects concerned. */
  readonly references?: readonly string[] | undefined;
  /** Where the mistake and its correct form can be seen; every built-in check has both. */
  readonly fixtures?: CheckFixtures | undefined;
  /** Leaves a node (and what is below it) to the checks that have a finding there: for general checks beside special ones. */
  readonly general?: boolean | undefined;
}

/** Files of this repository that show a mistake and its correct form. */
export interface CheckFixtures {
  /** Below `examples/identity-stack/before/`. */
  readonly before: readonly string[];
  /** Below `packages/audit/test/fixtures/`. */
  readonly clean: readonly string[];
}

/** One mistake the audit knows. A check is pure: it reads the context and returns what it found, in any order. */
export interface Check extends CheckInfo {
  run(context: AuditContext): Finding[];
}

/** A finding before its check's id, severity and position are filled in. */
export type Observation = ObservationBody & (InDocument | InText);

interface ObservationBody {
  readonly message: string;
  readonly severity?: Severity | undefined;
  readonly help?: string | undefined;
}

interface InDocument {
  readonly document: ManifestDocument;
  /** Node the finding is about; the nearest node that exists gives the position. The default is the object itself. */
  readonly path?: Path | undefined;
  /** Overrides the node's position, for a line inside a block of text. */
  readonly position?: { readonly line: number; readonly column: number } | undefined;
}

interface InText {
  readonly file: TextFile;
  readonly position: { readonly line: number; readonly column: number };
}

/**
 * Makes a {@link Check} of a description and a function that yields observations: id, severity, position, object and
 * help are filled in.
 *
 * @example
 * ```ts
 * import { audit, defineCheck } from "@idstack/audit";
 * import { parseManifests } from "@idstack/manifests";
 *
 * const noDefaultNamespace = defineCheck(
 *   {
 *     id: "default-namespace",
 *     title: "Object in the namespace default",
 *     severity: "warning",
 *     rationale: "Policies are written per namespace; default has none.",
 *     fix: "Give the object a namespace of its own.",
 *   },
 *   function* ({ documents }) {
 *     for (const document of documents)
 *       if (document.object.metadata?.namespace === "default")
 *         yield { document, path: ["metadata", "namespace"], message: "lives in the namespace default" };
 *   },
 * );
 * const yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: default }\n";
 * const { findings } = audit(parseManifests(yaml), { checks: [noDefaultNamespace] });
 * console.log(findings[0]?.line); // 3
 * ```
 */
export function defineCheck(info: CheckInfo, observe: (context: AuditContext) => Iterable<Observation>): Check {
  return { ...info, run: (context) => Array.from(observe(context), (observation) => finding(info, observation)) };
}

function finding(info: CheckInfo, observation: Observation): Finding {
  const { message, severity = info.severity, help = info.fix } = observation;
  if (!("document" in observation)) {
    return { code: info.id, severity, message, file: observation.file.path, ...observation.position, help };
  }
  const { document, path = [] } = observation;
  const position = observation.position ?? document.locate(path);
  return {
    code: info.id,
    severity,
    message,
    file: document.file,
    line: position?.line,
    column: position?.column,
    path: path.length > 0 ? formatPath(path) : undefined,
    help,
    object: objectRef(document.object),
  };
}
