import type { Diagnostic } from "@idstack/manifests";
import type { Member } from "./directory.ts";
import type { Decision } from "./engine.ts";
import type { Model } from "./model.ts";
import type { PortRange } from "./ports.ts";
import { ruleRef } from "./side-text.ts";
import { NO } from "./tri.ts";

/** What a person should know about this pair besides the verdict. */
export function warningsOf(
  model: Model,
  source: Member,
  destination: Member,
  ranges: readonly PortRange[] | undefined,
  egress: Decision,
): Diagnostic[] {
  return [
    ...refusedPolicies(model, source, destination),
    ...unlearnedName(model, source, destination, egress),
    ...servicePorts(model, destination, ranges),
  ];
}

function refusedPolicies(model: Model, source: Member, destination: Member): Diagnostic[] {
  return model.refused
    .filter(({ subject }) => [source, destination].some(({ identity }) => subject(identity) !== NO))
    .map(({ diagnostic }) => diagnostic);
}

/** toFQDNs matches addresses that the DNS proxy learned; without a DNS rule it never learns any. */
function unlearnedName(model: Model, source: Member, destination: Member, egress: Decision): Diagnostic[] {
  const { fqdn } = destination.identity;
  if (egress.byName !== true || fqdn === undefined || model.engine.learnsName(source.identity, fqdn)) return [];
  const rule = egress.rules[0] === undefined ? undefined : ruleRef(egress.rules[0]);
  return [
    {
      code: "fqdn-without-dns",
      severity: "error",
      message: `${source.ref.name} may reach ${fqdn} only by toFQDNs, but no rule lets it ask for that name through the DNS proxy: its address is never learned and the flow is dropped`,
      ...(rule?.file === undefined ? {} : { file: rule.file }),
      ...(rule?.line === undefined ? {} : { line: rule.line, column: rule.column }),
      ...(rule === undefined ? {} : { path: rule.path }),
      help: `Allow egress to the DNS server on port 53 (protocol ANY) with rules.dns that match "${fqdn}".`,
    },
  ];
}

/** The classic mistake: policies see the port behind a Service, not the Service's own. */
function servicePorts(model: Model, destination: Member, ranges: readonly PortRange[] | undefined): Diagnostic[] {
  const { endpoint } = destination;
  const [range] = ranges ?? [];
  if (endpoint === undefined || range === undefined || range.first !== range.last) return [];
  const listens = endpoint.ports.some(({ port }) => port === range.first);
  if (listens) return [];
  return model.services.before(endpoint.namespace, endpoint.labels).flatMap((service) =>
    service.ports
      .filter(({ port, targetPort }) => port === range.first && targetPort !== port)
      .map(({ targetPort }) => ({
        code: "service-port",
        severity: "warning" as const,
        message: `${range.protocol}/${range.first} is the port of Service ${service.namespace}/${service.name}, behind which the pods listen on ${targetPort}`,
        help: "Ask about the target port: policies apply after load balancing.",
      })),
  );
}
