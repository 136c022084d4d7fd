import type { Diagnostic } from "@idstack/manifests";
import type { Directory } from "./directory.ts";
import type { Engine } from "./engine.ts";
import type { Refused } from "./normalize/policies.ts";
import type { ServiceIndex } from "./normalize/services.ts";

/** Everything a question is answered from. */
export interface Model extends Directory {
  readonly engine: Engine;
  readonly refused: readonly Refused[];
  readonly services: ServiceIndex;
  /** Findings about objects that are not evaluated: they concern every flow. */
  readonly general: readonly Diagnostic[];
}
