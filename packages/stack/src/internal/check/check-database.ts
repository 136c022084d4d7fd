import type { Path } from "@idstack/manifests";
import type { DatabaseInput } from "../../declaration/service-input.ts";
import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import { isBackedUp } from "../../expand/backups.ts";
import { databaseName } from "../../expand/databases.ts";
import type { Report } from "./report.ts";

/** CloudNativePG derives names of its own from a cluster's, and refuses longer ones. */
const LONGEST = 50;

/** A database has an operator, and its backups a place to go to. */
export function checkDatabase(
  stack: StackDeclaration,
  path: Path,
  owner: string,
  database: DatabaseInput,
  report: Report,
): void {
  const { platform, backups } = stack;
  if (platform?.cloudNativePg === undefined) {
    report("stack/needs", path, "needs CloudNativePG.", "Declare `platform: { cloudNativePg: {} }`.");
  }
  if (databaseName(owner).length > LONGEST) {
    report(
      "stack/conflict",
      path,
      `"${databaseName(owner)}" has more than the ${LONGEST} characters that CloudNativePG takes.`,
      "Shorten the name of the service.",
    );
  }
  if (!isBackedUp(database)) return;
  if (backups === undefined) {
    report(
      "stack/needs",
      [...path, "backup"],
      "has nowhere to go.",
      "Declare `backups: { bucket, endpoint, credentials }`.",
    );
  }
  if (platform?.cloudNativePg !== undefined && platform.certManager === undefined) {
    report(
      "stack/needs",
      [...path, "backup"],
      "needs cert-manager, for the certificates of CloudNativePG's backup plug-in.",
      "Declare `platform.certManager`.",
    );
  }
}
