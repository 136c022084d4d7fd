import type { SopsCall } from "./call.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { fileOf, formatFor, readTarget } from "./target.ts";

/** `filestatus`: whether a file is encrypted, as sops answers it; the exit status is 0 either way. */
export async function fileStatusCommand(call: SopsCall): Promise<void> {
  const { io, flags } = call;
  const target = fileOf(call);
  const format = formatFor(flags.inputType, target.named, call);
  const bytes = await readTarget(target, call).catch((error: unknown) => {
    throw error instanceof SopsExit ? new SopsExit(sopsStatus.generic, error.message) : error;
  });
  const status = await withStatus("encrypted", async () => {
    const { fileStatus } = await import("@idstack/sops");
    return fileStatus(bytes.toString("utf8"), { file: target.shown, format });
  });
  io.out.write(`${JSON.stringify(status)}\n`);
}
