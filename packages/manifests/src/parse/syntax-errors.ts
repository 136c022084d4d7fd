import type { YAMLParseError } from "yaml";
import type { ParseFinding } from "./parse-manifests.ts";

/** What the parser says where the text nests deeper than its stack. */
const tooDeep = /call stack/;

/** Messages of the parser that end in a piece of the text: it may be part of a password. */
const quoting = /(extra characters|escape sequence|YAML (?:token|stream|document)):? .*$/s;

/** A syntax error in words that quote nothing of the text. */
export function syntaxFinding({ code, message }: Pick<YAMLParseError, "code" | "message">): ParseFinding {
  if (tooDeep.test(message)) return nestingFinding;
  return {
    severity: "error",
    message: code === "TAG_RESOLVE_FAILED" ? "a tag that no reader knows" : message.replace(quoting, "$1"),
    help: "Look at the indentation, quotes and brackets at this place and above.",
  };
}

/** For text that is nested so deeply that it cannot be read. */
export const nestingFinding: ParseFinding = {
  severity: "error",
  message: "this is nested too deeply to be read",
  help: "Kubernetes objects nest a few dozen levels: look for brackets that are never closed.",
};
