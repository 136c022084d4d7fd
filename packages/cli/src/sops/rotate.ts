import type { SopsCall } from "./call.ts";
import { changeText } from "./change-file.ts";
import { assertAgeOnly, recipientList } from "./encrypt-settings.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { exists, fileOf } from "./target.ts";
import { assertOneOutput, writeResult } from "./write-result.ts";

/** `rotate`: a new data key for a file, and perhaps other recipients. */
export async function rotateCommand(call: SopsCall): Promise<void> {
  const { flags } = call;
  const target = fileOf(call);
  assertOneOutput(call, target);
  const [add, remove] = [recipientList(flags.addAge), recipientList(flags.rmAge)];
  const changes = add.length + remove.length + (flags.otherKeys ?? []).length > 0;
  if (changes && !(await exists(target.path))) {
    throw new SopsExit(sopsStatus.noFileToChange, `there is no file ${target.shown} whose keys could change`);
  }
  assertAgeOnly(call);
  const { before, after } = await changeText(call, target, async (text, options) => {
    const { rotate } = await import("@idstack/sops");
    return rotate(text, { ...options, add, remove });
  });
  await withStatus("encrypted", () => writeResult(call, target, after, { before }));
}
