import { closest, type Diagnostic, formatPath, formatRef, type Path } from "@idstack/manifests";
import type { ResolvedFacts } from "../cluster-facts.ts";
import type { Direction, Policy, PolicyEntry } from "../entry.ts";
import { YES } from "../tri.ts";
import type { CidrGroups } from "./cidr-groups.ts";
import type { Mapping } from "./read.ts";
import type { ServiceIndex } from "./services.ts";

/** The cluster around the policies: what peers are resolved against. */
export interface World {
  readonly facts: ResolvedFacts;
  readonly services: ServiceIndex;
  readonly groups: CidrGroups;
}

/** Reads one policy: collects its entries and what could not be understood. */
export class PolicyContext {
  readonly policy: Policy;
  readonly world: World;
  /** Namespace of the policy, undefined for a clusterwide one. */
  readonly namespace: string | undefined;
  readonly entries: PolicyEntry[] = [];
  readonly diagnostics: Diagnostic[] = [];
  /** First construct of the current item that is not understood. */
  #open: string | undefined;
  #spreads = false;

  constructor(policy: Policy, world: World, namespace: string | undefined) {
    this.policy = policy;
    this.world = world;
    this.namespace = namespace;
  }

  diagnose(code: string, severity: Diagnostic["severity"], path: Path, message: string, help?: string): void {
    this.diagnostics.push(diagnosticAt(this.policy, code, severity, path, message, help));
  }

  /** Reports a construct whose effect is not evaluated; the current item may then match anything. */
  notEvaluated(path: Path, what: string, help?: string): void {
    this.#open ??= `${formatPath(path)}: ${what}`;
    this.diagnose("unsupported-construct", "error", path, `${what}: flows that it can influence have no verdict`, help);
  }

  /** Fields that are not known are never skipped: they make the item open. */
  onlyKnown(item: Mapping, known: readonly string[], path: Path): void {
    for (const key of Object.keys(item)) {
      if (known.includes(key)) continue;
      const meant = closest(key, known);
      this.notEvaluated(
        [...path, key],
        `unknown field "${key}"`,
        meant === undefined ? undefined : `Did you mean "${meant}"?`,
      );
    }
  }

  /** Like {@link notEvaluated}, for what also changes the effect of other rules, of allows and denies alike. */
  spreads(path: Path, what: string, help: string): void {
    this.notEvaluated(path, what, help);
    this.#spreads = true;
  }

  takeSpread(): boolean {
    const spreads = this.#spreads;
    this.#spreads = false;
    return spreads;
  }

  /** Takes the note of what the item left open, for its entry. */
  takeOpen(): string | undefined {
    const open = this.#open;
    this.#open = undefined;
    return open;
  }

  /** Entries that may match anything in either way: for a policy that cannot be read at all. */
  addOpen(subject: PolicyEntry["subject"], path: Path, open: string): void {
    for (const direction of ["ingress", "egress"] as const satisfies readonly Direction[]) {
      for (const action of ["allow", "deny"] as const) {
        this.entries.push({
          policy: this.policy,
          path,
          direction,
          action,
          subject,
          defaultDeny: true,
          peers: "any",
          ports: "any",
          open,
        });
      }
    }
  }
}

export function diagnosticAt(
  policy: Policy,
  code: string,
  severity: Diagnostic["severity"],
  path: Path,
  message: string,
  help?: string,
): Diagnostic {
  const position = policy.document.locate(path);
  return {
    code,
    severity,
    message: `${formatRef(policy.ref)}: ${message}`,
    ...(policy.document.file === undefined ? {} : { file: policy.document.file }),
    ...(position === undefined ? {} : { line: position.line, column: position.column }),
    path: formatPath(path),
    ...(help === undefined ? {} : { help }),
  };
}

export const everyone = (): typeof YES => YES;
