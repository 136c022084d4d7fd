import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, sops, sopsVersions } from "@idstack/tool-real";
import { afterAll, describe, expect, test } from "vitest";
import { addRecipient, decrypt, encrypt, generateIdentity, readMetadata, rotate, updateKeys } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "sops-recipients-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const keys = await Promise.all([generateIdentity(), generateIdentity(), generateIdentity()]);
const [a, b, c] = keys as [(typeof keys)[0], (typeof keys)[0], (typeof keys)[0]];
const plain = {
  "x.yaml": "user: web # me\nlist:\n    - 1\n    - two\n",
  "x.json": '{\n\t"user": "web",\n\t"n": [\n\t\t1\n\t]\n}\n',
};

describe.each(sopsVersions)("sops %s", (version) => {
  test.each(Object.entries(plain))("%s: groups, rotation and new recipients, both ways", async (name, text) => {
    const file = join(folder, name);
    let files = 0;
    const opens = async (content: string, ...identities: string[]): Promise<boolean> => {
      writeFileSync(file, content);
      const options = { version, cwd: folder, ageKey: identities.join("\n"), allowFailure: true };
      const { status, stdout } = await sops(["decrypt", "--output-type", "json", file], options);
      if (status === 0) expect(JSON.parse(stdout)).toMatchObject({ user: "web" });
      files++;
      return status === 0;
    };
    const keyGroups = [[a.recipient], [b.recipient, a.recipient], [c.recipient]];
    for (const shamirThreshold of [2, 3]) {
      const ours = await encrypt(text, { recipients: [], keyGroups, shamirThreshold, file: name });
      expect(await opens(ours, b.identity, c.identity)).toBe(shamirThreshold === 2);
      expect(await opens(ours, c.identity)).toBe(false);
      expect(await opens(ours, a.identity, c.identity)).toBe(true);
      const rotated = await rotate(ours, { identities: [a.identity, c.identity], file: name });
      expect(await opens(rotated, a.identity, c.identity)).toBe(true);

      const groups = keyGroups.map((age) => ({ age }));
      const rule = { creation_rules: [{ shamir_threshold: shamirThreshold, key_groups: groups }] };
      writeFileSync(join(folder, ".sops.yaml"), JSON.stringify(rule));
      writeFileSync(file, text);
      const theirs = (await sops(["encrypt", file], { version, cwd: folder })).stdout;
      expect(readMetadata(theirs, { file: name })).toMatchObject({ keyGroups: 3, shamirThreshold });
      const identities = shamirThreshold === 2 ? [b.identity, c.identity] : [a.identity, c.identity];
      expect((await decrypt(theirs, { identities, file: name })).data).toMatchObject({ user: "web" });
      await expect(decrypt(theirs, { identities: [c.identity], file: name })).rejects.toMatchObject({
        code: "no-identity-matches",
      });
      const flat = await updateKeys(theirs, { recipients: [c.recipient] }, { identities, file: name });
      expect(await opens(flat.text, c.identity)).toBe(true);
      expect(await opens(flat.text, a.identity)).toBe(false);
    }
    const one = await encrypt(text, { recipients: [a.recipient], file: name });
    const added = await addRecipient(one, b.recipient, { identities: [a.identity], file: name });
    expect(await opens(added.text, b.identity)).toBe(true);
    // sops agrees that nothing is left to do.
    writeFileSync(
      join(folder, ".sops.yaml"),
      JSON.stringify({ creation_rules: [{ age: `${a.recipient},${b.recipient}` }] }),
    );
    writeFileSync(file, added.text);
    await sops(["updatekeys", "-y", file], { version, cwd: folder, ageKey: a.identity });
    expect(readFileSync(file, "utf8")).toBe(added.text);
    await recordEvidence({
      component: "sops",
      version,
      proves: "key groups, rotation and recipients work both ways",
      checked: files,
      unit: "files",
      mismatches: 0,
    });
  });
});
