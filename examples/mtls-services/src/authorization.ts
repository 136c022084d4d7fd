import { readFileSync } from "node:fs";
import type { SpiffeId } from "@idstack/spiffe";

/** Who a service lets in and whom it calls, as SPIFFE IDs. */
export interface Authorization {
  readonly accepts: readonly string[];
  readonly calls: readonly string[];
}

/** One entry per service, keyed by its own SPIFFE ID. */
export type AuthorizationTable = Readonly<Record<string, Authorization>>;

/** Reads the table that is rendered from the stack's declaration. */
export function loadAuthorization(file: string): AuthorizationTable {
  const table: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof table !== "object" || table === null)
    throw new TypeError(`${file}: expected an object keyed by SPIFFE ID`);
  for (const [id, entry] of Object.entries(table as Record<string, Partial<Authorization> | null>)) {
    if (!isStrings(entry?.accepts) || !isStrings(entry.calls)) {
      throw new TypeError(`${file}: ${id} needs the lists "accepts" and "calls"`);
    }
  }
  return table as AuthorizationTable;
}

/** A service that is not in the table talks to nobody. */
export function authorizationOf(table: AuthorizationTable, id: SpiffeId): Authorization {
  return table[id.toString()] ?? { accepts: [], calls: [] };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
