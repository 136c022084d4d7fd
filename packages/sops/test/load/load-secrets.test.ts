import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  encrypt,
  generateIdentity,
  loadSecrets,
  parseSecrets,
  SopsError,
  type StandardSchema,
} from "../../src/index.ts";
import { temporaryFolder } from "../helpers.ts";

const { identity, recipient } = await generateIdentity();
const identities = [identity];

test("loads a file of any format", async () => {
  const folder = temporaryFolder();
  for (const file of ["app.yaml", "app.json", "app.env"].map((name) => join(folder, name))) {
    writeFileSync(file, await encrypt({ token: "hunter2" }, { recipients: [recipient], file }));
    const env = await loadSecrets(file, z.object({ token: z.string() }), { identities });
    expect(inspect(env)).toBe("{ token: [redacted] }");
    expect(env.token.reveal()).toBe("hunter2");
  }
});

test("short values of the file do not hide which types were expected, and that a key is missing", async () => {
  const data = { debug: "e", level: 1, token: "string", port: "5432" };
  const zod = z.object({ token: z.number(), gone: z.string() });
  expect((await failure(parseSecrets(data, zod))).message).toBe(
    `the secrets do not fit the schema:
  token: Invalid input: expected number, received string
  gone: Invalid input: expected string, received undefined`,
  );
  const valibot = v.object({ token: v.number(), gone: v.string() });
  expect((await failure(parseSecrets(data, valibot))).message).toBe(
    `the secrets do not fit the schema:
  token: expected number
  gone: is missing`,
  );
  const arktype = type({ token: "number" });
  expect((await failure(parseSecrets(data, arktype))).message).toMatch(/schema: token: expected a number$/);
});

test("what is no schema is named", async () => {
  await expect(parseSecrets({}, {} as StandardSchema)).rejects.toThrow(/^schema is no Standard Schema/);
});

test("an error names the file and the path", async () => {
  const file = join(temporaryFolder(), "app.yaml");
  writeFileSync(file, await encrypt({ db: { port: "hunter2" } }, { recipients: [recipient] }));
  const error = await failure(loadSecrets(file, z.object({ db: z.object({ port: z.number() }) }), { identities }));
  expect(error).toMatchObject({ code: "schema-mismatch", file, path: "db.port" });
  expect(error.message).toBe(
    `${file}: the secrets do not fit the schema: db.port: Invalid input: expected number, received string`,
  );
});

const data = { token: "hunter2-of-the-shop", list: ["abcdef", 1], pin: "42" };

describe("errors hold paths and expectations, never values", () => {
  const quoting = z.object({
    token: z.string().refine(() => false, { error: ({ input }) => `${input} is no token` }),
    list: z.tuple([z.string().refine(() => false, "must be a key"), z.string()]),
    pin: z.string().refine(() => false, { error: ({ input }) => `not ${input}` }),
  });
  const decoded = v.pipe(
    v.string(),
    v.transform((text) => text.split("").reverse().join("")),
    v.picklist(["left", "right"]),
  );
  test.each<[string, StandardSchema, string]>([
    ["zod's own messages", z.object({ token: z.number(), gone: z.string() }), "token: Invalid input: expected number"],
    ["zod: a message that quotes", quoting, "token: does not fit\n  list[0]: must be a key"],
    ["zod: a short value", quoting, "pin: does not fit"],
    ["zod: strict", z.strictObject({ token: z.string() }), 'Unrecognized keys: "list", "pin"'],
    ["valibot quotes what it received", v.object({ token: v.number() }), "token: expected number"],
    ["valibot: after a transform", v.object({ token: decoded }), 'token: expected ("left" | "right")'],
    [
      "valibot: without expectation",
      v.object({
        token: v.pipe(
          v.string(),
          v.check(() => false),
        ),
      }),
      "token: does not fit",
    ],
    ["arktype quotes what there was", type({ token: "number", list: "string[]" }), "token: expected a number"],
    ["arktype: elements", type({ list: "string[]" }), "list[1]: expected a string"],
  ])("%s", async (_, schema, message) => {
    const error = await failure(parseSecrets(data, schema, { file: "app.yaml" }));
    expect(error.code).toBe("schema-mismatch");
    expect(error.message).toContain(message);
    for (const shown of [error.message, error.stack ?? "", inspect(error, { depth: 9, showHidden: true })]) {
      for (const value of [...Object.values(data).flat(), "pohs-eht"]) {
        if (typeof value === "string" && value !== "42") expect(shown).not.toContain(value);
      }
    }
    expect(error.message).not.toContain("42");
  });

  test("a schema that throws", async () => {
    const schema = z.object({
      token: z.string().transform((token) => {
        throw new Error(`cannot parse ${token}`);
      }),
    });
    const error = await failure(parseSecrets(data, schema));
    expect(inspect(error)).toContain("the schema threw an error");
    expect(inspect(error)).not.toContain("hunter2");
  });

  test("many issues are cut", async () => {
    const schema = z.object(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`key${index}`, z.string()])));
    expect((await failure(parseSecrets({}, schema))).message).toMatch(/key19: .*\n {2}and 10 more$/);
  });
});

async function failure(promise: Promise<unknown>): Promise<SopsError> {
  const error = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SopsError);
  return error as SopsError;
}
