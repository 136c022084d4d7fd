import { expect, test } from "vitest";
import { checkDeclaration, defineStack, type StackDeclaration, StackError } from "../../src/index.ts";
import { base, errorsOf, full, small, store } from "../fixtures.ts";

const web = (settings: object) => ({
  ...small,
  services: { ...small.services, web: { ...small.services["web"], ...settings } },
});
const cluster = (settings: object) => ({ ...small, cluster: { ...base.cluster, ...settings } });
const gitops = (settings: object) => ({ ...small, gitops: { ...base.gitops, ...settings } });

const egress =
  "services.web.egress[0]: must be host:port with a port between 1 and 65535: api.example.com:443, 192.168.1.20:8123, [fd00::20]:443.";
const address = "cluster.apiServer: must be an IP address, with or without a port: 192.168.1.10, [fd00::10]:6443.";
const folder = "gitops.path: must be a folder inside the repository.";
const portRange = "services.web.port: must be a port between 1 and 65535.";

test.each<[string, unknown, string[]]>([
  ["nothing", undefined, [": must be an object."]],
  ["a list", [], [": must be an object."]],
  [
    "an empty declaration",
    {},
    ["cluster: is missing.", "gitops: is missing.", "namespaces: is missing.", "services: is missing."],
  ],
  ["a misspelt part", { ...small, servces: {} }, ['servces: "servces" is not a setting. Did you mean "services"?']],
  [
    "a setting like no other",
    { ...small, xyzzy: 1 },
    [
      'xyzzy: "xyzzy" is not a setting. Known here: cluster, gitops, secretStore, sops, backups, platform, namespaces, services, runtime, objects.',
    ],
  ],
  [
    "a misspelt setting in the place of a needed one",
    web({ prot: 80, port: undefined }),
    ["services.web.port: is missing.", 'services.web.prot: "prot" is not a setting. Did you mean "port"?'],
  ],
  ["a port as text", web({ port: "8080" }), [portRange]],
  ["port 0", web({ port: 0 }), [portRange]],
  ["port 65536", web({ port: 65536 }), [portRange]],
  ["a negative number of replicas", web({ replicas: -1 }), ["services.web.replicas: must not be negative."]],
  [
    "a call that is a number",
    web({ calls: [1] }),
    ["services.web.calls[0]: must be the name of a service, or { service, http }."],
  ],
  [
    "a misspelt setting in a call",
    web({ calls: [{ service: "api", htpp: [] }] }),
    [
      "services.web.calls[0].http: is missing.",
      'services.web.calls[0].htpp: "htpp" is not a setting. Did you mean "http"?',
    ],
  ],
  [
    "a misspelt setting in a rule",
    web({ calls: [{ service: "api", http: [{ methd: "GET" }] }] }),
    ['services.web.calls[0].http[0].methd: "methd" is not a setting. Did you mean "method"?'],
  ],
  [
    "a restriction without rules",
    web({ calls: [{ service: "api", http: [] }] }),
    ["services.web.calls[0].http: must hold a rule; name the service alone to allow every request."],
  ],
  [
    "a misspelt backup",
    web({ database: { size: "5GB", backup: "dayly" } }),
    [
      "services.web.database.size: must be a quantity such as 5Gi.",
      'services.web.database.backup: must be "hourly", "daily", "weekly", or { none: "why there is no backup" }.',
    ],
  ],
  [
    "no backup, without a reason",
    web({ database: { size: "5Gi", backup: { none: "" } } }),
    ["services.web.database.backup.none: must not be empty."],
  ],
  [
    "a misspelt reason",
    web({ database: { size: "5Gi", backup: { nonne: "x" } } }),
    [
      "services.web.database.backup.none: is missing.",
      'services.web.database.backup.nonne: "nonne" is not a setting. Did you mean "none"?',
    ],
  ],
  [
    "no group for single sign-on",
    web({ expose: { host: "web.home.example.org", sso: [] } }),
    ["services.web.expose.sso: must name a group; leave it out to let everyone in."],
  ],
  [
    "a host in upper case",
    web({ expose: { host: "Web.home.example.org" } }),
    ["services.web.expose.host: must be a host name in lower case, such as web.home.arpa."],
  ],
  [
    "a variable that cannot be",
    web({ env: { "a b": "1", A: 1 } }),
    ['services.web.env["a b"]: must be the name of an environment variable.', "services.web.env.A: must be a string."],
  ],
  [
    "a service that begins with a digit",
    { ...small, services: { "1web": small.services["api"] } },
    ['services["1web"]: must be a Service name: lower-case letters, digits and dashes, beginning with a letter.'],
  ],
  [
    "a namespace in upper case",
    { ...small, namespaces: { Apps: {} } },
    ["namespaces.Apps: must be a DNS label: lower-case letters, digits and dashes."],
  ],
  [
    "a misspelt level",
    { ...small, namespaces: { apps: { podSecurity: "restrictd" } } },
    ['namespaces.apps.podSecurity: must be "restricted", "baseline" or "privileged". Did you mean "restricted"?'],
  ],
  [
    "a misspelt network plug-in",
    cluster({ cni: "cillium" }),
    ['cluster.cni: must be "cilium" or "kubernetes". Did you mean "cilium"?'],
  ],
  [
    "a trust domain in upper case",
    cluster({ trustDomain: "Homelab.internal" }),
    ["cluster.trustDomain: is no trust domain: the trust domain has to be lower case."],
  ],
  [
    "a trust domain as ID",
    cluster({ trustDomain: "spiffe://homelab.internal" }),
    ['cluster.trustDomain: must be the name alone, without "spiffe://".'],
  ],
  [
    "pods without a prefix length",
    cluster({ podCidr: "10.42.0.0" }),
    ["cluster.podCidr: must be a CIDR such as 10.42.0.0/16 or fd42::/48."],
  ],
  [
    "an unknown store",
    { ...small, secretStore: { ...store, provider: "vault" } },
    ['secretStore.provider: must be "bitwarden", the one store there is.'],
  ],
  ["a store that is none", { ...small, secretStore: "bitwarden" }, ["secretStore: must be a store: bitwarden({ … })."]],
  [
    "a bucket that cannot be",
    { ...full, backups: { ...full.backups, bucket: "A", endpoint: "http://s3.home.example.org" } },
    [
      "backups.bucket: must be a bucket name: 3 to 63 lower-case letters, digits, - and .",
      "backups.endpoint: must be an https:// URL.",
    ],
  ],
  [
    "an encrypted file of another kind",
    { ...full, sops: { ...full.sops, files: { "token.txt": "infra" } } },
    ['sops.files["token.txt"]: must be the path of a .yaml or .json file.'],
  ],
  [
    "an age recipient that is none",
    { ...full, sops: { recipients: ["AGE-SECRET-KEY-1"], files: {} } },
    ["sops.recipients[0]: must be an age recipient: age1…."],
  ],
  [
    "a misspelt setting of one kind of issuer",
    { ...full, platform: { ...full.platform, certManager: { ca: { secretNam: "x" } } } },
    [
      "platform.certManager.ca.secretName: is missing.",
      'platform.certManager.ca.secretNam: "secretNam" is not a setting. Did you mean "secretName"?',
    ],
  ],
  [
    "no kind of issuer",
    { ...full, platform: { ...full.platform, certManager: {} } },
    ["platform.certManager: must be { acme: { email, zones, token } }, { ca: { secretName } } or { internalCa: {} }."],
  ],
  [
    "objects that are none",
    { ...small, objects: [1, {}, { apiVersion: 1, kind: "Pod" }] },
    [0, 1, 2].map((index) => `objects[${index}]: must be a Kubernetes object with apiVersion and kind.`),
  ],
])("%s", (_, declaration, expected) => {
  expect(errorsOf(declaration)).toEqual(expected);
});

