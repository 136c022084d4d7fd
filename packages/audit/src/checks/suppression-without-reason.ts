import { defineCheck } from "../check.ts";
import { suppressionsOf } from "../internal/suppressions.ts";

/** An annotation that silences a check and does not say why. */
export const suppressionWithoutReason = defineCheck(
  {
    id: "suppression-without-reason",
    title: "Ignored check without a reason",
    severity: "error",
    rationale:
      "An exception nobody explained is never taken back. The annotation is ignored until it says why the object needs the exception.",
    fix: 'Write the reason as the annotation\'s value: idstack.dev/ignore-image-tag: "built on this node, never pulled".',
    fixtures: { before: ["apps/ignored-without-reason.yaml"], clean: ["suppressed.yaml"] },
  },
  function* ({ documents }) {
    for (const document of documents) {
      for (const { annotation, check, reason } of suppressionsOf(document)) {
        if (reason !== "") continue;
        const path = ["metadata", "annotations", annotation];
        yield { document, path, message: `the check ${check} is to be ignored here, but no reason is given` };
      }
    }
  },
);
