import type { EncryptOptions, SopsFormat } from "@idstack/sops";
import type { SopsCall } from "./call.ts";
import { encryptSettings } from "./encrypt-settings.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { assertThere, formatFor, readTarget, shownName, targetOf } from "./target.ts";
import { assertOneOutput, writeResult } from "./write-result.ts";

/** `encrypt`: by the creation rule or the flags, in the layout of sops, or with `--emit source` that of the input. */
export async function encryptCommand(call: SopsCall): Promise<void> {
  const { flags } = call;
  const target = targetOf(call);
  assertOneOutput(call, target);
  if (target.named === "" || (call.strict && target.path === undefined && !flags.filenameOverride)) {
    throw new SopsExit(sopsStatus.conflict, "--filename-override has to say what stdin is: a path of the future file");
  }
  await assertThere(target);
  const format = formatFor(flags.inputType, target.named, call);
  const outputFormat = formatFor(flags.outputType, target.named, call);
  const layout = await layoutOf(call, target, outputFormat);
  if (layout.emit === "source" && format !== outputFormat) {
    throw new SopsExit(sopsStatus.conflict, "--emit source keeps the format of the input");
  }
  const settings = await withStatus("plain", () => encryptSettings(call, target, format)).catch(generic);
  const before = await readTarget(target, call);
  const result = await withStatus("plain", () =>
    encryptBytes(before, { ...settings, file: shownName(target), format }, outputFormat, layout),
  );
  await withStatus("plain", () => writeResult(call, target, result, { before }));
}

/** Encrypts what was read. */
export async function encryptBytes(
  bytes: Uint8Array,
  options: EncryptOptions & { readonly format: SopsFormat },
  outputFormat: SopsFormat,
  { emit, indent }: Layout,
): Promise<string> {
  const { encrypt, reformat } = await import("@idstack/sops");
  const { format, file } = options;
  if (format === "yaml") assertDocument(bytes, file);
  const text = await encrypt(bytes, { ...options, emit: emit ?? "sops" });
  if (format === outputFormat && indent === undefined) return text;
  return reformat(text, { file, format, outputFormat, indent });
}

/** sops wants something in a YAML file, if only `{}`. */
export function assertDocument(bytes: Uint8Array, file: string | undefined): void {
  if (bytes.length === 0) throw new SopsExit(sopsStatus.empty, `${file}: the file is empty, and a document is needed`);
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1").split("\n");
  if (lines.some((line) => !/^\s*(?:#.*)?$/.test(line))) return;
  throw new SopsExit(sopsStatus.read, `${file}: there is no document in the file`);
}

/** A configuration that cannot be used, whatever is wrong with it. */
function generic(error: unknown): never {
  if (!(error instanceof SopsExit) || error.status === sopsStatus.conflict) throw error;
  throw new SopsExit(sopsStatus.generic, error.message, { code: error.code, cause: error });
}
