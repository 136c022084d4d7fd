import { type Defined, defined } from "./defined.ts";
import { durationSeconds } from "./duration.ts";

/** Options that every resource builder takes; the resources are cluster-scoped. */
export interface NameOptions {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Class of the controller manager that serves it; needed when it does not watch resources without a class. */
  readonly className?: string | undefined;
}

interface Metadata {
  name: string;
  labels: Record<string, string> | undefined;
  annotations: Record<string, string> | undefined;
}

export function metadata({ name, labels, annotations }: NameOptions): Defined<Metadata> {
  return defined<Metadata>({ name, labels: labels && { ...labels }, annotations: annotations && { ...annotations } });
}

/** A lifetime, checked; TypeError otherwise. */
export function lifetime(builder: string, option: string, value: string | undefined): string | undefined {
  if (value === undefined || (durationSeconds(value) ?? 0) > 0) return value;
  throw new TypeError(`${builder}: ${option} "${value}" is not a positive duration such as 1h or 90m`);
}