test.each([
  "x",
  "x:",
  "x:y",
  "x:0",
  "x:65536",
  "https://x.com:443",
  "1.2.3.4:443/",
  "999.1.1.1:80",
  "1.2.3:80",
  "UPPER.com:443",
  "*.x.com:443",
  "fd00::1:443",
  "[1.2.3.4]:80",
  "a b:80",
  ":443",
])("%s is no destination", (destination) => {
  expect(errorsOf(web({ egress: [destination] }))).toEqual([egress]);
});

test.each([
  "api.example.com:443",
  "localhost:1",
  "192.168.1.20:65535",
  "[fd00::20]:443",
  "a_b.example.com:53",
  "4.example.com:80",
])("%s is a destination", (destination) => {
  expect(errorsOf(web({ egress: [destination] }))).toEqual([]);
});

test.each(["999.1.1.1", "1.2.3.4:99999", "1.2.3.4:0", "api.home.example.org", "host:6443", "fd00::10:x", ""])(
  "%s is no address of an API server",
  (apiServer) => {
    expect(errorsOf(cluster({ apiServer }))).toEqual([address]);
  },
);

test.each(["192.168.1.10", "192.168.1.10:6444", "fd00::10", "[fd00::10]", "[fd00::10]:6444"])(
  "%s is the address of an API server",
  (apiServer) => {
    expect(errorsOf(cluster({ apiServer }))).toEqual([]);
  },
);

test.each(["", "/x", "x/", "../x", "x/../y", "x//y", "./x", "a b", "a\\b"])(
  '"%s" is no folder of a repository',
  (path) => {
    expect(errorsOf(gitops({ path }))).toEqual([folder]);
  },
);

test.each([".", "rendered", "clusters/home/rendered", "..x"])('"%s" is a folder of a repository', (path) => {
  expect(errorsOf(gitops({ path }))).toEqual([]);
});

test("every mistake is in the error, with its path, and as data", () => {
  const broken = { ...small, namespaces: { Apps: {} }, services: { web: { port: 0 } } } as unknown as StackDeclaration;
  const found = checkDeclaration(broken);
  expect(found.map(({ code, severity }) => [code, severity])).toEqual(Array(4).fill(["stack/shape", "error"]));
  expect(() => defineStack(broken)).toThrow(StackError);
  try {
    defineStack(broken);
  } catch (error) {
    const { code, diagnostics, message, name } = error as StackError;
    expect({ code, name, diagnostics }).toEqual({
      code: "invalid-declaration",
      name: "StackError",
      diagnostics: found,
    });
    expect(message).toBe(
      [
        "The stack declaration has 4 errors:",
        "  namespaces.Apps: must be a DNS label: lower-case letters, digits and dashes.",
        "  services.web.namespace: is missing.",
        "  services.web.image: is missing.",
        "  services.web.port: must be a port between 1 and 65535.",
      ].join("\n"),
    );
  }
});
