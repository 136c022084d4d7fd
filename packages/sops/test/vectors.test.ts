import { describe, expect, test } from "vitest";
import { decrypt, encrypt } from "../src/index.ts";
import { toData } from "../src/internal/data-tree.ts";
import { parseYaml } from "../src/internal/parse-yaml.ts";
import { walkTree } from "../src/internal/tree.ts";
import { VECTOR_KEY, vector, vectorNames } from "./helpers.ts";

const identities = [VECTOR_KEY];
const PLAIN = vectorNames("plain").map((name) => name.replace(".txt", ".yaml"));

/** Values of every document, and the comments in order, wherever they stand on their line. */
function contentOf(text: string): { documents: unknown[]; comments: string[] } {
  const { documents } = parseYaml(text);
  const comments: string[] = [];
  for (const { root } of documents) {
    walkTree(root, { leaf: () => undefined, comment: (comment) => void comments.push(comment.text) });
  }
  return { documents: documents.map(({ root }) => toData(root)), comments };
}

describe.each(["sops-3.12.2", "sops-3.13.3"])("files written by %s", (version) => {
  test.each(PLAIN)("%s decrypts to what sops itself decrypts it to", async (name) => {
    const { documents, text, macVerified } = await decrypt(vector(`generated/${version}/${name}`), { identities });
    const theirs = contentOf(vector(`generated/${version}/${name.replace(".yaml", ".decrypted")}`));
    expect(macVerified).toBe(true);
    expect(documents).toEqual(theirs.documents);
    expect(contentOf(text)).toEqual(theirs);
  });
});

describe("our own files", () => {
  test.each(PLAIN)("%s encrypts and decrypts to the same values and comments", async (name) => {
    const plain = vector(`plain/${name.replace(".yaml", ".txt")}`);
    const source = await decrypt(vector(`generated/sops-3.12.2/${name}`), { identities });
    const { selection, macOnlyEncrypted, age, groups, shamirThreshold } = source.metadata;
    const encrypted = await encrypt(plain, {
      ...selection,
      macOnlyEncrypted,
      recipients: age.map((key) => key.recipient),
      keyGroups: groups.map((group) => group.age.map((key) => key.recipient)),
      shamirThreshold,
    });
    const back = await decrypt(encrypted, { identities });
    expect(back.documents).toEqual(contentOf(plain).documents);
    expect(contentOf(back.text).comments).toEqual(contentOf(plain).comments);
  });
});
