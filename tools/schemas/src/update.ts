import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { loadCrds, startKubernetes } from "@idstack/tool-real";
import { generate } from "./generate.ts";
import { JSON_SCHEMAS, jsonSchemaFile, jsonSchemaKinds } from "./json-schemas.ts";
import { normaliseSchema } from "./normalise.ts";
import { OPENAPI } from "./output.ts";
import { PROJECTS, projectsFile, readProjects, recordProjects } from "./projects.ts";
import { recordingFiles, recordServer } from "./record.ts";
import { writeFiles } from "./write-files.ts";

// pnpm schemas:update [--json-schemas <dir>]: records everything anew and generates packages/schemas from it.
const { values } = parseArgs({ options: { "json-schemas": { type: "string" } } });
if (values["json-schemas"] !== undefined) copyJsonSchemas(values["json-schemas"]);
await record();
process.stdout.write(generate());

/** Takes the schemas that `json-schemas/index.json` lists from a folder of originals. */
function copyJsonSchemas(from: string): void {
  const files = jsonSchemaKinds().map((kind): [string, string] => {
    const original = readFileSync(
      new URL(jsonSchemaFile(kind).replace(".min.json", ".json"), `${pathToFileURL(from)}/`),
      "utf8",
    );
    return [jsonSchemaFile(kind), JSON.stringify(normaliseSchema(JSON.parse(original)))];
  });
  writeFiles(JSON_SCHEMAS, new Map(files));
}

async function record(): Promise<void> {
  await using kubernetes = await startKubernetes();
  const recordings = await recordServer(kubernetes);
  for (const name of readdirSync(OPENAPI)) if (name.endsWith(".json")) rmSync(new URL(name, OPENAPI));
  writeFiles(OPENAPI, recordingFiles(recordings));
  const { body } = await kubernetes.request("GET", "/version");
  const version = (body as { gitVersion: string }).gitVersion.replace(/^v/, "");
  const today = new Date().toISOString().slice(0, 10);
  const projects = recordProjects(version, await loadCrds(), { before: readProjects(), today });
  writeFileSync(PROJECTS, projectsFile(projects));
  process.stdout.write(`recorded ${recordings.length} group versions of Kubernetes ${version}\n`);
}
