import { SopsError } from "../errors.ts";

/** Why a text cannot be read: of its own, or because it is nested deeper than the stack goes. Other errors are thrown on. */
export function asSopsError(error: unknown, file: string): SopsError {
  if (error instanceof SopsError) return error;
  if (error instanceof RangeError)
    return new SopsError("unsupported-yaml", "nested too deeply", { file, cause: error });
  throw error;
}
