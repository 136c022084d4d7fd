import { readFileSync } from "node:fs";

/** What a child wrote, on disk: readable at any time, also after its end. */
export class LogFile {
  readonly name: string;
  readonly path: string;

  constructor(name: string, path: string) {
    this.name = name;
    this.path = path;
  }

  /** Everything written so far; empty when there is nothing. */
  text(): string {
    try {
      return readFileSync(this.path, "utf8");
    } catch {
      return "";
    }
  }

  /** The last lines, without the end of the last one. */
  tail(lines = 20): string {
    return this.text().trimEnd().split("\n").slice(-lines).join("\n");
  }

  /** For failure messages: the tail, indented and headed by the name. */
  excerpt(lines = 20): string {
    const tail = this.tail(lines);
    if (tail === "") return `(${this.name} wrote nothing)`;
    return [`last lines of ${this.name}:`, ...tail.split("\n").map((line) => `  ${line}`)].join("\n");
  }
}
