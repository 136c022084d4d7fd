import type { SopsCall } from "./call.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { layoutOf } from "./layout.ts";
import { openingOptions } from "./sources.ts";
import { assertThere, formatFor, readTarget, shownName, targetOf } from "./target.ts";
import { treePath } from "./tree-path.ts";
import { assertOneOutput, writeResult } from "./write-result.ts";

/** `decrypt`: prints what sops prints, or with `--emit source` the file's own layout. */
export async function decryptCommand(call: SopsCall): Promise<void> {
  const { flags } = call;
  const target = targetOf(call);
  assertOneOutput(call, target);
  await assertThere(target);
  const format = formatFor(flags.inputType, target.named, call);
  const outputFormat = formatFor(flags.outputType, target.named, call);
  const path = treePath(flags.extract ?? "");
  if (path === undefined) {
    throw new SopsExit(sopsStatus.treePath, `--extract is no path: write it like '["db"]["ports"][0]'`);
  }
  const { emit, indent } = await layoutOf(call, target, outputFormat);
  if (emit === "source" && (path.length > 0 || format !== outputFormat)) {
    throw new SopsExit(sopsStatus.conflict, "--emit source prints whole files in their own format");
  }
  const before = await readTarget(target, call);
  const result = await withStatus("encrypted", async () => {
    const { decrypt, printDecrypted } = await import("@idstack/sops");
    const options = { ...openingOptions(call), file: shownName(target), format };
    if (emit === "source") return (await decrypt(before, options)).bytes;
    return printDecrypted(before, { ...options, outputFormat, indent, path });
  });
  await withStatus("encrypted", () => writeResult(call, target, result, { before, secret: true }));
}
