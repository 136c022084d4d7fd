import { type Claim, claim, defaultDenied, flow, reachedOnlyBy, reachesOnly } from "@idstack/reach";

const dns = [
  { to: "kube-system/coredns", port: "udp/53" },
  { to: "kube-system/coredns", port: "tcp/53" },
];

/** What this homelab promises about its network, each decided from the rendered policies. */
export const claims: readonly Claim[] = [
  defaultDenied("apps"),
  defaultDenied("security"),
  claim("every pod can resolve names", flow("*", "kube-system/coredns", "udp/53"), "allowed"),
  claim("… and over TCP", flow("*", "kube-system/coredns", "tcp/53"), "allowed"),

  reachedOnlyBy(
    "security/authentik-db",
    "tcp/5432",
    ["security/authentik-server", "security/authentik-worker", "security/authentik-db"],
    "only Authentik and its own instances reach the database",
  ),
  reachedOnlyBy(
    "security/authentik-db",
    "tcp/8000",
    ["infra/cloudnative-pg", "security/authentik-db"],
    "only the operator and its own instances reach its status port",
  ),
  claim(
    "… and the operator nothing else of it",
    flow("infra/cloudnative-pg", "security/authentik-db", "tcp/5432"),
    "denied",
  ),
  claim(
    "the database reaches the API server",
    flow("security/authentik-db", "entity:kube-apiserver", "tcp/6443"),
    "allowed",
  ),
  claim("… and its backup bucket", flow("security/authentik-db", "fqdn:s3.home.arpa", "tcp/443"), "allowed"),
  claim("… but nothing else outside", flow("security/authentik-db", "ip:1.1.1.1"), "denied"),

  reachedOnlyBy("security/authentik-server", "tcp/9000", ["infra/traefik"], "only Traefik reaches Authentik"),
  claim("… where a login POST passes", login("POST"), "allowed"),
  claim("… and TRACE does not", login("TRACE"), "denied"),
  claim("… nor any other port", flow("infra/traefik", "security/authentik-server", "tcp/9300"), "denied"),

  claim(
    "… and its worker the API server",
    flow("security/authentik-worker", "entity:kube-apiserver", "tcp/6443"),
    "allowed",
  ),

  reachedOnlyBy("apps/web", "tcp/8080", ["infra/traefik"], "only Traefik reaches web"),
  reachesOnly("apps/web", [{ to: "apps/api", port: "tcp/8443" }, ...dns], "web reaches its API and DNS, nothing else"),
  reachesOnly(
    "apps/api",
    [{ to: "fqdn:api.example.com", port: "tcp/443" }, ...dns],
    "api reaches api.example.com and DNS, nothing else",
  ),
  reachedOnlyBy("apps/api", "tcp/8443", ["apps/web"], "only web reaches api"),
  reachesOnly("apps/whoami", dns, "whoami, which declares nothing, reaches nothing"),

  claim("nothing in apps reaches the API server", flow("apps/*", "entity:kube-apiserver"), "denied"),
  claim("… nor the cloud metadata address", flow("apps/*", "ip:169.254.169.254"), "denied"),
  claim("the internet reaches apps only through Traefik", flow("entity:world", "apps/*"), "denied"),
];

function login(method: string) {
  const request = { method, path: "/api/v3/flows/executor/default-authentication-flow/", host: "auth.home.arpa" };
  return flow("infra/traefik", "security/authentik-server", "tcp/9000", { http: request });
}
