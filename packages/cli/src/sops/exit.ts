/** Exit statuses of sops, by the names its sources give them. */
export const sopsStatus = {
  generic: 1,
  read: 2,
  write: 3,
  dump: 4,
  config: 5,
  set: 7,
  conflict: 8,
  encrypt: 23,
  decrypt: 25,
  noFileToChange: 49,
  mac: 51,
  treePath: 91,
  empty: 92,
  noFile: 100,
  duplicateOrder: 112,
  noKey: 128,
  unchanged: 200,
  noEditor: 201,
  encrypted: 203,
} as const;

/** The end of a command with an exit status of sops. The message says what to do, and holds no secret. */
export class SopsExit extends Error {
  override readonly name = "SopsExit";
  readonly status: number;
  readonly code: string;
  /** It was told already. */
  readonly silent: boolean;

  constructor(status: number, message: string, options: ExitOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.code = options.code ?? "sops";
    this.silent = options.silent === true;
  }
}

interface ExitOptions {
  readonly code?: string;
  readonly silent?: boolean;
  readonly cause?: unknown;
}

/** Whether the text that failed was to be encrypted, or to be decrypted: sops tells them apart. */
export type Phase = "plain" | "encrypted";

const parse = (phase: Phase): number => (phase === "plain" ? sopsStatus.read : sopsStatus.generic);

/** Codes of `SopsError` whose status is not 1. */
const statuses: Readonly<Record<string, number | ((phase: Phase) => number)>> = {
  "already-encrypted": sopsStatus.encrypted,
  "reserved-key": sopsStatus.encrypted,
  "invalid-yaml": parse,
  "invalid-json": parse,
  "invalid-dotenv": parse,
  "invalid-ini": parse,
  "unsupported-yaml": parse,
  "read-failed": parse,
  "unsupported-value": sopsStatus.dump,
  "missing-mac": sopsStatus.mac,
  "value-not-encrypted": sopsStatus.decrypt,
  "no-identity-matches": sopsStatus.noKey,
  "invalid-identity": sopsStatus.noKey,
  "conflicting-selection": sopsStatus.conflict,
  "path-conflict": sopsStatus.set,
  "write-failed": sopsStatus.write,
  "file-changed": sopsStatus.write,
  "program-not-found": sopsStatus.noEditor,
};

/** With which status sops ends for a failure; undefined for what is none of `@idstack/sops`. */
export function statusFor(error: unknown, phase: Phase): number | undefined {
  if (error instanceof SopsExit) return error.status;
  if (!(error instanceof Error) || error.name !== "SopsError") return undefined;
  const { code, path, message } = error as Error & { readonly code: string; readonly path?: string };
  // A value that does not authenticate, and a MAC that does not match.
  if (code === "mac-mismatch") return path === undefined ? sopsStatus.mac : sopsStatus.decrypt;
  if (code === "unsupported-key-type" && phase === "encrypted") return sopsStatus.noKey;
  // sops reads these, and stumbles when it walks over them.
  const walked = /a key that is not a string|an integer above/.test(message);
  if (code === "unsupported-yaml" && phase === "plain" && walked) return sopsStatus.encrypt;
  if (code === "no-identity-matches" && message.includes("for no age recipient")) return sopsStatus.generic;
  const status = statuses[code];
  return (typeof status === "function" ? status(phase) : status) ?? sopsStatus.generic;
}

/** Runs a part of a command, whose failures get the status sops gives them. */
export async function withStatus<T>(phase: Phase, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const status = statusFor(error, phase);
    if (status === undefined || error instanceof SopsExit) throw error;
    const { code, message } = error as Error & { readonly code: string };
    throw new SopsExit(status, message, { code, cause: error });
  }
}
