import type { Random } from "@idstack/tool-real";
import { APPS, NAMESPACES, TIERS } from "./pools.ts";

/** Constructs that an item uses, for the count of what decided. */
export type Tags = Set<string>;

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Selects some pods by their labels; `prefixes` are sources that Cilium's keys may name. */
export function podSelector(random: Random, tags: Tags, prefixes: readonly string[] = [""]): Selector {
  const selector: Selector = {};
  const key = (name: string): string => `${random.pick(prefixes)}${name}`;
  if (random.chance(0.6)) {
    selector.matchLabels = { [key("app")]: random.pick(APPS) };
    if (random.chance(0.25)) selector.matchLabels[key("tier")] = random.pick(TIERS);
    tags.add("matchLabels");
  }
  if (random.chance(0.45)) {
    selector.matchExpressions = random.times(1, 2, () => expression(random, tags, key));
  }
  if (selector.matchLabels === undefined && selector.matchExpressions === undefined) tags.add("selector {}");
  return selector;
}

function expression(random: Random, tags: Tags, key: (name: string) => string): { key: string; operator: string } {
  return random.weighted([
    [4, () => listed("In", key("app"), random.some(APPS, 1, 2))],
    [4, () => listed("NotIn", key("app"), random.some(APPS, 1, 2))],
    [2, () => listed("NotIn", key("tier"), [random.pick(TIERS)])],
    [2, () => present(random.pick(["Exists", "DoesNotExist"]), key("tier"))],
    [1, () => present(random.pick(["Exists", "DoesNotExist"]), key("app.kubernetes.io/name"))],
    // The filter drops these labels, so the first never matches and the second always does.
    [1, () => present(random.pick(["Exists", "DoesNotExist"]), key("pod-template-hash"))],
    [1, () => listed("In", key("kubernetes.io/os"), ["linux"])],
  ]);

  function listed(operator: string, name: string, values: readonly string[]) {
    tags.add(`matchExpressions ${operator}`);
    return { key: name, operator, values: [...values] };
  }
  function present(operator: string, name: string) {
    tags.add(`matchExpressions ${operator}`);
    return { key: name, operator };
  }
}

const SOURCES = ["", "", "", "k8s:", "any:"] as const;
const NAMESPACE = "io.kubernetes.pod.namespace";
const NAMESPACE_LABELS = "io.cilium.k8s.namespace.labels";

/** An endpointSelector, or a peer of fromEndpoints and toEndpoints. */
export function endpointSelector(random: Random, tags: Tags): Selector {
  const selector = podSelector(random, tags, SOURCES);
  const label = (key: string, value: string): void => {
    selector.matchLabels = { ...selector.matchLabels, [key]: value };
  };
  const expect = (item: { key: string; operator: string; values?: string[] }): void => {
    selector.matchExpressions = [...(selector.matchExpressions ?? []), item];
  };
  const namespace = (): string => random.pick(NAMESPACES).name;
  random.weighted<void>([
    [50, () => undefined],
    [14, () => use("peer namespace", () => label(`${random.pick(["k8s:", "", "any:"])}${NAMESPACE}`, namespace()))],
    [
      6,
      () =>
        use("peer namespace", () =>
          expect({
            key: `${random.pick(["k8s:", ""])}${NAMESPACE}`,
            ...random.pick([
              { operator: "Exists" },
              { operator: "In", values: ["apps", "data"] },
              { operator: "NotIn", values: ["apps"] },
              { operator: "DoesNotExist" },
            ]),
          }),
        ),
    ],
    [8, () => use("namespace labels", () => label(`${random.pick(["k8s:", ""])}${NAMESPACE_LABELS}.team`, "a"))],
    [
      3,
      () =>
        use("namespace labels", () =>
          expect({ key: `k8s:${NAMESPACE_LABELS}.env`, operator: random.pick(["Exists", "DoesNotExist"]) }),
        ),
    ],
    [2, () => use("namespace labels", () => label(`k8s:${NAMESPACE_LABELS}.kubernetes.io/metadata.name`, namespace()))],
    [8, () => use("service account", () => label("io.cilium.k8s.policy.serviceaccount", "robot"))],
    [10, () => use("cluster label", () => label("io.cilium.k8s.policy.cluster", random.pick(["default", "home"])))],
  ]);
  return selector;

  function use(tag: string, change: () => void): void {
    tags.add(tag);
    change();
  }
}

/** A peer that names Cilium's own labels, as `reserved:host` does. */
export function reservedSelector(random: Random, tags: Tags): Selector {
  tags.add("reserved: selector");
  const name = random.pick(["host", "remote-node", "kube-apiserver", "world", "health", "ingress", "init"]);
  return random.chance(0.6)
    ? { matchLabels: { [`reserved:${name}`]: "" } }
    : { matchExpressions: [{ key: `reserved:${name}`, operator: random.pick(["Exists", "DoesNotExist"]) }] };
}
