import type { Case } from "../case.ts";
import { flatYaml, shopEnv, shopIni, shopJson, toAlice } from "../fixtures.ts";

/** Editors: each is a script that gets the file as its last argument. */
const editors = {
  "change.sh": '#!/bin/sh\nsed -i s/hunter2/hunter3/ "$1"\n',
  "show.sh": '#!/bin/sh\nstat -c %a "$1"\nbasename "$1"\ncat "$1"\n',
  "replace.sh": "#!/bin/sh\nprintf 'a: hunter3\\n' > \"$1\"\n",
  "json.sh": '#!/bin/sh\nprintf \'{"a": "hunter3"}\' > "$1"\n',
  "fail.sh": '#!/bin/sh\nsed -i s/hunter2/hunter3/ "$1"\nexit 3\n',
  "second.sh": '#!/bin/sh\nsed -i "s/hunter2/$1/" "$2"\n',
  "twice.sh":
    "#!/bin/sh\nif [ -e once ]; then printf 'a: hunter3\\n' > \"$1\"; else : > once; printf 'a: b: c\\n' > \"$1\"; fi\n",
};
const by = (name: keyof typeof editors): Readonly<Record<string, string>> => ({ EDITOR: `{cwd}/${name}` });
const change = by("change.sh");
const files = { ...editors };
const sealed = { "x.yaml": flatYaml };
const changed = flatYaml.replace("hunter2", "hunter3");

