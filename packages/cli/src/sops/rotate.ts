import type { KeyRing } from "@idstack/sops";
import type { SopsCall } from "./call.ts";
import { changeText } from "./change-file.ts";
import { assertAgeOnly, recipientList } from "./encrypt-settings.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { exists, fileOf } from "./target.ts";
import { assertOneOutput, writeResult } from "./write-result.ts";

/** `rotate`: a new data key for a file, and perhaps other recipients. */
export async function rotateCommand(
  call: SopsCall,
  { keyRing, oneOfMany = false }: { readonly keyRing?: KeyRing; readonly oneOfMany?: boolean } = {},
): Promise<void> {
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
    const { readMetadata, rotate } = await import("@idstack/sops");
    // sops does not mind a recipient to remove that is not there, and in many files some lack it.
    const known = new Set(readMetadata(text, options).age.map(({ recipient }) => recipient));
    const gone = call.strict || oneOfMany ? remove.filter((recipient) => known.has(recipient)) : remove;
    return rotate(text, { ...options, keyRing, add, remove: gone });
  });
  await withStatus("encrypted", () => writeResult(call, target, after, { before }));
}
