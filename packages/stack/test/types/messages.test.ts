import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const directory = join(import.meta.dirname, "../../.report/messages");
const compiler = join(import.meta.dirname, "../../../../node_modules/typescript/bin/tsc");

const head = `import { defineStack, secret } from "@idstack/stack";
const base = {
  cluster: { name: "home", trustDomain: "homelab.internal", cni: "cilium", podCidr: "10.42.0.0/16", apiServer: "192.168.1.10" },
  gitops: { repo: "https://git.home.example.org/me/home.git", path: "rendered" },
  namespaces: { apps: {} },
} as const;
`;

/** A mistake, and what the compiler says about it to whoever makes it in an editor. */
const mistakes: Readonly<Record<string, readonly [services: string, message: string]>> = {
  "misspelt-service": [
    'web: { namespace: "apps", image: "a:1", port: 1, calls: ["apii"] }, api: { namespace: "apps", image: "a:1", port: 1 }',
    `Type '"apii"' is not assignable to type '"api" | "web" | CallInput<"api" | "web">'. Did you mean '"api"'?`,
  ],
  "unknown-namespace": [
    'web: { namespace: "app", image: "a:1", port: 1 }',
    `Type '"app"' is not assignable to type '"apps"'.`,
  ],
  "no-backup-choice": [
    'web: { namespace: "apps", image: "a:1", port: 1, database: { size: "5Gi" } }',
    "Property 'backup' is missing in type '{ size: string; }' but required in type 'DatabaseInput'.",
  ],
  "secret-without-store": [
    'web: { namespace: "apps", image: "a:1", port: 1, secrets: { A: secret("a") } }',
    `Property '"declare \`secretStore\`, so that this secret has a source"' is missing in type 'SecretRef' but required in type 'MissingSecretStore'.`,
  ],
  "misspelt-setting": [
    'web: { namespace: "apps", image: "a:1", prot: 1, port: 1 }',
    `Object literal may only specify known properties, and 'prot' does not exist in type 'ServiceInput<"web", "apps", undefined>'.`,
  ],
};

let output = "";

beforeAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [name, [services]] of Object.entries(mistakes)) {
    writeFileSync(
      join(directory, `${name}.ts`),
      `${head}defineStack({ ...base, services: { ${services} } });\nexport { secret };\n`,
    );
  }
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({ extends: "../../../../tsconfig.base.json", include: ["*.ts"] }),
  );
  const run = promisify(execFile)(process.execPath, [compiler, "-p", directory, "--pretty", "false"]);
  output = await run.then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each(Object.entries(mistakes))("%s", (name, [, message]) => {
  const lines = output.split("\n").filter((line) => line.includes(`/${name}.ts(`));
  expect(lines.map((line) => line.replace(/^.*error TS\d+: /, ""))).toEqual([message]);
});