export const edit: readonly Case[] = [
  {
    name: "edit",
    files,
    sealed,
    run: { args: ["edit", "x.yaml"], env: change, stdout: "" },
    opens: { "x.yaml": changed },
  },
  {
    name: "a file alone is edited",
    files,
    sealed,
    run: { args: ["x.yaml"], env: change, stdout: "" },
    opens: { "x.yaml": changed },
  },
  {
    name: "SOPS_EDITOR beats EDITOR",
    files,
    sealed,
    run: { args: ["edit", "x.yaml"], env: { SOPS_EDITOR: "{cwd}/change.sh", EDITOR: "false" } },
    opens: { "x.yaml": changed },
  },
  {
    name: "an editor with arguments",
    files,
    sealed,
    run: { args: ["edit", "x.yaml"], env: { EDITOR: "'{cwd}/second.sh' 'hunter3'" } },
    opens: { "x.yaml": changed },
  },
  {
    name: "what an editor sees: the plain text, for its owner alone, by the file's name",
    files,
    sealed: { "sub/x.yaml": flatYaml },
    run: { args: ["edit", "sub/x.yaml"], env: by("show.sh"), status: 200, stdout: `600\nx.yaml\n${flatYaml}` },
    kept: ["sub/x.yaml"],
  },
  {
    name: "nothing was changed",
    files,
    sealed,
    run: [
      { args: ["edit", "x.yaml"], env: { EDITOR: "true" }, status: 200 },
      { args: ["x.yaml"], env: { EDITOR: "true" }, status: 200 },
    ],
    kept: ["x.yaml"],
  },
  {
    name: "an editor that fails",
    files,
    sealed,
    run: { args: ["edit", "x.yaml"], env: by("fail.sh"), status: 201 },
    kept: ["x.yaml"],
  },
  {
    name: "an editor that is not there",
    files,
    sealed,
    run: { args: ["edit", "x.yaml"], env: { EDITOR: "no-such-editor" }, status: 201 },
    kept: ["x.yaml"],
  },
  {
    name: "an editor with an open quote",
    files,
    sealed,
    run: { args: ["edit", "x.yaml"], env: { EDITOR: "'vi" }, status: 201 },
    kept: ["x.yaml"],
  },
  {
    name: "a mistake is given back to the editor",
    files,
    sealed,
    run: { args: ["edit", "x.yaml"], env: by("twice.sh"), stdin: "\n", says: true },
    opens: { "x.yaml": "a: hunter3\n" },
  },
  {
    name: "edit in the other stores",
    files,
    sealed: { "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni },
    run: ["x.json", "x.env", "x.ini"].map((name) => ({ args: ["edit", name], env: change })),
    opens: {
      "x.json": shopJson.replaceAll("hunter2", "hunter3"),
      "x.env": shopEnv.replaceAll("hunter2", "hunter3"),
      "x.ini": shopIni.replaceAll("hunter2", "hunter3"),
    },
  },
  {
    name: "edit of a binary file",
    files,
    sealed: { "x.txt": "hunter2" },
    run: [
      { args: ["edit", "x.txt"], env: change },
      { args: ["decrypt", "x.txt"], stdout: "hunter3" },
    ],
    differs: { because: "binary-suffix", files: false },
  },
  {
    name: "edit --output-type",
    files,
    sealed,
    run: {
      args: ["edit", "--output-type", "json", "x.yaml"],
      env: by("show.sh"),
      status: 200,
      stdout: /^600\nx\.yaml\n\{\n\t"host"/,
    },
    kept: ["x.yaml"],
    differs: { because: "edit-format", stdout: `600\nx.yaml\n${flatYaml}` },
  },
  {
    name: "a new file begins with an example",
    files,
    run: { args: ["edit", "--age", "{alice}", "new.yaml"], env: by("show.sh"), status: 200 },
    absent: ["new.yaml"],
    differs: { because: "own-example", stdout: /^600\nnew\.yaml\n/ },
  },
  ...["new.json", "new.env", "new.ini", "new.txt"].map(
    (name): Case => ({
      name: `the example of ${name}`,
      files,
      run: { args: ["edit", "--age", "{alice}", name], env: by("show.sh"), status: 200 },
      absent: [name],
      differs: { because: "own-example", stdout: /^600\nnew\./ },
    }),
  ),
  {
    name: "a new file is written",
    files: { ...files, ".sops.yaml": `${toAlice}      encrypted_regex: ^a$\n` },
    run: [
      { args: ["edit", "new.yaml"], env: by("replace.sh") },
      { args: ["new.json"], env: by("json.sh") },
    ],
    opens: { "new.yaml": "a: hunter3\n", "new.json": '{\n\t"a": "hunter3"\n}\n' },
  },
  {
    name: "a new file without recipients",
    files,
    run: { args: ["edit", "new.yaml"], env: by("replace.sh"), status: 1 },
    absent: ["new.yaml"],
  },
  {
    name: "a file in plain text",
    files: { ...files, "x.yaml": flatYaml },
    run: { args: ["edit", "x.yaml"], env: change, status: 1 },
    kept: ["x.yaml"],
  },
  {
    name: "edit without a key",
    files,
    sealed,
    run: { args: ["edit", "x.yaml"], env: { ...change, SOPS_AGE_KEY: "{bob.key}" }, status: 128 },
    kept: ["x.yaml"],
  },
  {
    name: "edit without a file",
    run: [
      { args: ["edit"], status: 100 },
      { args: [], status: 100 },
    ],
  },
  {
    name: "edit --ignore-mac",
    files,
    sealed: { "x.yaml": { text: flatYaml, args: ["--unencrypted-regex", "^host$"] } },
    tamper: { "x.yaml": (text) => text.replace("db.internal", "db.external") },
    run: [
      { args: ["edit", "x.yaml"], env: change, status: 51 },
      { args: ["edit", "--ignore-mac", "x.yaml"], env: change },
    ],
    opens: { "x.yaml": changed.replace("db.internal", "db.external") },
  },
  {
    name: "edit keeps comments and adds some",
    files: { ...files, "comment.sh": "#!/bin/sh\nprintf '# more hunter2\\nz: 1\\n' >> \"$1\"\n" },
    sealed: { "x.yaml": "# head\na: hunter2\n" },
    run: { args: ["edit", "x.yaml"], env: { EDITOR: "{cwd}/comment.sh" } },
    opens: { "x.yaml": "# head\na: hunter2\n# more hunter2\nz: 1\n" },
  },
];
