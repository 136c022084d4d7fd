import { recipientKey } from "../age/recipients.ts";
import { type KeyReport, opens, type ReportedFile } from "./report-keys.ts";

export interface LostKeyDrill {
  /** Files that no remaining key opens. */
  readonly lost: readonly ReportedFile[];
  /** Files that can still be opened, and by whom. */
  readonly open: readonly { readonly file: string; readonly recipients: readonly string[] }[];
  /** Files the lost keys had a part in: if a key was stolen, their secrets must be changed. */
  readonly exposed: readonly string[];
}

/**
 * What would happen if these keys, named as in the report, were lost: who can still open what. A file counts as exposed when
 * the keys had any part in it.
 *
 * @example
 * import { lostKeyDrill, reportKeys } from "@idstack/sops";
 * import { mkdtemp } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * const report = await reportKeys(await mkdtemp(join(tmpdir(), "sops-")));
 * console.log(lostKeyDrill(report, ["age1..."]).lost.length); // 0
 */
export function lostKeyDrill(report: KeyReport, recipients: readonly string[]): LostKeyDrill {
  const gone = new Set(recipients.map(recipientKey));
  const left = (recipient: string) => !gone.has(recipientKey(recipient));
  const [open, lost] = [true, false].map((wanted) => report.files.filter((file) => opens(file, left) === wanted));
  return {
    lost: lost ?? [],
    open: (open ?? []).map(({ file, groups }) => ({ file, recipients: [...new Set(groups.flat().filter(left))] })),
    exposed: report.files.filter(({ groups }) => !groups.flat().every(left)).map(({ file }) => file),
  };
}
