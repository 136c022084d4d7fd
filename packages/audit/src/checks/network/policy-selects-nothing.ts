import { groupOf, type LabelSelector, type ManifestDocument, type Severity } from "@idstack/manifests";
import { catalog } from "@idstack/schemas";
import { defineCheck } from "../../check.ts";
import type { AuditContext } from "../../context.ts";
import { announcedPods, names } from "../../internal/chart-pods.ts";
import { describeWithPlace } from "../../internal/documents.ts";
import type { KnownEndpoint } from "../../internal/endpoints.ts";
import type { Install } from "../../internal/installs.ts";
import {
  ciliumRules,
  kubernetesPolicies,
  type PolicyRule,
  selects,
  selectsAll,
  valuesOf,
} from "../../internal/policy-subjects.ts";

/** A network policy whose selector matches no pod of its namespace. */
export const policySelectsNothing = defineCheck(
  {
    id: "policy-selects-nothing",
    title: "Network policy that selects no pod",
    severity: "error",
    rationale:
      "A policy applies to the pods its selector matches in its own namespace. With a wrong label or in the wrong namespace it applies to nothing: what it should protect is open, and nothing reports it.",
    fix: "Move the policy into the namespace of the pods, or correct the labels of its selector.",
    references: ["https://docs.cilium.io/en/stable/security/policy/kubernetes/#namespaces"],
    fixtures: { before: ["apps/policy-selects-nothing.yaml"], clean: ["network.yaml"] },
  },
  function* (context) {
    for (const rule of [...kubernetesPolicies(context), ...ciliumRules(context)]) {
      if (selectsAll(rule.selector)) continue;
      const problem = explain(rule, context);
      if (problem !== undefined) yield { document: rule.document, path: rule.selectorPath, ...problem };
    }
  },
);

interface Problem {
  readonly message: string;
  readonly severity?: Severity;
  readonly help?: string;
}

function explain({ namespace, selector }: PolicyRule, context: AuditContext): Problem | undefined {
  const isHere = (place: { readonly namespace?: string | undefined }) =>
    namespace === undefined || place.namespace === namespace;
  // A workload without a namespace gets one from kustomize or the GitOps tool: it may well be this one.
  const isPodHere = (pod: KnownEndpoint) => isHere(pod) || (pod.document !== undefined && !hasNamespace(pod.document));
  const matching = context.endpoints.filter((endpoint) => selects(selector, endpoint));
  if (matching.some(isPodHere)) return undefined;
  const named = context.installs.filter((install) => names(selector, install));
  // Of a chart whose pods were announced there are no others.
  const isUnknownHere = (install: Install) => isHere(install) && announcedPods(install, context).length === 0;
  if (named.some(isUnknownHere) || createsPods(selector, namespace, context)) return undefined;
  const nobody = `no pod of ${namespace === undefined ? "this tree" : `namespace \`${namespace}\``} has these labels`;
  const onHost = context.endpoints.find((pod) => isPodHere(pod) && selects(selector, { ...pod, hostNetwork: false }));
  if (onHost !== undefined) {
    return {
      message: `${describePod(onHost)} has these labels but uses the host's network: no pod policy ever applies to it`,
      help: "Write a host policy (CiliumClusterwideNetworkPolicy with nodeSelector), or take the pod off the host's network.",
    };
  }
  const [pod] = matching;
  if (pod !== undefined) return { message: `${nobody}; ${describePod(pod)} in \`${pod.namespace}\` has them` };
  const install = named.find((each) => !isHere(each));
  if (install !== undefined) {
    const place = install.namespace === undefined ? "elsewhere" : `in \`${install.namespace}\``;
    return { message: `${nobody}; ${install.where} installs ${install.chart ?? install.name} ${place}` };
  }
  const unknown = context.installs.find(isUnknownHere);
  if (unknown !== undefined) {
    return {
      severity: "info",
      message: `${nobody} as far as is known; the pods that ${unknown.by} installs are not known`,
      help: "Give the audit the pods the chart creates (virtual endpoints), or render the chart into the tree.",
    };
  }
  if (context.endpoints.some(isPodHere)) return { message: nobody };
  return { severity: "warning", message: `${nobody}: nothing in this tree runs there` };
}

function describePod(pod: KnownEndpoint): string {
  return pod.document === undefined ? `${pod.name} (${pod.source})` : describeWithPlace(pod.document);
}

function hasNamespace({ object }: ManifestDocument): boolean {
  return object.metadata?.namespace !== undefined;
}

/**
 * Operators name the pods they create after the resource; of a resource nobody knows here that is enough. The recorded
 * groups make no pods of their own, but for CloudNativePG, whose pods are known except for its short-lived jobs.
 */
function createsPods(selector: LabelSelector, namespace: string | undefined, context: AuditContext): boolean {
  if (selector.matchLabels?.["cnpg.io/jobRole"] !== undefined) return true;
  const values = valuesOf(selector).map((value) => value.toLowerCase());
  return context.documents.some(
    ({ object: { apiVersion, kind, metadata } }) =>
      !recordedGroups.has(groupOf(apiVersion)) &&
      !/Monitor$|Rule$/.test(kind) &&
      (namespace === undefined || metadata?.namespace === namespace) &&
      values.includes((metadata?.name ?? "").toLowerCase()),
  );
}

const recordedGroups = new Set(catalog.map(({ group }) => group));
