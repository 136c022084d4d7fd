import { formatPath, formatRef } from "@idstack/manifests";
import type { RuleRef, SideVerdict } from "../result.ts";
import type { Member } from "./directory.ts";
import type { Decision } from "./engine.ts";
import type { PolicyEntry } from "./entry.ts";

const refs = new WeakMap<PolicyEntry, RuleRef>();

/** Names a rule by policy, path and place. */
export function ruleRef(entry: PolicyEntry): RuleRef {
  const known = refs.get(entry);
  if (known !== undefined) return known;
  const { policy, path } = entry;
  const position = policy.document.locate(path);
  const ref: RuleRef = {
    policy: policy.ref,
    path: formatPath(path),
    ...(policy.document.file === undefined ? {} : { file: policy.document.file }),
    ...(position === undefined ? {} : { line: position.line, column: position.column }),
  };
  refs.set(entry, ref);
  return ref;
}

/** `CiliumNetworkPolicy apps/web spec.ingress[0] (policies/web.yaml:12)` */
export function formatRule(rule: RuleRef): string {
  const place = rule.file === undefined ? "" : ` (${rule.file}${rule.line === undefined ? "" : `:${rule.line}`})`;
  return `${formatRef(rule.policy)} ${rule.path}${place}`;
}

/** Turns a decision into what is printed and compared. */
export function describeSide(
  decision: Decision,
  direction: "egress" | "ingress",
  source: Member,
  destination: Member,
  port: string,
): SideVerdict {
  const { verdict, reason, proxy } = decision;
  const rules = decision.rules.map(ruleRef);
  return {
    direction,
    verdict,
    reason,
    rules,
    near: decision.near.map(ruleRef),
    ...(proxy === undefined ? {} : { proxy }),
    text: sideText(decision, rules, direction, source, destination, port),
  };
}

function sideText(
  { reason, note, proxy, verdict }: Decision,
  rules: readonly RuleRef[],
  direction: "egress" | "ingress",
  source: Member,
  destination: Member,
  port: string,
): string {
  const subject = direction === "egress" ? source.ref.name : destination.ref.name;
  const flow = direction === "egress" ? `to ${destination.ref.name}` : `from ${source.ref.name}`;
  const side = `${direction} of ${subject} ${flow} on ${port}`;
  const listed =
    rules.slice(0, 4).map(formatRule).join(", ") + (rules.length > 4 ? ` and ${rules.length - 4} more` : "");
  switch (reason) {
    case "not-enforced":
      return `${side}: ${note ?? "not enforced"}`;
    case "no-policy":
      return `${side}: no policy selects ${subject} for ${direction}`;
    case "allow-rule":
      return `${side}: allowed by ${listed}${proxy === undefined ? "" : `, requests limited by its ${proxy} rules`}`;
    case "deny-rule":
      return `${side}: denied by ${listed}`;
    case "default-deny":
      return `${side}: default deny by ${listed || "policy enforcement always"}`;
    case "default-allow":
      return `${side}: no rule denies it and none turns default deny on`;
    case "host-exception":
      return `${side}: a node may always reach its own pods`;
    case "open":
      return `${side}: ${verdict}${listed === "" ? "" : `, depends on ${listed}`}: ${note ?? ""}`;
  }
}
