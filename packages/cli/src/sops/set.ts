import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { SopsCall } from "./call.ts";
import { changeText } from "./change-file.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { fileOf } from "./target.ts";
import { treePath } from "./tree-path.ts";

/** `set`: one value of a file, a JSON text. */
export async function setCommand(call: SopsCall): Promise<void> {
  const { flags, args } = call;
  if (flags.valueFile === true && flags.valueStdin === true) {
    throw new SopsExit(sopsStatus.generic, "--value-file and --value-stdin exclude each other");
  }
  const wanted = flags.valueStdin === true ? 2 : 3;
  if (args.length !== wanted) {
    const names = flags.valueStdin === true ? "file and path" : "file, path and value";
    throw new SopsExit(sopsStatus.noFile, `give ${names}, and nothing else: ${args.length} arguments were given`);
  }
  const target = fileOf(call);
  const path = pathOf(args[1]);
  const json = await jsonOf(call);
  const { before, after, changed } = await changeText(call, target, async (source, options) => {
    const { setJson } = await import("@idstack/sops");
    return setJson(source, path, json, options).catch(refuse);
  });
  if (changed) await replace(target.path, after, before);
}

/** `unset`: removes one value of a file. */
export async function unsetCommand(call: SopsCall): Promise<void> {
  const { flags, args } = call;
  if (args.length !== 2) {
    throw new SopsExit(sopsStatus.noFile, `give file and path, and nothing else: ${args.length} arguments were given`);
  }
  const target = fileOf(call);
  const path = pathOf(args[1]);
  const { before, after, changed } = await changeText(call, target, async (source, options) => {
    const { unset } = await import("@idstack/sops");
    return unset(source, path, options).catch((error: unknown) => {
      if (flags.idempotent === true && codeOf(error) === "path-not-found") return source;
      throw error;
    });
  });
  if (changed) await replace(target.path, after, before);
}

async function replace(path: string, after: string, before: Uint8Array): Promise<void> {
  const { replaceFile } = await import("@idstack/sops");
  await withStatus("encrypted", () => replaceFile(path, after, { expected: before }));
}

function pathOf(text: string | undefined): readonly (string | number)[] {
  const path = treePath(text ?? "");
  if (path !== undefined && path.length > 0) return path;
  throw new SopsExit(sopsStatus.set, `this is no path: write it like '["db"]["ports"][0]'`);
}

async function jsonOf({ io, flags, args }: SopsCall): Promise<string> {
  if (flags.valueStdin === true) return io.in === undefined ? "" : text(io.in);
  const [, , value = ""] = args;
  if (flags.valueFile !== true) return value;
  return readFile(resolve(io.cwd, value), "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new SopsExit(sopsStatus.generic, `the file with the value cannot be read (${cause.code})`, { cause });
  });
}

function refuse(error: unknown): never {
  if (codeOf(error) !== "invalid-json" || !(error instanceof Error) || error.message.includes(":")) throw error;
  const message = `the value is not JSON: a text needs double quotes, '"like this"'`;
  throw new SopsExit(sopsStatus.set, message, { code: "invalid-json", cause: error });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
