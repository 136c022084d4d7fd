import type { Check } from "../check.ts";
import type { Finding } from "../finding.ts";

/** Findings of all checks, without those of general checks at a node that a special check already speaks about. */
export function yieldToSpecial(results: readonly { check: Check; findings: readonly Finding[] }[]): Finding[] {
  const special = results.filter(({ check }) => check.general !== true).flatMap(({ findings }) => findings);
  const claimed = Map.groupBy(special, objectKey);
  return results.flatMap(({ check, findings }) =>
    check.general === true
      ? findings.filter((finding) => !(claimed.get(objectKey(finding)) ?? []).some((other) => covers(other, finding)))
      : findings,
  );
}

function objectKey({ file, object }: Finding): string {
  return JSON.stringify([file, object?.apiVersion, object?.kind, object?.namespace, object?.name]);
}

/** Whether one finding is about the node of the other, or about a node above it. */
function covers({ path: above }: Finding, { path: below }: Finding): boolean {
  if (above === undefined || below === undefined || !below.startsWith(above)) return false;
  const rest = below.slice(above.length);
  return rest === "" || rest.startsWith(".") || rest.startsWith("[");
}
