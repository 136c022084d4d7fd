import type { EditOptions } from "@idstack/sops";
import type { SopsCall, Target } from "./call.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { layoutOf } from "./layout.ts";
import { openingOptions } from "./sources.ts";
import { formatFor, readTarget, shownName } from "./target.ts";

/** A change of an encrypted text; the same text back means that nothing is to be written. */
export type TextChange = (text: string, options: EditOptions) => Promise<string>;

/** The text of a target before and after a change, in the output format that was asked for. */
export async function changeText(
  call: SopsCall,
  target: Target,
  change: TextChange,
): Promise<{ readonly before: Buffer; readonly after: string; readonly changed: boolean }> {
  const { flags } = call;
  const format = formatFor(flags.inputType, target.named, call);
  const outputFormat = formatFor(flags.outputType, target.named, call);
  const { emit, indent } = await layoutOf(call, target, outputFormat);
  const before = await readTarget(target, call);
  const file = shownName(target);
  return withStatus("encrypted", async () => {
    const { reformat } = await import("@idstack/sops");
    const text = decoded(before, file);
    const after = await change(text, { ...openingOptions(call), file, format });
    const changed = after !== text;
    const asSops = emit === "sops" || format !== outputFormat || flags.indent !== undefined;
    return { before, after: asSops ? reformat(after, { file, format, outputFormat, indent }) : after, changed };
  });
}

function decoded(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SopsExit(sopsStatus.generic, `${file}: is not UTF-8 text, so it is no encrypted file`, { cause });
  }
}
