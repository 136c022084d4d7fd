import { vector, vectorNames } from "../../helpers.ts";
import { bad, type Construct, good } from "./construct.ts";

const VERSIONS = ["3.12.2", "3.13.3"];

/** The layouts that metadata had before, one of them without its MAC. */
const layouts = Object.entries(files("layouts")).filter(([name]) => !name.endsWith(".set"));
const hasMac = ([name]: readonly [string, string]) => !name.includes("no-mac");

/** The committed vectors, as sops itself wrote them, and with one value opened. */
export const writtenBySops: readonly Construct[] = VERSIONS.flatMap(ofVersion).concat([
  good("metadata in the layouts of sops 3.7 to 3.13.1", Object.fromEntries(layouts.filter(hasMac))),
  bad("a layout without a MAC", "mac-missing", Object.fromEntries(layouts.filter((each) => !hasMac(each)))),
]);

function ofVersion(version: string): Construct[] {
  const yaml = files(`generated/sops-${version}`);
  const stores = files(`generated/stores-${version}`);
  return [
    good(`YAML written by sops ${version}`, yaml),
    good(`JSON, dotenv, INI and binary written by sops ${version}`, stores),
    bad(`value opened in YAML by hand, sops ${version}`, "plain-value", opened(yaml)),
    bad(`value opened in JSON, dotenv or INI by hand, sops ${version}`, "plain-value", opened(stores)),
  ];
}

function files(folder: string): Record<string, string> {
  const names = vectorNames(folder).filter((name) => !name.endsWith(".decrypted"));
  return Object.fromEntries(names.map((name) => [name, vector(`${folder}/${name}`)]));
}

/** The first value that is a string, outside of comments. */
function opened(from: Readonly<Record<string, string>>): Record<string, string> {
  const changed = Object.entries(from).map(([name, text]) => {
    return [name, text.replace(/^([^#;\n]*(?:: |= ?|- )"?)ENC\[[^\]]*type:str\]/m, "$1hunter2")] as const;
  });
  return Object.fromEntries(changed.filter(([name, text]) => text !== from[name]));
}
