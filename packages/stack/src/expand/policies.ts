import { type Diagnostic, formatPath, type KubeObject } from "@idstack/manifests";
import { compile, type Intent } from "@idstack/policy";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import type { Sourced } from "./part.ts";

/** What to do about a rule that NetworkPolicy cannot say, in words of the declaration. */
const help: Readonly<Record<string, string>> = {
  "policy/lost-fqdn": 'Write the address instead of the name, or run Cilium: `cni: "cilium"`.',
  "policy/lost-http": 'Allow the whole port by naming the service alone, or run Cilium: `cni: "cilium"`.',
};

/** Compiles the intents of all parts at once, and tells what is wrong with them where they were declared. */
export function compilePolicies(
  stack: StackDeclaration,
  intents: readonly Sourced<Intent>[],
): { readonly objects: readonly Sourced<KubeObject>[]; readonly diagnostics: readonly Diagnostic[] } {
  const { objects, lost, diagnostics } = compile(
    stack.cluster.cni,
    intents.map(({ value }) => value),
  );
  const place = (index: string) => formatPath(intents[Number(index)]?.source ?? []);
  const found = [...lost, ...diagnostics].map((each): Diagnostic => {
    const [, index = "", rest = ""] = /^intents\[(\d+)\](\.http)?/.exec(each.path ?? "") ?? [];
    const http = each.code === "policy/lost-http" ? ".http" : rest;
    return {
      ...each,
      path: `${place(index)}${http}`,
      message: each.message.replaceAll(/intents\[(\d+)\]/g, (_, other: string) => place(other)),
      help: help[each.code] ?? each.help,
    };
  });
  return { objects: objects.map((value) => ({ value, source: [] })), diagnostics: distinct(found) };
}

/** One setting often makes several rules, which then have the same fault. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((each) => [`${each.code} ${each.path}`, each])).values()];
}
