/** Why a Node version cannot run idstack; `undefined` if it can. 22.18 is the first that imports TypeScript by itself. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return undefined;
  return `this is Node ${version}, and a stack.config.ts needs Node 22.18 or newer to run. Put a newer node first on PATH.`;
}
