import { BlockList } from "node:net";
import type { AllowIntent, HttpRule, Intent, PortRange, ResolvedPeer } from "../../src/index.ts";

export type Target = "cilium" | "kubernetes";

/** One end of a question. */
export type Place =
  | { readonly kind: "pod"; readonly namespace: string; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: "address"; readonly ip: string }
  | { readonly kind: "name"; readonly fqdn: string; readonly ip: string }
  | { readonly kind: "api-server" };

export interface Question {
  readonly from: Place;
  readonly to: Place;
  readonly protocol: PortRange["protocol"];
  readonly port: number;
  readonly request?: { readonly method: string; readonly path: string };
  /** The name asked for, when the question is a DNS query. */
  readonly query?: string;
}

/** What intents mean, said once more and without any policy object: the other half of a differential test. */
export function expected(target: Target, intents: readonly Intent[], question: Question): boolean {
  return (["egress", "ingress"] as const).every((direction) => {
    const subject = direction === "egress" ? question.from : question.to;
    if (subject.kind !== "pod") return true;
    const about = intents.filter((intent) => isAbout(intent, direction, subject));
    const names = target === "cilium" && direction === "egress" && about.some((intent) => asksNames(intent, question));
    return (
      about.length === 0 ||
      // Cilium's DNS proxy reads the rules of the very port: an allow of every port does not widen which names pass.
      about.some((intent) => !(names && everyPort(intent)) && permits(target, intent, direction, question))
    );
  });
}

/** Whether an intent isolates a pod in a direction. */
function isAbout(intent: Intent, direction: "egress" | "ingress", pod: Place): boolean {
  if (pod.kind !== "pod") return false;
  switch (intent.intent) {
    case "default-deny":
      return intent.namespace === pod.namespace && intent[direction];
    case "dns":
      return intent.namespace === pod.namespace && direction === "egress";
    case "allow": {
      const subject = direction === "egress" ? intent.from : intent.to;
      const written = intent.sides === "both" || intent.sides === direction;
      return written && subject.kind === "pods" && is(subject, pod);
    }
  }
}

/** Whether the question is a DNS query to the resolver of a dns intent. */
function asksNames(intent: Intent, { to, port, query }: Question): boolean {
  return intent.intent === "dns" && query !== undefined && port === intent.port && is(intent.resolver, to);
}

function everyPort(intent: Intent): boolean {
  return intent.intent === "allow" && intent.ports === "all";
}

function permits(target: Target, intent: Intent, direction: "egress" | "ingress", question: Question): boolean {
  switch (intent.intent) {
    case "default-deny":
      return false;
    case "dns": {
      if (!is(intent.resolver, question.to) || question.port !== 53 || question.protocol === "SCTP") return false;
      const every = intent.names.includes("*");
      if (target === "kubernetes") return every;
      return every || question.query === undefined || intent.names.some((name) => glob(name, question.query ?? ""));
    }
    case "allow":
      return allowPermits(target, intent, direction, question);
  }
}

function allowPermits(
  target: Target,
  intent: AllowIntent,
  direction: "egress" | "ingress",
  question: Question,
): boolean {
  const [peer, place] = direction === "egress" ? [intent.to, question.to] : [intent.from, question.from];
  if (target === "kubernetes" && !plain(peer)) return false;
  if (!is(peer, place) || !covers(intent.ports, question)) return false;
  // The request is read at the destination if it has a policy there, else at the source.
  const readsHttp = direction === "ingress" || intent.to.kind !== "pods" || intent.sides === "egress";
  if (intent.http.length === 0 || !readsHttp) return true;
  return target === "cilium" && question.request !== undefined && passes(intent.http, question.request);
}

/** Peers that a NetworkPolicy can name. */
function plain(peer: ResolvedPeer): boolean {
  return peer.kind === "pods" || peer.kind === "cidr" || (peer.kind === "entity" && peer.entity === "all");
}

function is(peer: ResolvedPeer, place: Place): boolean {
  switch (peer.kind) {
    case "pods":
      return (
        place.kind === "pod" &&
        place.namespace === peer.namespace &&
        Object.entries(peer.labels ?? {}).every(([key, value]) => place.labels[key] === value)
      );
    case "cidr":
      return (
        (place.kind === "address" || place.kind === "name") &&
        inside(peer.cidr, place.ip) &&
        !peer.except.some((block) => inside(block, place.ip))
      );
    case "fqdn":
      return place.kind === "name" && glob(peer.fqdn, place.fqdn);
    case "entity":
      return ENTITIES[peer.entity]?.includes(place.kind) === true;
  }
}

/** The API server is outside the cluster here, which makes it part of all four. */
const ENTITIES: Readonly<Record<string, readonly Place["kind"][]>> = {
  all: ["pod", "address", "name", "api-server"],
  world: ["address", "name", "api-server"],
  cluster: ["pod", "api-server"],
  "kube-apiserver": ["api-server"],
};

function covers(ports: "all" | readonly PortRange[], { protocol, port }: Question): boolean {
  return (
    ports === "all" ||
    ports.some((range) => range.protocol === protocol && range.port <= port && port <= (range.endPort ?? range.port))
  );
}

function passes(rules: readonly HttpRule[], request: { readonly method: string; readonly path: string }): boolean {
  return rules.some((rule) =>
    (["method", "path"] as const).every((key) => new RegExp(`^(?:${rule[key] ?? ".*"})$`).test(request[key])),
  );
}

function glob(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[-a-z0-9_]*")}$`).test(name);
}

function inside(cidr: string, ip: string): boolean {
  const [network = "", length] = cidr.split("/");
  const list = new BlockList();
  list.addSubnet(network, Number(length));
  return list.check(ip);
}
