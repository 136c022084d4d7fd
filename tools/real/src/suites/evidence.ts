import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findComponent, loadComponents } from "../components.ts";
import { table } from "../internal/table.ts";

/** One thing that a suite proved with a real program: a row of the table after `pnpm test:real`. */
export interface Evidence {
  /** A component of this package, or one of its programs. */
  readonly component: string;
  /** Which version of it; default: the component's. */
  readonly version?: string;
  /** What was shown, in a few words: `@idstack/reach decides alike`. */
  readonly proves: string;
  /** How many were compared, counted while comparing. */
  readonly checked: number;
  /** What was counted: `decisions`, `objects`, `files` … */
  readonly unit: string;
  /** How many of them came out different. */
  readonly mismatches: number;
}

const directory = join(import.meta.dirname, "../../.report/evidence");

/**
 * Notes a row for the table. The same proof by the same component and version replaces its former row.
 *
 * @throws {RealError} `unknown-component`.
 * @throws {TypeError} When nothing was checked: a suite that looked at nothing proves nothing.
 */
export async function recordEvidence(evidence: Evidence): Promise<void> {
  const component = findComponent(await loadComponents(), evidence.component);
  if (!(evidence.checked > 0)) throw new TypeError(`"${evidence.proves}" is shown by no ${evidence.unit}`);
  const row: Required<Evidence> = { ...evidence, version: evidence.version ?? component.version };
  const key = createHash("sha256").update(`${row.component} ${row.version} ${row.proves}`).digest("hex");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${key.slice(0, 16)}.json`), JSON.stringify(row));
}

/** What has been noted since {@link clearEvidence}, by component, version and proof. */
export async function readEvidence(): Promise<readonly Required<Evidence>[]> {
  const files = await readdir(directory).catch(() => []);
  const rows = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(directory, file), "utf8")) as Required<Evidence>),
  );
  const key = (row: Required<Evidence>): string => `${row.component} ${row.version} ${row.proves}`;
  return rows.sort((a, b) => key(a).localeCompare(key(b), "en"));
}

export async function clearEvidence(): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

/** A table of component, version, proof, what was checked, and mismatches. */
export function renderEvidence(rows: readonly Required<Evidence>[]): string {
  return table(
    ["component", "version", "proves", "checked", "mismatches"],
    rows.map((row) => [
      row.component,
      row.version,
      row.proves,
      `${row.checked.toLocaleString("en")} ${row.unit}`,
      String(row.mismatches),
    ]),
  );
}
