import { guardTree } from "../../../src/index.ts";
import type { Construct, CorpusFile } from "./construct.ts";
import { forbidSecrets } from "./peers/forbid-secrets.ts";
import { regexRules } from "./peers/regex-rules.ts";

/** Whether something is reported; the guard must find what is wrong, not just anything. */
type Judge = (file: CorpusFile, construct: Construct) => boolean;

const JUDGES: readonly Judge[] = [
  (file, { verdict, code }) => {
    const found = guardTree({ files: [file, ...(file.beside ?? [])] });
    return found.some((each) => verdict === "good" || (each.file === file.path && each.code === `sops/${code}`));
  },
  (file) => regexRules(file),
  (file) => forbidSecrets(file),
];

/** How often a judge is wrong: false alarms about good files, missed ones about bad files. */
export function wrong(construct: Construct): number[] {
  return JUDGES.map((judge) => {
    return construct.files.filter((file) => judge(file, construct) !== (construct.verdict === "bad")).length;
  });
}

/** The table of GUARD.md. */
export function table(corpus: readonly Construct[]): string {
  const part = (verdict: Construct["verdict"], title: string, unit: string): string[] => {
    const constructs = corpus.filter((each) => each.verdict === verdict);
    const counted = constructs.map((construct) => ({ construct, counts: wrong(construct) }));
    const rows = counted.map(({ construct: { name, files, code }, counts }) => {
      const shown = code === undefined ? name : `${name} (\`${code}\`)`;
      return `| ${shown.replaceAll("<", "\\<")} | ${files.length} | ${counts.join(" | ")} |`;
    });
    const files = constructs.reduce((sum, each) => sum + each.files.length, 0);
    const totals = JUDGES.map((_, index) => counted.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0));
    const total = `| **${unit}, ${constructs.length} constructs** | **${files}** | ${totals.map((sum) => `**${sum}**`).join(" | ")} |`;
    return [`| **${title}** | | | | |`, ...rows, total];
  };
  return [
    "| construct | files | guard | regex rules | forbid-secrets |",
    "| --- | --- | --- | --- | --- |",
    ...part("bad", "Bad files: not found", "missed alarms"),
    ...part("good", "Good files: reported all the same", "false alarms"),
  ].join("\n");
}
