import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { parseSecrets, Secret, type Secrets } from "../../src/index.ts";

describe("types", () => {
  test("objects, optional keys, lists, tuples and records keep their shape", () => {
    expectTypeOf<
      Secrets<{ token: string; port?: number; readonly tags: readonly string[]; pair: [string, number?] }>
    >().toEqualTypeOf<{
      token: Secret<string>;
      port?: Secret<number>;
      readonly tags: readonly Secret<string>[];
      pair: [Secret<string>, Secret<number>?];
    }>();
    expectTypeOf<Secrets<Record<string, { key: string }>>>().toEqualTypeOf<Record<string, { key: Secret<string> }>>();
  });

  test("unions: values share one secret, objects stay apart, null and undefined stay", () => {
    expectTypeOf<Secrets<string | number | null>>().toEqualTypeOf<Secret<string | number> | null>();
    expectTypeOf<Secrets<boolean | undefined>>().toEqualTypeOf<Secret<boolean> | undefined>();
    expectTypeOf<Secrets<"a" | "b">>().toEqualTypeOf<Secret<"a" | "b">>();
    expectTypeOf<Secrets<string | { a: string } | { b: 1 }[]>>().toEqualTypeOf<
      Secret<string> | { a: Secret<string> } | { b: Secret<1> }[]
    >();
  });

  test("what has methods is a value; of unknown nothing is known", () => {
    expectTypeOf<Secrets<{ at: Date; url: URL; raw: Uint8Array; map: Map<string, string> }>>().toEqualTypeOf<{
      at: Secret<Date>;
      url: Secret<URL>;
      raw: Secret<Uint8Array>;
      map: Secret<Map<string, string>>;
    }>();
    expectTypeOf<Secrets<{ any: unknown; rest: Record<string, unknown> }>>().toEqualTypeOf<{
      any: unknown;
      rest: Record<string, unknown>;
    }>();
    expectTypeOf<Secrets<string & { readonly brand: "token" }>>().toEqualTypeOf<
      Secret<string & { readonly brand: "token" }>
    >();
  });

  test("types that contain themselves", () => {
    type Json = string | number | null | Json[] | { [key: string]: Json };
    expectTypeOf<Secrets<Json>>().toExtend<
      Secret<string | number> | null | Secrets<Json>[] | { [key: string]: Secrets<Json> }
    >();
    expectTypeOf<Secrets<{ [key: string]: Json }>>().toExtend<object>();
  });

  test("a secret is no string", () => {
    // @ts-expect-error Type 'Secret<string>' is not assignable to type 'string'.
    const text: string = new Secret("x");
    // @ts-expect-error Property 'length' does not exist on type 'Secret<string>'.
    expect(new Secret("x").length).toBeUndefined();
    expect(`${text}`).toBe("[redacted]");
  });
});

const data = { token: "hunter2", port: "5432", nested: { keys: ["k1", "k2"], none: null }, plain_unencrypted: "shown" };

describe("values agree with the types", () => {
  test("zod: coercion, defaults, transforms, asynchronous checks", async () => {
    const schema = z.object({
      token: z
        .string()
        .refine(async (token) => token !== "")
        .transform((token) => new URL(`https://:${token}@host`)),
      port: z.coerce.number(),
      missing: z.string().default("fallback"),
      absent: z.string().optional(),
      nested: z.object({ keys: z.array(z.string()), none: z.string().nullable() }),
      plain_unencrypted: z.string(),
    });
    const env = await parseSecrets(data, schema);
    expectTypeOf(env).toEqualTypeOf<{
      token: Secret<URL>;
      port: Secret<number>;
      missing: Secret<string>;
      absent?: Secret<string> | undefined;
      nested: { keys: Secret<string>[]; none: Secret<string> | null };
      plain_unencrypted: Secret<string>;
    }>();
    expect(env.token.reveal().password).toBe("hunter2");
    expect([env.port.reveal(), env.missing.reveal(), env.absent]).toEqual([5432, "fallback", undefined]);
    expect(env.nested.keys.map((key) => key.reveal())).toEqual(["k1", "k2"]);
    expect(env.nested.none).toBeNull();
    expect(env.plain_unencrypted).toBeInstanceOf(Secret);
  });

  test("valibot", async () => {
    const schema = v.object({
      token: v.pipe(v.string(), v.minLength(3)),
      port: v.pipe(v.string(), v.transform(Number)),
    });
    const env = await parseSecrets(data, schema);
    expectTypeOf(env).toEqualTypeOf<{ token: Secret<string>; port: Secret<number> }>();
    expect([env.token.reveal(), env.port.reveal()]).toEqual(["hunter2", 5432]);
  });

  test("arktype", async () => {
    const env = await parseSecrets(data, type({ token: "string", port: "string.integer.parse", "extra?": "string" }));
    expectTypeOf(env).toEqualTypeOf<{ token: Secret<string>; port: Secret<number>; extra?: Secret<string> }>();
    expect([env.token.reveal(), env.port.reveal()]).toEqual(["hunter2", 5432]);
  });

  test("a map or an object of a class is one value; __proto__ is a key", async () => {
    const schema = z.object({}).transform(() => ({
      map: new Map([["a", 1]]),
      bytes: new Uint8Array(2),
      own: JSON.parse('{"__proto__":"x"}') as Record<string, string>,
    }));
    const env = await parseSecrets({}, schema);
    expect(env.map.reveal().get("a")).toBe(1);
    expect(env.bytes.reveal()).toHaveLength(2);
    expect(Object.keys(env.own)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(env.own)).toBe(Object.prototype);
  });
});
