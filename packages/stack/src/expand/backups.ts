import type { DatabaseInput } from "../declaration/service-input.ts";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";

/** The Secret with the keys ACCESS_KEY_ID and ACCESS_SECRET_KEY, in each namespace with a database that is backed up. */
export const BACKUP_SECRET = "s3-backup";

/** Whether a database is archived to the bucket. */
export function isBackedUp(database: DatabaseInput | undefined): boolean {
  return typeof database?.backup === "string";
}

/** Namespaces whose databases are backed up. */
export function namespacesWithBackups(stack: StackDeclaration): string[] {
  const { authentik } = stack.platform ?? {};
  const owners = [...Object.values(stack.services), ...(authentik === undefined ? [] : [authentik])];
  const backedUp = owners.filter(({ database }) => isBackedUp(database));
  return [...new Set(backedUp.map(({ namespace }) => namespace))].sort();
}
