import { commands, globalFlags, unsupported } from "./commands.ts";

/** Help of the program, or of one subcommand. */
export function helpText(name: string | undefined): string {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return overview();
  return `Usage: idstack-sops ${command.usage}\n\n${command.about}\n\nFlags: ${flagList(command.flags)}\n\n${example(name)}`;
}

function overview(): string {
  const width = Math.max(...Object.values(commands).map(({ usage }) => usage.length));
  const lines = Object.values(commands).map(({ usage, about }) => `  ${usage.padEnd(width)}  ${about}`);
  return `Usage: idstack-sops [flags] command [flags] [file]
       idstack-sops [-d | -e | -r] [flags] file

The command line of sops 3.13 for age and ssh keys: point scripts, helm-secrets or direnv at it.

Commands:
${lines.join("\n")}
  file${" ".repeat(width - 4)}  edit a file

Flags in front: ${flagList(globalFlags)}

Not here: ${unsupported.join(", ")}, and keys other than age and ssh. Their flags are refused, and
so is --show-master-keys. The sops program has them; from code, openSops() of @idstack/sops runs it.

Examples:
  idstack-sops decrypt secrets.yaml
  idstack-sops -d --extract '["db"]["password"]' secrets.yaml
  idstack-sops encrypt -i secrets.yaml

Exit status: that of sops.
`;
}

function flagList(flags: readonly string[]): string {
  const names = flags.map((name) => `--${name}`);
  const lines = [""];
  for (const name of names) {
    const line = lines.at(-1) ?? "";
    if (line.length + name.length > 100) lines.push(name);
    else lines[lines.length - 1] = line === "" ? name : `${line} ${name}`;
  }
  return lines.join("\n  ");
}

function example(name: string | undefined): string {
  return `The flags that do something here are explained by: idstack secrets ${name} --help\n`;
}
