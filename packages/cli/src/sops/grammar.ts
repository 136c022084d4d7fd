/** How `idstack-sops` reads a command line: the grammar of urfave/cli 1.22, with which sops is made. */

/** A flag of sops as this grammar needs it: whether a value follows. */
interface FlagSpec {
  readonly takesValue: boolean;
}

/** Values by the long name of their flag; a switch is a boolean. */
export type FlagValues = Readonly<Record<string, string | boolean | readonly string[]>>;

export interface Parsed {
  readonly values: FlagValues;
  readonly args: readonly string[];
}

/** A command line that sops would refuse, too. */
export class GrammarError extends Error {
  override readonly name = "GrammarError";
}

/** What is told when there are more arguments than files a command takes. */
export const SURPLUS = "more than one argument: only the first is used, and flags stand before it\n";

const SWITCHES = new Set([
  "decrypt",
  "encrypt",
  "rotate",
  "disable-version-check",
  "check-for-updates",
  "in-place",
  "show-master-keys",
  "ignore-mac",
  "mac-only-encrypted",
  "verbose",
  "enable-local-keyservice",
  "help",
  "version",
  "yes",
  "value-file",
  "value-stdin",
  "idempotent",
  "background",
  "pristine",
  "same-process",
  "no-fifo",
]);

const SHORT: Readonly<Record<string, string>> = {
  d: "decrypt",
  e: "encrypt",
  r: "rotate",
  i: "in-place",
  s: "show-master-keys",
  k: "kms",
  p: "pgp",
  a: "age",
  y: "yes",
  h: "help",
  v: "version",
};

const NUMBERS = new Set(["indent", "shamir-secret-sharing-threshold"]);

/** Go's strconv.ParseBool. */
const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/**
 * Reads the flags at the start of a command line, one dash or two, `--flag=value` or `--flag value`; they end at the first
 * argument that is none, or after `--`.
 *
 * @throws {@link GrammarError}
 */
export function parseFlags(args: readonly string[], known: readonly string[]): Parsed {
  const values: Record<string, string | boolean | readonly string[]> = {};
  let at = 0;
  for (; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (!arg.startsWith("-") || arg === "-") break;
    if (arg === "--") {
      at += 1;
      break;
    }
    const [, written = "", given] = /^--?([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const name = longName(written, known);
    if (name === undefined) throw new GrammarError(`flag provided but not defined: -${written}`);
    if (specOf(name).takesValue && given === undefined) at += 1;
    const value = specOf(name).takesValue ? (given ?? args[at]) : (given ?? "true");
    if (value === undefined) throw new GrammarError(`flag needs an argument: -${written}`);
    values[name] = valueOfFlag(name, value, written, values[name]);
  }
  return { values, args: args.slice(at) };
}

/** As urfave/cli does for subcommands: flags may follow the arguments, as long as nothing else looks like their value. */
export function flagsFirst(args: readonly string[], known: readonly string[]): readonly string[] {
  const [flags, rest]: [string[], string[]] = [[], []];
  let valueMayFollow = false;
  for (const [index, arg] of args.entries()) {
    if (valueMayFollow && !isFlag(arg, known)) {
      valueMayFollow = false;
      flags.push(arg);
    } else if (arg === "--") {
      rest.push(...args.slice(index));
      break;
    } else if (isFlag(arg, known)) {
      flags.push(arg);
      // Of a switch as well: what follows a switch ends the flags.
      valueMayFollow = !arg.includes("=");
    } else rest.push(arg);
  }
  return [...flags, ...rest];
}

function isFlag(arg: string, known: readonly string[]): boolean {
  if (!arg.startsWith("-") || arg === "-" || arg === "--") return false;
  return longName(arg.replace(/^--?/, "").split("=")[0] ?? "", known) !== undefined;
}

function longName(written: string, known: readonly string[]): string | undefined {
  const name = SHORT[written] ?? written;
  return known.includes(name) && (name === written || SHORT[written] === name) ? name : undefined;
}

function specOf(name: string): FlagSpec {
  return { takesValue: !SWITCHES.has(name) };
}

function valueOfFlag(
  name: string,
  value: string,
  written: string,
  before: string | boolean | readonly string[] | undefined,
): string | boolean | readonly string[] {
  // A value may be a secret by mistake: it is not repeated.
  if (NUMBERS.has(name) && !/^[-+]?\d+$/.test(value)) throw new GrammarError(`invalid value for flag -${written}`);
  if (name === "keyservice") return [...(Array.isArray(before) ? before : []), value];
  if (specOf(name).takesValue) return value;
  if (TRUE.has(value)) return true;
  if (FALSE.has(value)) return false;
  throw new GrammarError(`invalid boolean value for -${written}`);
}
