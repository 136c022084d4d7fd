import { basename } from "node:path";
import type { SopsFormat } from "@idstack/sops";
import type { SopsCall, Target } from "./call.ts";
import { assertDocument, encryptBytes } from "./encrypt.ts";
import { encryptSettings } from "./encrypt-settings.ts";
import { exampleFor } from "./example.ts";
import { SopsExit, sopsStatus, withStatus } from "./exit.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { lineOf } from "./line-of.ts";
import { readEdited, runEditor } from "./run-editor.ts";
import { openingOptions } from "./sources.ts";
import { exists, fileOf, formatFor, readTarget } from "./target.ts";

/** What the editor shows, and how what it leaves behind is encrypted; that may throw, and be tried again. */
interface Session {
  readonly shown: Uint8Array;
  readonly before: Uint8Array | undefined;
  encrypt(edited: Uint8Array): string | Promise<string>;
}

type FileTarget = Target & { readonly path: string; readonly shown: string };

/** `edit`: the plaintext of a file in an editor; a file that is not there is made. */
export async function editCommand(call: SopsCall): Promise<void> {
  const { io, flags } = call;
  const target = fileOf(call);
  if (flags.showMasterKeys === true) {
    // sops 3.12 and 3.13 show the block, and lose all that is edited then.
    const instead = "change recipients with rotate --add-age and --rm-age, or with updatekeys";
    throw new SopsExit(sopsStatus.generic, `--show-master-keys is not supported: ${instead}`);
  }
  const format = formatFor(flags.inputType, target.named, call);
  const outputFormat = formatFor(flags.outputType, target.named, call);
  const layout = await layoutOf(call, target, outputFormat);
  const session = (await exists(target.path))
    ? await openFile(call, target, format, outputFormat, layout)
    : await newFile(call, target, format, outputFormat, layout);
  const { replaceFile, writeSecretFile } = await import("@idstack/sops");
  await using file = await withStatus("plain", () =>
    writeSecretFile(session.shown, { name: basename(target.path), fifo: false, env: io.env }),
  );
  const text = await editUntilValid(file.path, session, call);
  try {
    await withStatus("encrypted", () =>
      replaceFile(target.path, text, session.before === undefined ? {} : { expected: session.before }),
    );
  } catch (error) {
    if (!(error instanceof SopsExit)) throw error;
    throw new SopsExit(error.status, await rescued(error.message, target, text), { code: error.code, cause: error });
  }
}

/** What was typed must not be lost because somebody else wrote the file: it is kept beside it, encrypted. */
async function rescued(message: string, { path, shown }: FileTarget, text: string): Promise<string> {
  const { replaceFile } = await import("@idstack/sops");
  const other = `.edited-${Date.now().toString(36)}`;
  const kept = await replaceFile(path + other, text).then(
    () => true,
    () => false,
  );
  return kept ? `${message}. Your version is kept, encrypted, in ${shown}${other}` : message;
}

async function editUntilValid(path: string, session: Session, { io }: SopsCall): Promise<string> {
  const lines = lineOf(io);
  for (;;) {
    await runEditor(path, io);
    const edited = await readEdited(path);
    if (edited.equals(session.shown)) {
      throw new SopsExit(sopsStatus.unchanged, "the file was not changed, and nothing was written");
    }
    try {
      return await withStatus("plain", () => session.encrypt(edited));
    } catch (error) {
      if (!(error instanceof SopsExit)) throw error;
      io.err.write(`${error.message}\nPress Enter to return to the editor, or Ctrl-C to leave the file as it was. `);
      if ((await lines.next()).done === true) throw error;
    }
  }
}

async function openFile(
  call: SopsCall,
  target: FileTarget,
  format: SopsFormat,
  outputFormat: SopsFormat,
  { emit, indent }: Layout,
): Promise<Session> {
  const { flags } = call;
  const before = await readTarget(target, call);
  return withStatus("encrypted", async () => {
    const { openText, reformat } = await import("@idstack/sops");
    const file = target.shown;
    const options = { ...openingOptions(call), file, format, emit };
    const open = await openText(before.toString("utf8"), options);
    const asSops = format !== outputFormat || flags.indent !== undefined;
    return {
      shown: open.bytes,
      before,
      encrypt(edited) {
        // An editor that was cut short leaves an empty file: that must not be all that is left.
        if (format === "yaml") assertDocument(edited, file);
        const text = open.encrypt(edited);
        return asSops ? reformat(text, { file, format, outputFormat, indent }) : text;
      },
    };
  });
}

async function newFile(
  call: SopsCall,
  target: FileTarget,
  format: SopsFormat,
  outputFormat: SopsFormat,
  layout: Layout,
): Promise<Session> {
  openingOptions(call);
  const settings = await withStatus("encrypted", () => encryptSettings(call, target, format));
  const { recipientProblem } = await import("@idstack/sops");
  // Before anybody types something that could not be encrypted.
  for (const recipient of settings.recipients) {
    const problem = recipientProblem(recipient);
    if (problem !== undefined) throw new SopsExit(sopsStatus.generic, `recipient ${recipient} ${problem}`);
  }
  const options = { ...settings, file: target.shown, format };
  return {
    shown: Buffer.from(exampleFor(format)),
    before: undefined,
    encrypt: (edited) => encryptBytes(edited, options, outputFormat, layout),
  };
}
