import type { DecryptOptions } from "../decrypt.ts";
import { decryptFile } from "../decrypt-file.ts";
import { parseSecrets } from "./parse-secrets.ts";
import type { Secrets } from "./secrets.ts";
import type { SchemaOutput, StandardSchema } from "./standard-schema.ts";

/**
 * Decrypts a file and validates it with a schema: every value comes back as a `Secret`, which reads `[redacted]` wherever
 * it is printed. For text that is no file, see {@link parseSecrets}, which says more about schemas.
 *
 * @throws {@link SopsError} as `decryptFile`; `schema-mismatch`, `multiple-documents`.
 *
 * @example
 * import { mkdtemp } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { generateIdentity, loadSecrets, writeEncrypted } from "@idstack/sops";
 * import { z } from "zod";
 * const { identity, recipient } = await generateIdentity();
 * const file = join(await mkdtemp(join(tmpdir(), "sops-")), "app.enc.yaml");
 * await writeEncrypted(file, { token: "hunter2" }, { recipients: [recipient] });
 * const env = await loadSecrets(file, z.object({ token: z.string() }), { identities: [identity] });
 * console.log(`${env.token}`, env.token.reveal().length); // [redacted] 7
 */
export async function loadSecrets<Schema extends StandardSchema>(
  file: string,
  schema: Schema,
  options: Omit<DecryptOptions, "file" | "emit"> = {},
): Promise<Secrets<SchemaOutput<Schema>>> {
  const { data } = await decryptFile(file, options);
  return parseSecrets(data, schema, { file });
}
