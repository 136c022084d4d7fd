import { readFileSync } from "node:fs";
import type { ProjectCrd } from "@idstack/tool-real";
import type { RecordedProjects } from "./data-files.ts";
import { JSON_SCHEMAS, jsonSchemaKinds } from "./json-schemas.ts";

type RecordedProject = RecordedProjects["projects"][number];

/** Who defines which custom resources, and in which version they were taken. */
export const PROJECTS = new URL("../projects.json", import.meta.url);
/** Names the commit and day of every definition. */
const INDEX = new URL("../../real/crds/INDEX.md", import.meta.url);

export function readProjects(): RecordedProjects {
  return JSON.parse(readFileSync(PROJECTS, "utf8")) as RecordedProjects;
}

/** @param today - `YYYY-MM-DD`, for a version of Kubernetes that was not recorded before. */
export function recordProjects(
  kubernetesVersion: string,
  crds: readonly ProjectCrd[],
  { before, today }: { readonly before: RecordedProjects; readonly today: string },
): RecordedProjects {
  const date = before.kubernetes.version === kubernetesVersion ? before.kubernetes.date : today;
  const projects = [...definedByCrds(crds, readFileSync(INDEX, "utf8")), ...definedByJsonSchemas()];
  return {
    kubernetes: { version: kubernetesVersion, date },
    projects: projects.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The text of `projects.json`, formatted as the rest of the repository: a list that fits stands on one line. */
export function projectsFile(projects: RecordedProjects): string {
  const text = JSON.stringify(projects, null, 2).replace(
    /^( +"crds": )\[\n([^\]]*)\n +\]/gm,
    (all, key: string, items: string) => {
      const line = `${key}[${items.trim().replace(/,\s+/g, ", ")}]`;
      return line.length <= 120 ? line : all;
    },
  );
  return `${text}\n`;
}

function definedByCrds(crds: readonly ProjectCrd[], index: string): RecordedProject[] {
  const origins = new Map(
    index.split("\n").map((line) => {
      const [, , name = "", , , , commit = "", date = ""] = line.split("|").map((cell) => cell.trim());
      return [name, { commit, date }];
    }),
  );
  return [...Map.groupBy(crds, ({ project }) => project)].map(([name, own]) => {
    const found = own.map(({ crd }) => origins.get(crd.metadata.name));
    const [first] = found;
    if (first === undefined || found.some((each) => each?.commit !== first.commit)) {
      throw new Error(`INDEX.md names no commit, or several, for ${name}`);
    }
    return { name, ...first, crds: own.map(({ crd }) => crd.metadata.name).sort() };
  });
}

function definedByJsonSchemas(): RecordedProject[] {
  const { date } = JSON.parse(readFileSync(new URL("index.json", JSON_SCHEMAS), "utf8")) as { date: string };
  return [...Map.groupBy(jsonSchemaKinds(), ({ project }) => project)].map(([name, kinds]) => ({
    name,
    date,
    crds: kinds.map(({ plural, group }) => `${plural}.${group}`).sort(),
  }));
}
