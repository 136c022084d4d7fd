import { type Diagnostic, formatRef, groupOf, type ManifestDocument, objectRef } from "@idstack/manifests";
import type { Policy, PolicyEntry } from "../entry.ts";
import type { Identity } from "../identity.ts";
import type { Tri } from "../tri.ts";
import { inNamespace, readCiliumPolicy } from "./cilium-policy.ts";
import { diagnosticAt, PolicyContext, type World } from "./context.ts";
import { readNetworkPolicy } from "./network-policy.ts";
import { RefusedPolicy } from "./read.ts";
import { schemaProblem } from "./schema-problem.ts";

/** A policy that takes no effect although it stands in the tree. */
export interface Refused {
  readonly policy: Policy;
  readonly diagnostic: Diagnostic;
  readonly subject: (identity: Identity) => Tri;
}

export interface NormalizedPolicies {
  readonly policies: readonly Policy[];
  readonly entries: readonly PolicyEntry[];
  readonly refused: readonly Refused[];
  readonly diagnostics: readonly Diagnostic[];
}

type PolicyKind = "NetworkPolicy" | "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy";

/** The kind of policy an object is, if it is one that decides flows. */
export function policyKind({ object }: ManifestDocument): PolicyKind | undefined {
  const group = groupOf(object.apiVersion);
  if (object.kind === "NetworkPolicy" && group === "networking.k8s.io") return "NetworkPolicy";
  if (group !== "cilium.io") return undefined;
  return object.kind === "CiliumNetworkPolicy" || object.kind === "CiliumClusterwideNetworkPolicy"
    ? object.kind
    : undefined;
}

/** Reads every policy among the documents; the last of two with one name wins, as on the server. */
export function normalizePolicies(documents: readonly ManifestDocument[], world: World): NormalizedPolicies {
  const policies: Policy[] = [];
  const entries: PolicyEntry[] = [];
  const refused: Refused[] = [];
  const diagnostics: Diagnostic[] = [];
  const latest = new Map<string, ManifestDocument>();
  for (const document of documents) if (policyKind(document) !== undefined) latest.set(identityOf(document), document);

  for (const document of documents) {
    const kind = policyKind(document);
    if (kind === undefined) continue;
    const namespace =
      kind === "CiliumClusterwideNetworkPolicy" ? undefined : (document.object.metadata?.namespace ?? "default");
    const { namespace: _, ...ref } = objectRef(document.object);
    const policy: Policy = { ref: namespace === undefined ? ref : { ...ref, namespace }, document };
    const note = (code: string, severity: Diagnostic["severity"], message: string, help?: string): Diagnostic => {
      const diagnostic = diagnosticAt(policy, code, severity, [], message, help);
      diagnostics.push(diagnostic);
      return diagnostic;
    };
    if (latest.get(identityOf(document)) !== document) {
      note("duplicate-policy", "error", "a later object has the same kind and name and replaces this one");
      continue;
    }
    if (kind !== "NetworkPolicy" && world.facts.cni !== "cilium") {
      note("policy-ignored", "error", "takes no effect: the facts say that Cilium does not run here");
      continue;
    }
    policies.push(policy);
    const context = new PolicyContext(policy, world, namespace);
    if (document.encrypted) {
      context.addOpen(inNamespace(namespace), [], "the policy is encrypted");
      note("encrypted-policy", "error", "is encrypted and not evaluated: flows that it can influence have no verdict");
      entries.push(...context.entries);
      continue;
    }
    const refusal = refusalOf(context, kind);
    if (refusal === undefined) entries.push(...context.entries);
    else {
      diagnostics.push(refusal);
      refused.push({ policy, diagnostic: refusal, subject: inNamespace(namespace) });
    }
    diagnostics.push(...context.diagnostics);
  }
  return { policies, entries, refused, diagnostics };
}

/** Reads a policy; why the API server or the agent refuses it, if one of them does. */
function refusalOf(context: PolicyContext, kind: PolicyKind): Diagnostic | undefined {
  const { policy } = context;
  const server = "the API server refuses it, none of its rules take effect";
  try {
    if (kind === "NetworkPolicy") readNetworkPolicy(context);
    else readCiliumPolicy(context);
  } catch (error) {
    if (!(error instanceof RefusedPolicy)) throw error;
    const what = kind === "NetworkPolicy" ? server : "Cilium does not import it, none of its rules take effect";
    return diagnosticAt(policy, "policy-refused", "error", error.path, `${error.message}; ${what}`);
  }
  const problem = schemaProblem(policy.document);
  if (problem === undefined) return undefined;
  const message = `${formatRef(policy.ref)}: ${problem.message}; ${server}`;
  return { ...problem, code: "policy-refused", message };
}

function identityOf(document: ManifestDocument): string {
  const namespace =
    document.object.kind === "CiliumClusterwideNetworkPolicy" ? "" : (document.object.metadata?.namespace ?? "default");
  return `${formatRef(objectRef(document.object)).split(" ")[0]} ${namespace}/${document.object.metadata?.name ?? ""}`;
}
