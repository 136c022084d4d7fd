import type { Diagnostic } from "@idstack/manifests";
import type { AllowIntent } from "../intents/allow.ts";
import { coversName, type DnsIntent } from "../intents/dns.ts";
import type { Intent } from "../intents/intent.ts";
import { describePeer, type ResolvedPeer } from "../intents/peer.ts";

/** What is wrong with the intents themselves: allows that cannot work, restrictions that another allow voids. */
export function checkIntents(intents: readonly Intent[]): Diagnostic[] {
  const allows = [...intents.entries()].filter((entry): entry is [number, AllowIntent] => entry[1].intent === "allow");
  const dns = intents.filter((intent): intent is DnsIntent => intent.intent === "dns");
  return [
    ...allows.flatMap(([index, intent]) => fqdnFindings(intent, index, dns)),
    ...allows.flatMap(([index, intent]) => voided(intent, index, allows)),
    ...opened(intents, allows),
  ];
}

function fqdnFindings({ from, to }: AllowIntent, index: number, dns: readonly DnsIntent[]): Diagnostic[] {
  if (to.kind !== "fqdn" || from.kind !== "pods") return [];
  const path = `intents[${index}].to`;
  if (/(^|\.)(svc|cluster\.local)$/.test(to.fqdn)) {
    const message = `"${to.fqdn}" is a name inside the cluster: Cilium matches DNS names only to outside addresses`;
    const help = 'Name the pods behind the Service: "namespace/name".';
    return [{ code: "policy/fqdn-in-cluster", severity: "error", message, path, help }];
  }
  const asks = dns.filter(({ namespace }) => namespace === from.namespace);
  if (asks.some(({ names }) => names.some((name) => coversName(name, to.fqdn)))) return [];
  const message =
    asks.length === 0
      ? `${describePeer(from)} may reach "${to.fqdn}" but may not ask DNS, from which Cilium learns its addresses`
      : `${describePeer(from)} may reach "${to.fqdn}" but no DNS rule of "${from.namespace}" covers that name`;
  const help =
    asks.length === 0 ? `Add dns("${from.namespace}").` : `Add the name to dns("${from.namespace}", { names }).`;
  return [{ code: "policy/fqdn-without-dns", severity: "error", message, path, help }];
}

function voided(intent: AllowIntent, index: number, allows: readonly [number, AllowIntent][]): Diagnostic[] {
  if (intent.http.length === 0) return [];
  return allows.flatMap(([other, wide]): Diagnostic[] => {
    if (wide.http.length > 0 || wide.sides === "egress") return [];
    if (!covers(wide.from, intent.from) || !covers(wide.to, intent.to) || !portsMeet(wide, intent)) return [];
    const message = `intents[${other}] allows ${describePeer(wide.from)} → ${describePeer(wide.to)} without HTTP rules on the same port, which voids these`;
    const help = "Give the wider allow HTTP rules too, or remove one of the two.";
    return [{ code: "policy/http-voided", severity: "warning", message, path: `intents[${index}].http`, help }];
  });
}

function covers(wide: ResolvedPeer, narrow: ResolvedPeer): boolean {
  if (wide.kind === "entity" && (wide.entity === "all" || (wide.entity === "cluster" && narrow.kind === "pods"))) {
    return true;
  }
  if (wide.kind !== "pods" || narrow.kind !== "pods") return JSON.stringify(wide) === JSON.stringify(narrow);
  if (wide.namespace !== narrow.namespace) return false;
  return Object.entries(wide.labels ?? {}).every(([key, value]) => narrow.labels?.[key] === value);
}

function portsMeet(a: AllowIntent, b: AllowIntent): boolean {
  if (a.ports === "all" || b.ports === "all") return true;
  const others = b.ports;
  return a.ports.some((x) =>
    others.some((y) => x.protocol === y.protocol && x.port <= (y.endPort ?? y.port) && y.port <= (x.endPort ?? x.port)),
  );
}

/** An allow isolates what it selects. In a namespace without default deny that is easily unexpected. */
function opened(intents: readonly Intent[], allows: readonly [number, AllowIntent][]): Diagnostic[] {
  const denied = (namespace: string, direction: "ingress" | "egress") =>
    intents.some((i) => i.intent === "default-deny" && i.namespace === namespace && i[direction]);
  return allows.flatMap(([index, { from, to, sides }]) =>
    (["egress", "ingress"] as const).flatMap((direction): Diagnostic[] => {
      const subject = direction === "egress" ? from : to;
      if (subject.kind !== "pods" || (sides !== "both" && sides !== direction)) return [];
      if (denied(subject.namespace, direction)) return [];
      const message = `this allow isolates ${describePeer(subject)} for ${direction}, while "${subject.namespace}" has no default deny in these intents`;
      const side = direction === "egress" ? "ingress" : "egress";
      const help = `Add defaultDeny("${subject.namespace}"), or write only the other side with sides: "${side}".`;
      return [{ code: "policy/isolates", severity: "info", message, path: `intents[${index}]`, help }];
    }),
  );
}
