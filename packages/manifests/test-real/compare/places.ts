import type { Diagnostic } from "../../src/index.ts";
import type { Answer, Cause } from "./ask-server.ts";

/**
 * Whether one of our findings is at a place that the server names. `undefined` where it names none: it stops at the
 * first value that it cannot decode, and says of which Go type that was.
 */
export function samePlace(answer: Answer, found: readonly Diagnostic[]): boolean | undefined {
  const theirs = answer.causes.map(fieldOf).filter((field) => field !== "");
  if (theirs.length === 0) return undefined;
  const ours = found.flatMap(placesOf);
  const misfits = found.filter(({ code }) => code === "wrong-type").map(({ path = "" }) => plain(path));
  return theirs.some(
    (field) =>
      ours.some((place) => place === field || isDetail(place, field)) ||
      misfits.some((place) => isInside(field, place)),
  );
}

/** Of conditions and sizes of integers the server names the place in words. */
function fieldOf({ field, message }: Cause): string {
  const [, condition, size] =
    /"([^"]*)" must (?:not )?validate|^.*Checked value must be .* in (\S+)$/.exec(message) ?? [];
  return plain(field !== "" ? field : (condition ?? size ?? ""));
}

/** Of keys and items in `metadata` the server names the mapping or the list, and items without a number. */
function isDetail(place: string, field: string): boolean {
  const unnumbered = place.replace(/\[\d+\]/g, "");
  return field.startsWith("metadata.") && (unnumbered === field || isInside(place, field));
}

/** Fields are unknown to the server in what should be a text or a list. */
function isInside(path: string, around: string): boolean {
  return path.startsWith(around) && /^[.[]/.test(path.slice(around.length));
}

/** Missing fields have no place of their own: it is that of what lacks them. */
function placesOf({ code, path = "", message }: Diagnostic): string[] {
  if (code === "missing-name") return ["metadata.name"];
  const missing = code === "missing-field" ? /^(\S+) is missing$/.exec(message)?.[1] : undefined;
  return [plain(path), ...(missing === undefined ? [] : [plain(path === "" ? missing : `${path}.${missing}`)])];
}

/** Both notations of a key, `["a/b"]` and `.a/b`, as one. */
function plain(path: string): string {
  return path
    .replace(/\["((?:[^"\\]|\\.)*)"\]/g, ".$1")
    .replace(/\[([^\]\d][^\]]*)\]/g, ".$1")
    .replace(/^\./, "");
}
