import { enforcement } from "@idstack/policy";
import { type Check, type CheckInfo, defineCheck } from "../check.ts";
import { parsePath } from "./parse-path.ts";
import { tracingPolicies } from "./tracing-policies.ts";

/** A check that reports what `enforcement()` of `@idstack/policy` diagnoses under the given codes. */
export function enforcementCheck(codes: readonly string[], info: CheckInfo): Check {
  return defineCheck(info, function* (context) {
    for (const document of tracingPolicies(context)) {
      for (const { code, severity, message, path, help } of enforcement(document.object).diagnostics) {
        if (codes.includes(code)) yield { document, path: parsePath(path), severity, message, help };
      }
    }
  });
}
