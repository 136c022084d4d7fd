import type { Proof } from "./claims.ts";
import { formatRule } from "./internal/side-text.ts";

/** Prints a proof: one line per claim with expectation, verdict and deciding rules, explanations below failed ones. */
export function renderProof(proof: Proof): string {
  const rows = proof.claims.map((each) => ({
    mark: each.ok ? "ok  " : "FAIL",
    text: each.text,
    verdict: each.ok ? each.verdict : `${each.verdict} (expected ${each.expected})`,
    rules:
      each.rules.slice(0, 2).map(formatRule).join(", ") +
      (each.rules.length > 2 ? ` and ${each.rules.length - 2} more` : ""),
    explanation: each.explanation,
  }));
  const width = (key: "text" | "verdict"): number => Math.max(0, ...rows.map((row) => row[key].length));
  const [textWidth, verdictWidth] = [width("text"), width("verdict")];
  return rows
    .flatMap(({ mark, text, verdict, rules, explanation }) => [
      `${mark}  ${text.padEnd(textWidth)}  ${verdict.padEnd(verdictWidth)}  ${rules}`.trimEnd(),
      ...(explanation === "" ? [] : explanation.split("\n").map((line) => `        ${line}`)),
    ])
    .join("\n");
}
