import type { SopsFormat } from "@idstack/sops";

const NOTE = " This file is new. It is encrypted when you save it and leave the editor.";

const examples: Readonly<Record<SopsFormat, string>> = {
  yaml: `#${NOTE}\nexample_key: example_value\nexample_list:\n    - 1\n    - two\n`,
  json: '{\n\t"example_key": "example_value",\n\t"example_list": [\n\t\t1,\n\t\t"two"\n\t]\n}\n',
  dotenv: `#${NOTE}\nEXAMPLE_KEY=example value\n`,
  ini: `[example]\n;${NOTE}\nkey = value\n`,
  binary: "This file is new. It is encrypted when you save it and leave the editor.\n",
};

/** What the editor shows for a file that does not exist yet. */
export function exampleFor(format: SopsFormat): string {
  return examples[format];
}
