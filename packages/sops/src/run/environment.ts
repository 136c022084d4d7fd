import { SopsError } from "../errors.ts";
import { displayScalar } from "../internal/display-scalar.ts";
import { formatKeyPath } from "../internal/position.ts";
import { entriesOf, type MapNode } from "../internal/tree.ts";

/** Variables to set; undefined removes one. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The values of a document as environment variables, in the spelling of sops. A `null` removes the variable unless
 * `nullAs` is given: sops writes `<nil>`.
 *
 * @throws {@link SopsError} `unsupported-value`
 */
export function environmentOf(root: MapNode, file: string | undefined, nullAs?: string): Variables {
  const entries = entriesOf(root).map(({ key, value }): [string, string | undefined] => {
    const refuse = (why: string) => {
      const path = formatKeyPath([key]);
      return new SopsError("unsupported-value", `${path} cannot be an environment variable: ${why}`, { file, path });
    };
    if (value.kind !== "leaf") throw refuse("it is a mapping or a list");
    if (/[=\0]/.test(key) || key === "") throw refuse("its name is empty, or has a = or a NUL in it");
    const text = value.scalar.type === "null" ? nullAs : displayScalar(value.scalar);
    // spawn() would quote the value in its own error.
    if (text?.includes("\0")) throw refuse("its value has a NUL in it");
    return [key, text];
  });
  return Object.fromEntries(entries);
}
