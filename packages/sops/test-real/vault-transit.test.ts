import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, sops, sopsVersions } from "@idstack/tool-real";
import { afterAll, expect, test } from "vitest";
import { decrypt, encrypt, vaultTransit } from "../src/index.ts";
import { transitServer } from "../test/keys/transit-server.ts";

const folder = mkdtempSync(join(tmpdir(), "sops-vault-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(sopsVersions)("sops %s and a key of Vault's transit engine, both ways", async (version) => {
  await using server = await transitServer("t0ken");
  const masterKeys = [vaultTransit(server.uri, { token: () => "t0ken" })];
  const options = { version, cwd: folder, env: { HOME: folder, VAULT_TOKEN: "t0ken" } };
  for (const name of ["a.yaml", "a.json"]) {
    const file = join(folder, name);
    writeFileSync(file, await encrypt({ password: "hunter2" }, { recipients: [], masterKeys, file: name }));
    const { stdout } = await sops(["decrypt", "--output-type", "json", file], options);
    expect(JSON.parse(stdout)).toEqual({ password: "hunter2" });
    writeFileSync(file, name.endsWith("json") ? '{"password": "x"}' : "password: x\n");
    const theirs = (await sops(["encrypt", "--hc-vault-transit", server.uri, file], options)).stdout;
    const found = await decrypt(theirs, { env: {}, homeDir: folder, masterKeys, file: name });
    expect(found.data).toEqual({ password: "x" });
  }
  await recordEvidence({
    component: "sops",
    version,
    proves: "Vault transit keys work both ways",
    checked: 4,
    unit: "files",
    mismatches: 0,
  });
});
