/**
 * The words of a command line as a shell would split them, without anything else a shell does: sops runs
 * `SOPS_AGE_KEY_CMD` and `EDITOR` this way. Undefined when a quote is left open.
 *
 * @example
 * import { shellWords } from "@idstack/sops";
 * console.log(shellWords("code --wait 'my file'")); // [ 'code', '--wait', 'my file' ]
 */
export function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
      else if (char === "\\" && quote === '"' && at + 1 < line.length) word += line.charAt(++at);
      else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (char === "\\" && at + 1 < line.length) {
      word = (word ?? "") + line.charAt(++at);
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "#" && word === undefined) {
      break;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}
