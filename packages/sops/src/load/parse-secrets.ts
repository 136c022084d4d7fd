import type { SopsMapping } from "../data.ts";
import { SopsError } from "../errors.ts";
import { schemaMismatch } from "./schema-mismatch.ts";
import type { Secrets } from "./secrets.ts";
import type { SchemaOutput, StandardResult, StandardSchema } from "./standard-schema.ts";
import { toSecrets } from "./to-secrets.ts";

/**
 * Validates a decrypted document with a schema of zod, valibot, arktype or another library of the Standard Schema
 * specification, and wraps every value of the result in a {@link Secret}: those that were encrypted and those that were
 * not, so that types and values always agree. Defaults, transforms and asynchronous schemas work as they do there.
 *
 * @throws {@link SopsError} `schema-mismatch`, with the path and the expectation of each issue and no value; TypeError for
 * what is no schema.
 *
 * @example
 * import { decrypt, encrypt, generateIdentity, parseSecrets } from "@idstack/sops";
 * import { z } from "zod";
 * const { identity, recipient } = await generateIdentity();
 * const text = await encrypt({ token: "hunter2", port: 5432 }, { recipients: [recipient] });
 * const { data } = await decrypt(text, { identities: [identity] });
 * const env = await parseSecrets(data, z.object({ token: z.string(), port: z.int() }));
 * console.log(env, env.port.reveal() + 1); // { token: [redacted], port: [redacted] } 5433
 */
export async function parseSecrets<Schema extends StandardSchema>(
  data: SopsMapping,
  schema: Schema,
  options: { readonly file?: string | undefined } = {},
): Promise<Secrets<SchemaOutput<Schema>>> {
  const standard: StandardSchema["~standard"] | undefined = schema?.["~standard"];
  if (standard === undefined) {
    throw new TypeError(
      "schema is no Standard Schema: those of zod (from 3.24 on), valibot (from 1.0 on) and arktype are",
    );
  }
  const { vendor, validate } = standard;
  const result = await run(validate, data, options.file);
  if (result.issues !== undefined) throw schemaMismatch(result.issues, data, vendor, options.file);
  return toSecrets(result.value as SchemaOutput<Schema>);
}

async function run(
  validate: StandardSchema["~standard"]["validate"],
  data: SopsMapping,
  file: string | undefined,
): Promise<StandardResult<unknown>> {
  try {
    return await validate(data);
  } catch {
    // What was thrown may quote a value, in its message, its stack or its cause.
    const what = "the schema threw an error, which is not shown: it may hold a value. Try it with made-up values";
    throw new SopsError("schema-mismatch", what, { file });
  }
}
