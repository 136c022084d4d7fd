import type { SopsEmit, SopsFormat } from "@idstack/sops";
import type { SopsCall, Target } from "./call.ts";
import { storeSettings } from "./config.ts";
import { SopsExit, sopsStatus } from "./exit.ts";

/** How a result is laid out. */
export interface Layout {
  readonly emit: SopsEmit | undefined;
  readonly indent: number | undefined;
}

/** `--emit` and `--indent`; sops takes the indentation from `stores` of the `.sops.yaml` where the flag is not given. */
export async function layoutOf(call: SopsCall, target: Target, output: SopsFormat): Promise<Layout> {
  const { emit, indent } = call.flags;
  if (emit !== undefined && emit !== "sops" && emit !== "source") {
    throw new SopsExit(sopsStatus.generic, "--emit is sops or source");
  }
  const given = indent === undefined ? undefined : spaces(indent);
  const set = emit === "source" ? {} : await storeSettings(call, target);
  const indentation = given ?? set[output === "binary" ? "json_binary" : output];
  if (indentation !== undefined && indentation < (output === "yaml" ? 0 : -1)) {
    throw new SopsExit(sopsStatus.dump, `an indentation of ${indentation} is too small`);
  }
  // sops takes no spaces for the default of YAML.
  return { emit, indent: output === "yaml" && indentation === 0 ? undefined : indentation };
}

function spaces(text: string): number {
  const number = Number(text);
  if (/^[-+]?\d+$/.test(text) && number < 1000) return number;
  throw new SopsExit(sopsStatus.generic, "--indent is a number of spaces");
}
