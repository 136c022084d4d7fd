import { expect, expectTypeOf, test } from "vitest";
import { defineStack, type Stack, StackError, secret } from "../../src/index.ts";
import { base, IMAGE, store } from "../fixtures.ts";

/** What the declaration's mistake is called at run time, where no compiler has seen it. */
function refusal(define: () => unknown): string {
  try {
    define();
  } catch (error) {
    if (error instanceof StackError) return error.message;
    throw error;
  }
  throw new Error("the declaration was accepted");
}

const web = { namespace: "apps", image: IMAGE, port: 8080 } as const;

test("a declaration without mistakes is a Stack, whatever its names are", () => {
  const stack = defineStack({
    ...base,
    namespaces: { apps: {} },
    services: { web: { ...web, calls: ["api"] }, api: web },
  });
  expectTypeOf(stack).toEqualTypeOf<Stack>();
  expect(Object.keys(stack.declaration.services)).toEqual(["web", "api"]);
});

test("a misspelt service in calls", () => {
  const define = () =>
    defineStack({
      ...base,
      namespaces: { apps: {} },
      // @ts-expect-error there is no service "apii"
      services: { web: { ...web, calls: ["apii"] }, api: web },
    });
  expect(refusal(define)).toBe(
    'The stack declaration has 1 error:\n  services.web.calls[0]: there is no service "apii". Did you mean "api"?',
  );
});

test("a misspelt service in a restricted call", () => {
  const define = () =>
    defineStack({
      ...base,
      namespaces: { apps: {} },
      // @ts-expect-error there is no service "apii"
      services: { web: { ...web, calls: [{ service: "apii", http: [{ method: "GET" }] }] }, api: web },
    });
  expect(refusal(define)).toContain('services.web.calls[0]: there is no service "apii". Did you mean "api"?');
});

test("an unknown namespace", () => {
  const define = () =>
    defineStack({
      ...base,
      namespaces: { apps: {} },
      // @ts-expect-error there is no namespace "app"
      services: { web: { ...web, namespace: "app" } },
    });
  expect(refusal(define)).toContain('services.web.namespace: namespace "app" is not declared. Did you mean "apps"?');
});

test("an unknown namespace in platform, sops and runtime", () => {
  const define = () =>
    defineStack({
      ...base,
      namespaces: { apps: {} },
      // @ts-expect-error there is no namespace "infra"
      platform: { namespace: "infra", tetragon: {} },
      // @ts-expect-error there is no namespace "app"
      sops: { recipients: ["age1abc"], files: { "token.yaml": "app" } },
      // @ts-expect-error there is no namespace "ap"
      runtime: { blockShells: ["ap"] },
      services: {},
    });
  const message = refusal(define);
  expect(message).toContain('platform.namespace: namespace "infra" is not declared. Declared are: apps.');
  expect(message).toContain('sops.files["token.yaml"]: namespace "app" is not declared. Did you mean "apps"?');
  expect(message).toContain('runtime.blockShells[0]: namespace "ap" is not declared.');
});

test("a database without a choice about backups", () => {
  const define = () =>
    defineStack({
      ...base,
      namespaces: { apps: {} },
      // @ts-expect-error backup is missing
      services: { web: { ...web, database: { size: "5Gi" } } },
    });
  expect(refusal(define)).toContain(
    'services.web.database.backup: is missing: it must be "hourly", "daily", "weekly", or { none: "why there is no backup" }.',
  );
});

test("a secret without a store", () => {
  const define = () =>
    defineStack({
      ...base,
      namespaces: { apps: {} },
      // @ts-expect-error declare `secretStore`, so that this secret has a source
      backups: { bucket: "home-backups", endpoint: "https://s3.home.example.org", credentials: secret("s3") },
      // @ts-expect-error declare `secretStore`, so that this secret has a source
      services: { web: { ...web, secrets: { API_KEY: secret("api-key") } } },
    });
  const message = refusal(define);
  expect(message).toContain("backups.credentials: has no store to come from. Declare `secretStore: bitwarden({ … })`.");
  expect(message).toContain("services.web.secrets.API_KEY: has no store to come from.");
});

test("a secret's value where its name belongs, which no message repeats", () => {
  const define = () =>
    defineStack({
      ...base,
      secretStore: store,
      namespaces: { apps: {} },
      // @ts-expect-error a string is no reference
      services: { web: { ...web, secrets: { API_KEY: "hunter2" } } },
    });
  const message = refusal(define);
  expect(message).toContain('services.web.secrets.API_KEY: must be a secret reference: secret("name").');
  expect(message).not.toContain("hunter2");
});

test("a misspelt setting", () => {
  const define = () =>
    defineStack({
      ...base,
      namespaces: { apps: {} },
      // @ts-expect-error "replica" is no setting
      services: { web: { ...web, replica: 2 } },
    });
  expect(refusal(define)).toContain('services.web.replica: "replica" is not a setting. Did you mean "replicas"?');
});

test("a setting where there is nothing to set", () => {
  const define = () =>
    defineStack({
      ...base,
      namespaces: { apps: {} },
      // @ts-expect-error Tetragon has no settings here
      platform: { namespace: "apps", tetragon: { enabled: true } },
      services: {},
    });
  expect(refusal(define)).toContain(
    'platform.tetragon.enabled: "enabled" is not a setting. There is nothing to set here: write {}.',
  );
});

test("a destination without a port", () => {
  const define = () =>
    defineStack({
      ...base,
      namespaces: { apps: {} },
      // @ts-expect-error no port
      services: { web: { ...web, egress: ["api.example.com"] } },
    });
  expect(refusal(define)).toContain("services.web.egress[0]: must be host:port with a port between 1 and 65535");
});
