import { readFileSync } from "node:fs";
import { dataFiles, type RecordedProjects } from "./data-files.ts";
import { buildModules } from "./model.ts";
import { readRecordings } from "./recording.ts";
import { typesFiles } from "./types-files.ts";

/** Folder of the recordings. */
export const OPENAPI = new URL("../openapi/", import.meta.url);
const PROJECTS = new URL("../projects.json", import.meta.url);

/** Everything the generator writes into `packages/schemas`: path within the package → text. */
export function generatedFiles(): Map<string, string> {
  const modules = buildModules(readRecordings(OPENAPI));
  const projects = JSON.parse(readFileSync(PROJECTS, "utf8")) as RecordedProjects;
  return new Map([...dataFiles(modules, projects), ...typesFiles(modules)]);
}
