import { defineCheck } from "../../check.ts";

/** A document the audit could not read, so that no other check has seen it. */
export const unreadableDocument = defineCheck(
  {
    id: "unreadable-document",
    title: "Document that cannot be read",
    severity: "error",
    rationale:
      "What is no YAML, a template that was not rendered, or an object without kind is seen by no check: its mistakes stay hidden behind a clean report.",
    fix: "Correct the YAML; render templates before the audit.",
    fixtures: { before: ["media/api-version-missing.yaml"], clean: ["schema.yaml"] },
  },
  function* ({ files, parseDiagnostics }) {
    for (const { file, severity, message, line = 1, column = 1, help } of parseDiagnostics) {
      const found = files.find(({ path }) => path === file) ?? { path: file ?? "", text: "" };
      yield { file: found, position: { line, column }, severity, message, help };
    }
  },
);
