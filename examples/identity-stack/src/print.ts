import { styleText } from "node:util";

const colored = process.stdout.isTTY === true && !process.env["NO_COLOR"];
const style = (format: "bold" | "green" | "red" | "dim", text: string) => (colored ? styleText(format, text) : text);

/** Prints a line. */
export function say(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** Begins a step. */
export function heading(text: string): void {
  say(`\n${style("bold", text)}`);
}

/** Prints a line with its outcome in front. */
export function outcome(ok: boolean, text: string): void {
  say(`  ${ok ? style("green", "ok  ") : style("red", "FAIL")}  ${text}`);
}

/** Prints text of lesser importance. */
export function note(text: string): void {
  say(`  ${style("dim", text)}`);
}
