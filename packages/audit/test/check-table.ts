import type { Check } from "@idstack/audit";

/** The table of checks as README.md shows it. */
export function checkTable(checks: readonly Check[]): string {
  const rows = checks.map(
    ({ id, severity, title, fix }) => `| \`${id}\` | ${severity} | ${cell(title)} | ${cell(fix)} |`,
  );
  return ["| check | severity | finds | fix |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/[<>]/g, "\\$&").replaceAll("[]", "\\[\\]");
}
