/** Whether a command line asks for JSON. What comes after `--` belongs to the program that `idstack dev` runs. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).includes("--json");
}
