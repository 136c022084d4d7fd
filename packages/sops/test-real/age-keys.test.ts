import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, sops, sopsVersions } from "@idstack/tool-real";
import { afterAll, describe, expect, test } from "vitest";
import { decrypt, encrypt, generateIdentity } from "../src/index.ts";
import { PLUGIN, PLUGIN_PATH, sshKeyPair } from "../test/age/kinds.ts";

const folder = mkdtempSync(join(tmpdir(), "sops-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const x25519 = await generateIdentity();
const pairs = {
  x25519,
  postQuantum: await generateIdentity({ postQuantum: true }),
  ed25519: sshKeyPair(folder, "ed25519"),
  rsa: sshKeyPair(folder, "rsa", "-b", "3072"),
  plugin: PLUGIN,
};

describe.each(sopsVersions)("sops %s", (version) => {
  test.each(Object.entries(pairs))("%s: ours to sops, sops to ours", async (kind, { identity, recipient }) => {
    const home = join(folder, `${version}-${kind}`);
    mkdirSync(join(home, ".ssh"), { recursive: true });
    const key = join(home, "key");
    writeFileSync(key, identity);
    chmodSync(key, 0o600);
    const env = { PATH: PLUGIN_PATH, HOME: home };
    const source = identity.startsWith("-----") ? { SOPS_AGE_SSH_PRIVATE_KEY_FILE: key } : { SOPS_AGE_KEY_FILE: key };
    const file = join(home, "a.yaml");
    writeFileSync(file, await encrypt({ password: "hunter2" }, { recipients: [recipient], env }));
    const options = { version, cwd: home, env: { ...env, ...source } };
    expect((await sops(["decrypt", file], options)).stdout).toBe("password: hunter2\n");

    writeFileSync(join(home, "b.yaml"), "password: correct horse\n");
    const theirs = (await sops(["encrypt", "--age", recipient, join(home, "b.yaml")], options)).stdout;
    const found = await decrypt(theirs, { env: { ...env, ...source }, homeDir: home });
    expect(found.data).toEqual({ password: "correct horse" });
    await recordEvidence({
      component: "sops",
      version,
      proves: `age keys of kind ${kind} work both ways`,
      checked: 2,
      unit: "files",
      mismatches: 0,
    });
  });

  test("the command of SOPS_AGE_KEY_CMD and a key in ~/.ssh", async () => {
    const home = join(folder, `${version}-sources`);
    mkdirSync(join(home, ".ssh"), { recursive: true });
    writeFileSync(join(home, "key"), x25519.identity);
    writeFileSync(join(home, ".ssh", "id_ed25519"), pairs.ed25519.identity, { mode: 0o600 });
    const env = { PATH: PLUGIN_PATH, HOME: home };
    for (const [recipient, extra] of [
      [x25519.recipient, { SOPS_AGE_KEY_CMD: `cat '${join(home, "key")}'` }],
      [pairs.ed25519.recipient, {}],
    ] as const) {
      const text = await encrypt({ a: "x" }, { recipients: [recipient] });
      writeFileSync(join(home, "c.yaml"), text);
      const all = { ...env, ...extra };
      expect((await sops(["decrypt", join(home, "c.yaml")], { version, cwd: home, env: all })).stdout).toBe("a: x\n");
      expect((await decrypt(text, { env: all, homeDir: home })).data).toEqual({ a: "x" });
    }
  });
});
