import type { CrdProblem } from "../problem.ts";

/** Reports one problem at a path below the schema that is looked at. */
export type Report = (path: CrdProblem["path"], message: string, help: string) => void;
