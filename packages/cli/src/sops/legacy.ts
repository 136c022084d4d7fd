import { resolve } from "node:path";
import type { Io } from "../io.ts";
import type { SopsCall } from "./call.ts";
import { globalFlags } from "./commands.ts";
import { loadConfig } from "./config.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { type Parsed, SURPLUS } from "./grammar.ts";
import { openingOptions } from "./sources.ts";
import { assertThere, exists, fileOf } from "./target.ts";
import { toFlags } from "./to-flags.ts";

const CHANGES = globalFlags.filter((name) => /^(?:add|rm)-/.test(name));

/** sops without a subcommand: `-d`, `-e`, `-r`, `--set`, and the editor where none of them is given. */
export async function legacyCommand({ values, args }: Parsed, io: Io): Promise<void> {
  const call: SopsCall = { io, flags: toFlags(values, values), args, strict: true };
  if (args.length === 0)
    throw new SopsExit(sopsStatus.noFile, "no file is given. idstack-sops --help shows the commands.");
  if (args.length > 1) io.err.write(SURPLUS);
  const set = typeof values["set"] === "string" && values["set"] !== "" ? values["set"] : undefined;
  const modes = [values["encrypt"] === true, values["decrypt"] === true, values["rotate"] === true, set !== undefined];
  if (modes.filter((mode) => mode).length > 1) io.err.write("more than one command: only the last is done\n");
  const target = fileOf(call);
  openingOptions(call);
  if (CHANGES.some((name) => values[name]) && !(await exists(target.path))) {
    throw new SopsExit(sopsStatus.noFileToChange, `there is no file ${target.shown} whose keys could change`);
  }
  if (modes.slice(0, 3).includes(true)) await assertThere(target);
  const [encrypts, decrypts, rotates] = modes;
  if (decrypts !== true || rotates === true || set !== undefined) await assertRule(call);
  if (set !== undefined) return setAll(call, set);
  if (rotates === true) return (await import("./rotate.ts")).rotateCommand(call);
  if (decrypts === true) return (await import("./decrypt.ts")).decryptCommand(call);
  if (encrypts === true) return (await import("./encrypt.ts")).encryptCommand(call);
  return (await import("./edit.ts")).editCommand(call);
}

/** `--set '["path"] value'`. */
async function setAll(call: SopsCall, text: string): Promise<void> {
  const at = text.indexOf("] ");
  if (at === -1) throw new SopsExit(sopsStatus.set, `--set takes path and value: '["path"] "value"'`);
  const { setCommand } = await import("./set.ts");
  const [file = ""] = call.args;
  await setCommand({ ...call, args: [file, text.slice(0, at + 1).trimEnd(), text.slice(at + 2)] });
}

/** sops wants a rule for everything but decryption, once there is a configuration. */
async function assertRule(call: SopsCall): Promise<void> {
  const target = fileOf(call);
  const named = resolve(call.io.cwd, target.named);
  const config = await loadConfig(call, { ...target, named });
  if (config === undefined) return;
  const { findRule, ruleFor } = await import("@idstack/sops");
  await withStatus("encrypted", () => {
    if (findRule(named, config) === undefined) ruleFor(named, config);
  });
}
