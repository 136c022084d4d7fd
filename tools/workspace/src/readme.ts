import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.ts";

/** A fenced block of a README, with where it stands. */
export interface Snippet {
  readonly file: string;
  /** 1-based line of the opening fence. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** The `text` block that follows directly: exactly what the snippet prints. */
  readonly output?: string;
}

/** READMEs whose snippets are executed. */
export function readmes(): string[] {
  return ["README.md", ...globSync("{packages,examples}/*/README.md", { cwd: root }).sort()];
}

/** Fenced blocks of a Markdown text, each paired with the `text` block directly after it. */
export function snippetsOf(file: string, text = readFileSync(join(root, file), "utf8")): Snippet[] {
  const blocks = [...text.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? "",
    code: match[2] ?? "",
    start: match.index,
    end: match.index + match[0].length,
  }));
  return blocks.map((block, index) => {
    const next = blocks[index + 1];
    const follows = next?.language === "text" && text.slice(block.end, next.start).trim() === "";
    return {
      file,
      line: text.slice(0, block.start).split("\n").length,
      language: block.language,
      code: block.code,
      ...(follows ? { output: next.code } : {}),
    };
  });
}

/** Shell lines that a test does not run: they install something, or run the whole workspace. */
export const allowedWithoutRunning: readonly RegExp[] = [
  /^npx -y pnpm@12 (start|test)$/,
  /^git clone https:\/\/github\.com\/idstack\/idstack\.git$/,
  /^cd idstack$/,
  /^npm install(?: --save-dev)?(?: (?:@idstack\/[a-z-]+|idstack|vitest|zod|undici@8|@grpc\/grpc-js@1))+$/,
];

/** The commands of a shell block: comments and blank lines dropped, continuation lines joined. */
export function shellCommands(code: string): string[] {
  return code
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
