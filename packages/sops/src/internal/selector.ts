import { SopsError, type SopsErrorDetails } from "../errors.ts";
import { SELECTION_FIELDS, type Selection } from "../selection.ts";
import { compileRegex } from "./regex.ts";

/** The comments that are active at a leaf: one list per level of nesting, outermost first. */
export type CommentStack = readonly (readonly string[])[];

export interface Selector {
  /** The one option that is set, always present: the default is filled in. */
  readonly option: readonly [keyof Selection, string, string];
  /** `isComment`: the last entry of the last level is the comment being asked about. */
  selects(path: readonly string[], comments: CommentStack, isComment: boolean): boolean;
}

/** Validates a selection and fills in SOPS' default. */
export function selectorOf(selection: Selection, where: SopsErrorDetails = {}): Selector {
  const set = SELECTION_FIELDS.flatMap(([field, name]) => {
    const value = selection[field];
    return value === undefined || value === "" ? [] : [[field, name, value] as const];
  });
  if (set.length > 1) {
    const names = set.map(([, name]) => name).join(" and ");
    throw new SopsError("conflicting-selection", `${names} exclude each other; set one of them`, where);
  }
  const option = set[0] ?? (["unencryptedSuffix", "unencrypted_suffix", "_unencrypted"] as const);
  return { option, selects: decision(option, where) };
}

function decision([field, name, value]: Selector["option"], where: SopsErrorDetails): Selector["selects"] {
  switch (field) {
    case "unencryptedSuffix":
      return (path) => !path.some((key) => key.endsWith(value));
    case "encryptedSuffix":
      return (path) => path.some((key) => key.endsWith(value));
    case "unencryptedRegex": {
      const matches = cached(compileRegex(value, name, where));
      return (path) => !path.some(matches);
    }
    case "encryptedRegex": {
      const matches = cached(compileRegex(value, name, where));
      return (path) => path.some(matches);
    }
    case "unencryptedCommentRegex": {
      const matches = cached(compileRegex(value, name, where));
      return (_path, comments) => !comments.some((level) => level.some(matches));
    }
    case "encryptedCommentRegex": {
      const matches = cached(compileRegex(value, name, where));
      return (_path, comments, isComment) => {
        // The comment that switches encryption on stays readable itself.
        const last = comments.length - 1;
        return comments.some((level, index) =>
          (isComment && index === last ? level.slice(0, -1) : level).some(matches),
        );
      };
    }
  }
}

function cached(matches: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>();
  return (text) => {
    let result = known.get(text);
    if (result === undefined) {
      result = matches(text);
      known.set(text, result);
    }
    return result;
  };
}
