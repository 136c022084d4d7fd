import { defineCheck } from "../../check.ts";
import { ciliumRules, type PolicyRule, purposeOf, valuesOf } from "../../internal/policy-subjects.ts";
import { listOf, mapOf, textOf } from "../../internal/read.ts";

const loginService =
  /authentik|authelia|keycloak|zitadel|kanidm|casdoor|\bdex\b|oauth2-proxy|pocket-?id|\bory\b|hydra|kratos|\blogin\b|\bsso\b|\bidp\b|vaultwarden/i;

/** HTTP rules in front of a login service that let no form or token request pass. */
export const httpRuleBlocksLogin = defineCheck(
  {
    id: "http-rule-blocks-login",
    title: "HTTP rules of a login service allow no POST",
    severity: "error",
    rationale:
      "Logging in sends a POST, and so do token requests of OpenID Connect. HTTP rules that only allow GET answer them with 403; a path of / matches the bare root and nothing below it, since Cilium anchors paths.",
    fix: "Allow POST as well, with path patterns such as /.*, or leave the HTTP rules out and restrict peers and ports.",
    references: ["https://docs.cilium.io/en/stable/security/policy/language/#http"],
    fixtures: { before: ["security/authentik/login-read-only.yaml"], clean: ["network.yaml"] },
  },
  function* (context) {
    const rules = ciliumRules(context);
    for (const rule of rules) {
      if (!isLogin(rule)) continue;
      const own = httpRules(rule);
      const [first] = own;
      if (first === undefined || own.some(({ item }) => letsPost(item))) continue;
      // Another policy for the same pods may add what this one lacks.
      const others = rules.filter((other) => other !== rule && sameSubject(other, rule));
      if (others.some((other) => allowsPost(other))) continue;
      const root = own.every(({ item }) => textOf(item["path"]) === "/");
      yield {
        document: rule.document,
        path: first.path,
        message: `the HTTP rules allow ${describeMethods(own)}${root ? " of the path / alone" : ""}: no login can be sent`,
      };
    }
  },
);

interface HttpRule {
  readonly item: Readonly<Record<string, unknown>>;
  readonly path: PolicyRule["path"];
}

function isLogin({ document, selector }: PolicyRule): boolean {
  return loginService.test([purposeOf(document), ...valuesOf(selector)].join(" "));
}

function httpRules({ rule, path }: PolicyRule): HttpRule[] {
  return listOf(rule["ingress"]).flatMap((ingress, i) =>
    listOf(mapOf(ingress)["toPorts"]).flatMap((toPort, p) =>
      listOf(mapOf(mapOf(toPort)["rules"])["http"]).map((item, h) => ({
        item: mapOf(item),
        path: [...path, "ingress", i, "toPorts", p, "rules", "http", h],
      })),
    ),
  );
}

/** Whether a rule lets a POST through to some path below the root. */
function letsPost(item: Readonly<Record<string, unknown>>): boolean {
  const method = textOf(item["method"]);
  const path = textOf(item["path"]);
  return (method === undefined || anchored(method).test("POST")) && path !== "/";
}

function anchored(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    // A pattern JavaScript cannot read may allow anything; another check says that it is no valid expression.
    return /(?:)/;
  }
}

/** An ingress rule with peers or ports and without HTTP rules lets every request of these peers pass. */
function allowsPost(other: PolicyRule): boolean {
  if (httpRules(other).some(({ item }) => letsPost(item))) return true;
  return listOf(other.rule["ingress"]).some((ingress) => {
    const item = mapOf(ingress);
    const ports = listOf(item["toPorts"]).map(mapOf);
    const restricted = ports.some((port) => listOf(mapOf(port["rules"])["http"]).length > 0);
    return !restricted && Object.keys(item).length > 0 && !ports.some((port) => isOtherPort(port));
  });
}

/** Metrics and database ports say nothing about the login page. */
function isOtherPort(port: Readonly<Record<string, unknown>>): boolean {
  const numbers = listOf(port["ports"]).map((entry) => Number(mapOf(entry)["port"]));
  return numbers.length > 0 && numbers.every((number) => number >= 9100 && number <= 9400);
}

function sameSubject(a: PolicyRule, b: PolicyRule): boolean {
  return a.namespace === b.namespace && JSON.stringify(a.selector) === JSON.stringify(b.selector);
}

function describeMethods(rules: readonly HttpRule[]): string {
  const methods = new Set(rules.map(({ item }) => textOf(item["method"]) ?? "any method"));
  return `only ${[...methods].join(", ")}`;
}
