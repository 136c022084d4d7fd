import type { ObjectOptions } from "@idstack/manifests";
import { durationSeconds } from "./duration.ts";

/** Options that every resource builder takes; the resources are cluster-scoped. */
export interface NameOptions extends ObjectOptions {
  /** Class of the controller manager that serves it; needed when it does not watch resources without a class. */
  readonly className?: string | undefined;
}

/** A lifetime, checked; TypeError otherwise. */
export function lifetime(builder: string, option: string, value: string | undefined): string | undefined {
  if (value === undefined || (durationSeconds(value) ?? 0) > 0) return value;
  throw new TypeError(`${builder}: ${option} "${value}" is not a positive duration such as 1h or 90m`);
}
