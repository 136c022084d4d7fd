import { formatRef, objectRef, type Severity } from "@idstack/manifests";
import { defineCheck } from "../../check.ts";
import type { AuditContext } from "../../context.ts";
import { describeWithPlace } from "../../internal/documents.ts";
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
  const isHere = (place: { namespace?: string | undefined }) =>
    namespace === undefined || place.namespace === namespace;
  const matching = context.endpoints.filter((endpoint) => selects(selector, endpoint, context));
  if (matching.some(isHere)) return undefined;
  const values = valuesOf(selector).map((value) => value.toLowerCase());
  const named = context.installs.filter(({ name, chart }) =>
    [name, chart].some((each) => each !== undefined && values.includes(each.toLowerCase())),
  );
  if (named.some(isHere) || createsPods(values, namespace, context)) return undefined;
  const here = namespace === undefined ? "no namespace" : `namespace \`${namespace}\``;
  const [pod] = matching;
  if (pod !== undefined) {
    const what = pod.document === undefined ? `${pod.name} (${pod.source})` : describeWithPlace(pod.document);
    return { message: `no pod of ${here} has these labels; ${what} in \`${pod.namespace}\` has them` };
  }
  const [install] = named;
  if (install !== undefined) {
    const what = `${describeWithPlace(install.document)} installs ${install.chart ?? install.name}`;
    return { message: `no pod of ${here} has these labels; ${what} in \`${install.namespace ?? "?"}\`` };
  }
  const unknown = context.installs.find((each) => isHere(each));
  if (unknown !== undefined) {
    return {
      severity: "info",
      message: `no known pod of ${here} has these labels, but the pods of ${formatRef(objectRef(unknown.document.object))} are not known`,
      help: "Give the audit the pods the chart creates (virtual endpoints), or render the chart into the tree.",
    };
  }
  if (context.endpoints.some(isHere)) return { message: `no pod of ${here} has these labels` };
  return { severity: "warning", message: `no pod of ${here} has these labels: nothing in this tree runs there` };
}

/** Operators name the pods they create after the resource; of a resource nobody knows here that is enough. */
function createsPods(values: readonly string[], namespace: string | undefined, context: AuditContext): boolean {
  return context.documents.some(
    ({ object }) =>
      object.apiVersion.includes(".") &&
      !/^(?:[a-z]+\.k8s\.io|cilium\.io|argoproj\.io|external-secrets\.io|cert-manager\.io|[a-z.-]*fluxcd\.io)\//.test(
        object.apiVersion,
      ) &&
      (namespace === undefined || object.metadata?.namespace === namespace) &&
      values.includes((object.metadata?.name ?? "").toLowerCase()),
  );
}
