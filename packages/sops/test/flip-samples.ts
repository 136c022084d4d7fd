import type { Plaintext, SopsFormat } from "../src/index.ts";

const YAML = `# top
user: web # who
map:
  list:
    - 1
    - true # set
    - 2024-01-02
  none: null
plain_unencrypted: 1

'quoted_unencrypted': "x"
text: |
  two
  lines
`;

/** One file of each store with everything that it can hold: a format, its extension and a plaintext. */
export const FLIP_SAMPLES: readonly (readonly [SopsFormat, string, Plaintext])[] = [
  ["yaml", "yaml", YAML],
  ["json", "json", { user: "web", list: [1, true, 2.5], plain_unencrypted: { a: 1, b: "x" }, none: null }],
  ["dotenv", "env", "# top\nUSER=web\n\nTEXT=a\\nb\nPLAIN_unencrypted=1\n"],
  ["ini", "ini", "top = 1\n\n; about\n[s]\nuser = web\nplain_unencrypted = 1\n"],
  ["binary", "bin", Uint8Array.from({ length: 64 }, (_, index) => index * 5)],
];
