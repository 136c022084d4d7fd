import type { SchemaCode } from "@idstack/manifests";
import { type Check, type CheckInfo, defineCheck } from "../check.ts";
import { parsePath } from "./parse-path.ts";

/** A general check that reports what `validate` of `@idstack/manifests` diagnoses under the given codes. */
export function schemaCheck(codes: readonly SchemaCode[], info: Omit<CheckInfo, "general" | "references">): Check {
  return defineCheck({ ...info, general: true }, function* (context) {
    for (const document of context.documents) {
      for (const { code, severity, message, path, line, column, help } of context.schemaDiagnostics(document)) {
        if (!codes.includes(code)) continue;
        const position = line === undefined || column === undefined ? undefined : { line, column };
        yield { document, path: parsePath(path), position, severity, message, help };
      }
    }
  });
}
