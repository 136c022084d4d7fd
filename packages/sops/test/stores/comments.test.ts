import { expect, test } from "vitest";
import { decrypt, encrypt, generateIdentity } from "../../src/index.ts";
import { parseYaml } from "../../src/internal/parse-yaml.ts";
import { walkTree } from "../../src/internal/tree.ts";
import { emitAsSops } from "../../src/stores/emit-as-sops.ts";
import { vector } from "../helpers.ts";

/** Texts, and what sops 3.13.3 makes of them. */
const CASES = JSON.parse(vector("generated/comments-3.13.3.json")) as readonly (readonly [string, string])[];

test.each(CASES.map(([text, printed], index) => [index, text, printed] as const))(
  "comments and layout, case %i",
  (_index, text, printed) => {
    const roots = parseYaml(text).documents.map(({ root }) => root);
    expect(emitAsSops(undefined, roots)).toBe(printed);
  },
);

test("comments that sops loses stay in the text, and are none to it", async () => {
  const text = "b: [ # in flow\n  z] # beside\nc: &n # anchored\n  - {} # kept\n";
  const [document] = parseYaml(text).documents;
  if (document === undefined) throw new Error("no document");
  const lost: string[] = [];
  walkTree(document.root, { leaf() {}, comment: (one) => void (one.lost === true && lost.push(one.text)) });
  expect(lost).toEqual([" in flow", " anchored"]);
  expect(emitAsSops(undefined, [document.root])).toBe("b:\n    # beside\n    - z\nc:\n    - {} # kept\n");
  const { identity, recipient } = await generateIdentity();
  const encrypted = await encrypt("a:\n  b: [ # hidden, too\n    z]\n", { recipients: [recipient] });
  expect(encrypted).not.toContain("hidden");
  expect((await decrypt(encrypted, { identities: [identity] })).text).toContain("# hidden, too");
});
