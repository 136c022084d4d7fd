/** Words that make a document confidential: a Secret in whatever notation, SOPS, a private key. */
const confidential =
  /\bkind["']?\s*:\s*(?:[!&]\S*\s+)*["']?(?:Sops)?Secrets?(?:List)?\b|\bstringData\b|\bsecretGenerator\b|^\s*["']?sops["']?\s*:|PRIVATE KEY|AGE-SECRET-KEY-/im;

/** Files that are named as what SOPS encrypts or decrypts: `db.sops.yaml`, `db.enc.yaml`, `db.dec.yaml`, `secrets.yaml`. */
const confidentialFile = /[^\\/]\.(?:sops|enc|dec)(?:\.[^\\/]*)?$|(?:^|[\\/])secrets?\.[^\\/]*$/i;

/** Whether the name of a file says that it is encrypted, or is to be. */
export function isConfidentialFile(file = ""): boolean {
  return confidentialFile.test(file);
}

/**
 * The lines of a file that may be shown. Output ends up in logs, so no line of a confidential document is among them:
 * where one mistake is, the parser may be wrong about every other line.
 */
export class SourceText {
  readonly #lines: readonly string[];
  #shown: readonly (string | undefined)[] | undefined;

  constructor(text: string, file?: string) {
    this.#lines = text.split(/\r?\n/);
    if (isConfidentialFile(file)) this.#shown = [];
  }

  /** A line, counted from 1, or `undefined` if there is none or it is not to be shown. */
  line(number: number): string | undefined {
    this.#shown ??= withoutConfidential(this.#lines);
    return this.#shown[number - 1];
  }
}

/** Nothing but a separator at the start of a line ends a document, not even a quote that is never closed. */
function withoutConfidential(lines: readonly string[]): (string | undefined)[] {
  const shown: (string | undefined)[] = [];
  while (shown.length < lines.length) {
    const start = shown.length;
    const next = lines.findIndex((line, index) => index > start && /^---(?:\s|$)/.test(line));
    const document = lines.slice(start, next < 0 ? undefined : next);
    const hide = confidential.test(document.join("\n"));
    for (const line of document) shown.push(hide ? undefined : line);
  }
  return shown;
}
