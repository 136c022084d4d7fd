import type { Diagnostic } from "@idstack/manifests";
import { type Check, type CheckInfo, defineCheck } from "../check.ts";
import type { AuditContext } from "../context.ts";

/** A check that reports what `guardTree` of `@idstack/sops` diagnoses under codes that start with one of the prefixes. */
export function guardCheck(
  prefixes: readonly string[],
  info: CheckInfo,
  applies: (diagnostic: Diagnostic, context: AuditContext) => boolean = () => true,
): Check {
  return defineCheck(info, function* (context) {
    for (const diagnostic of context.sopsDiagnostics()) {
      const { code, severity, message, help, line = 1, column = 1 } = diagnostic;
      const file = context.files.find(({ path }) => path === diagnostic.file);
      if (file === undefined || !prefixes.some((prefix) => code.startsWith(prefix)) || !applies(diagnostic, context))
        continue;
      yield { file, position: { line, column }, severity, message, help };
    }
  });
}
