import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { KeyReport, LostKeyDrill, ReportedFile } from "@idstack/sops";
import type { ReportFlags } from "../commands/secrets/report.ts";
import { CliError } from "../errors.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { shownPath } from "../internal/shown-path.ts";
import type { Io } from "../io.ts";
import { redactKeys } from "./redact.ts";

/** Prints which keys open which files. */
export async function report(path: string, flags: ReportFlags, io: Io): Promise<ExitCode> {
  const { lostKeyDrill, reportKeys } = await import("@idstack/sops");
  const root = resolve(io.cwd, path);
  await stat(root).catch((cause: unknown) => {
    throw new CliError("not-a-directory", `there is no folder or file ${path}`, { cause });
  });
  const found = await reportKeys(root, flags.offline.length > 0 ? { offline: flags.offline } : {});
  const shown = shownReport(found, io.cwd);
  // A key that is mistyped is lost without any harm.
  for (const key of flags.lost.filter((each) => lostKeyDrill(shown, [each]).exposed.length === 0)) {
    io.err.write(`${redactKeys(key)} is a key of no file here: is it written right?\n`);
  }
  const drill = flags.lost.length === 0 ? undefined : lostKeyDrill(shown, flags.lost);
  const text = flags.json === true ? reportJson(shown, drill) : await reportText(shown, drill, io.out.color);
  io.out.write(redactKeys(text));
  const fails = shown.diagnostics.some(({ severity }) => severity === "error" || flags.strict === true);
  return fails ? exitCodes.findings : exitCodes.ok;
}

function shownReport({ files, recipients, diagnostics }: KeyReport, cwd: string): KeyReport {
  const shown = (file: string) => shownPath(file, cwd);
  const name = (of: string | undefined) => (of === undefined ? {} : { file: shown(of) });
  return {
    files: files.map((entry) => ({ ...entry, file: shown(entry.file) })),
    recipients: new Map([...recipients].map(([recipient, names]) => [recipient, names.map(shown)])),
    diagnostics: diagnostics.map((each) => ({
      ...each,
      ...name(each.file),
      message: each.file === undefined ? each.message : each.message.replaceAll(each.file, shown(each.file)),
    })),
  };
}

function reportJson({ files, recipients, diagnostics }: KeyReport, drill: LostKeyDrill | undefined): string {
  const document = { files, recipients: Object.fromEntries(recipients), diagnostics, ...(drill && { lost: drill }) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

async function reportText(
  { files, recipients, diagnostics }: KeyReport,
  drill: LostKeyDrill | undefined,
  color: boolean,
): Promise<string> {
  const lines: string[] = [];
  for (const [keys, names] of byKeys(files)) lines.push(keys, ...names.map((name) => `  ${name}`), "");
  for (const [recipient, names] of recipients)
    lines.push(`${recipient} opens, or helps to open, ${count(names.length)}`);
  if (drill !== undefined) lines.push("", ...drillLines(drill));
  const { renderDiagnostics } = await import("@idstack/manifests");
  if (diagnostics.length > 0) lines.push("", renderDiagnostics(diagnostics, { color }));
  lines.push("", `${count(files.length)}, ${recipients.size} ${recipients.size === 1 ? "key" : "keys"}`);
  return `${lines.join("\n")}\n`;
}

/** Files with the same keys belong together. */
function byKeys(files: readonly ReportedFile[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const entry of files) {
    const keys = keysOf(entry);
    groups.set(keys, [...(groups.get(keys) ?? []), entry.file]);
  }
  return groups;
}

function keysOf({ groups, threshold }: ReportedFile): string {
  const [only] = groups;
  if (groups.length === 1) return `for ${(only ?? []).join(", ") || "no key"}:`;
  const sets = groups.map((group) => group.join(" or ")).join("; ");
  return `for ${threshold} of ${groups.length} groups (${sets}):`;
}

function drillLines({ lost, open, exposed }: LostKeyDrill): readonly string[] {
  return [
    `Without these keys ${count(lost.length)} cannot be opened any more${lost.length > 0 ? ":" : ""}`,
    ...lost.map(({ file }) => `  ${file}`),
    `${count(open.length)} can`,
    `If they were stolen, change the secrets of ${count(exposed.length)}${exposed.length > 0 ? ":" : ""}`,
    ...exposed.map((file) => `  ${file}`),
  ];
}

function count(number: number): string {
  return `${number} file${number === 1 ? "" : "s"}`;
}
