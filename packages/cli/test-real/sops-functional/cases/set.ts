import type { Case } from "../case.ts";
import { flatJson, flatYaml, shopEnv, shopIni, shopJson, shopYaml } from "../fixtures.ts";

const sealed = { "x.yaml": shopYaml };
const setting = (path: string, value: string, status = 0): Case => ({
  name: `set ${path || "nothing"} ${value || "to nothing"}`,
  sealed,
  run: { args: ["set", "x.yaml", path, value], status, ...(status === 0 && { stdout: "" }) },
  ...(status !== 0 && { kept: ["x.yaml"] }),
});

/** What a path of `set` can name, and what comes of it. */
const paths: Readonly<Record<string, number>> = {
  '["host"]': 0,
  "['host']": 0,
  '["new"]': 0,
  '["tags"][0]': 0,
  '["tags"][2]': 0,
  '["tags"][7]': 0,
  '["nested"]["token"]': 0,
  '["nested"]["a"]["b"]': 0,
  '["new"][0]["a"]': 0,
  '["nested"]': 0,
  '["nothing"]': 0,
  '["nested"]["port_unencrypted"]': 0,
  host: 7,
  "[host]": 7,
  '["host"': 7,
  '["sops"]': 203,
  '["sops"]["mac"]': 203,
};

const values: Readonly<Record<string, number>> = {
  "1": 0,
  "1.5": 0,
  "-0.25": 0,
  "1e3": 0,
  true: 0,
  null: 0,
  '""': 0,
  '"two\\nlines"': 0,
  '"é <&>"': 0,
  '"yes"': 0,
  '"2024-01-02"': 0,
  "{}": 0,
  '{"x":{"y":[1,"a"]}}': 0,
  " 7 ": 0,
  "9007199254740993": 0,
  '{"n":9007199254740993}': 0,
  "": 7,
  hunter2: 7,
  "'x'": 7,
  "1 2": 7,
  '{"a":1} x': 7,
};

export const set: readonly Case[] = [
  ...Object.entries(paths).map(([path, status]) => setting(path, '"value"', status)),
  ...Object.entries(values).map(([value, status]) => setting('["host"]', value, status)),
  ...["[]", '[1,"a"]'].map((value): Case => {
    const { kept: _, ...one } = setting('["host"]', value, 7);
    return { ...one, differs: { because: "set-list", status: 0, says: false, files: false } };
  }),
  ...['["tags"]["x"]', '["tags"][-1]', ""].map(
    (path): Case => ({
      ...setting(path, '"value"', 2),
      differs: { because: "panics", status: 7 },
    }),
  ),
  {
    ...setting("[0]", '"value"'),
    run: { args: ["set", "x.yaml", "[0]", '"value"'] },
    differs: { because: "index-of-mapping", status: 7, says: true, files: false },
  },
  {
    name: "set changes a value of JSON",
    upstream: "set_json_file_update",
    sealed: { "x.json": flatJson },
    run: [
      { args: ["set", "x.json", '["password"]', '"hunter2 new"'], stdout: "" },
      { args: ["decrypt", "x.json"], stdout: flatJson.replace("hunter2", "hunter2 new") },
    ],
  },
  {
    name: "set --idempotent writes what is new",
    upstream: "set_json_file_update_idempotent_write",
    sealed: { "x.json": flatJson },
    run: [
      { args: ["set", "--idempotent", "x.json", '["password"]', '"hunter2 new"'], stdout: "" },
      { args: ["decrypt", "x.json"], stdout: flatJson.replace("hunter2", "hunter2 new") },
    ],
  },
  {
    name: "set --idempotent leaves a file that has the value",
    upstream: "set_json_file_update_idempotent_nowrite",
    sealed: { "x.json": shopJson },
    run: [
      { args: ["set", "--idempotent", "x.json", '["password"]', '"hunter2"'] },
      { args: ["set", "--idempotent", "x.json", '["debug"]', "false"] },
      { args: ["set", "--idempotent", "x.json", '["tags"][1]', '"green"'] },
    ],
    kept: ["x.json"],
  },
  {
    name: "set --idempotent with a number",
    sealed: { "x.json": shopJson },
    run: { args: ["set", "--idempotent", "x.json", '["port"]', "5432"] },
  },
  {
    name: "set --idempotent with a mapping",
    sealed: { "x.json": shopJson },
    run: { args: ["set", "--idempotent", "x.json", '["nested"]', '{"token":"hunter2 too","port_unencrypted":8080}'] },
  },
  {
    name: "set puts a value into JSON",
    upstream: "set_json_file_insert",
    sealed: { "x.json": flatJson },
    run: [
      { args: ["set", "x.json", '["more"]["token"]', '{"a":["hunter2",1]}'] },
      { args: ["decrypt", "--extract", '["more"]', "x.json"], stdout: /"token": \{\n\t\t"a": \[\n/ },
    ],
  },
  {
    name: "set --value-file",
    upstream: "set_json_file_insert_with_value_file",
    sealed: { "x.json": flatJson },
    files: { "value.json": '"hunter2 of a file"\n' },
    run: [
      { args: ["set", "--value-file", "x.json", '["more"]', "value.json"] },
      { args: ["decrypt", "--extract", '["more"]', "x.json"], stdout: "hunter2 of a file" },
    ],
  },
  {
    name: "set --value-stdin",
    upstream: "set_json_file_insert_with_value_stdin",
    sealed: { "x.json": flatJson },
    run: [
      { args: ["set", "--value-stdin", "x.json", '["more"]'], stdin: '{"a": "hunter2 of stdin"}' },
      { args: ["decrypt", "--extract", '["more"]["a"]', "x.json"], stdout: "hunter2 of stdin" },
    ],
  },
  {
    name: "set changes a value of YAML",
    upstream: "set_yaml_file_update",
    sealed,
    run: [
      { args: ["set", "x.yaml", '["nested"]', '{"other": {"port": 1}}'] },
      { args: ["decrypt", "--extract", '["nested"]', "x.yaml"], stdout: "other:\n    port: 1\n" },
    ],
  },
  {
    name: "set puts a value into YAML",
    upstream: "set_yaml_file_insert",
    sealed,
    run: [
      { args: ["set", "x.yaml", '["more"]', '{"a": "hunter2"}'] },
      { args: ["decrypt", "--extract", '["more"]', "x.yaml"], stdout: "a: hunter2\n" },
    ],
  },
  {
    name: "set a string",
    upstream: "set_yaml_file_string",
    sealed,
    run: [
      { args: ["set", "x.yaml", '["password"]', '"hunter2 new"'] },
      { args: ["decrypt", "--extract", '["password"]', "x.yaml"], stdout: "hunter2 new" },
    ],
  },
  {
    name: "--set",
    upstream: "set_yaml_file_string_compat",
    sealed: { "x.yaml": flatYaml },
    run: [
      { args: ["--set", '["password"] "hunter2 new"', "x.yaml"], stdout: "" },
      { args: ["-d", "--extract", '["password"]', "x.yaml"], stdout: "hunter2 new" },
    ],
  },
  ...Object.entries({ '["password"]"x"': 7, "password 1": 7, '["password"] x': 7 }).map(
    ([text, status]): Case => ({
      name: `--set ${text}`,
      sealed: { "x.yaml": flatYaml },
      run: { args: ["--set", text, "x.yaml"], status },
      kept: ["x.yaml"],
    }),
  ),
  {
    name: "set in the other stores",
    sealed: { "x.env": shopEnv, "x.ini": shopIni },
    run: [
      { args: ["set", "x.env", '["PASSWORD"]', '"hunter2\\nnew"'] },
      { args: ["set", "x.env", '["NEW"]', '"1"'] },
      { args: ["set", "x.ini", '["database"]["password"]', '"hunter2 new"'] },
      { args: ["set", "x.ini", '["more"]["a"]', '"b"'] },
      { args: ["decrypt", "x.env"], stdout: /PASSWORD=hunter2\\nnew\n/ },
      { args: ["decrypt", "x.ini"], stdout: /password = hunter2 new\n/ },
    ],
  },
  {
    name: "set a number in an environment file",
    sealed: { "x.env": shopEnv },
    run: [{ args: ["set", "x.env", '["PORT"]', "1"] }, { args: ["decrypt", "x.env"], stdout: /^PORT=1\.0$/m }],
  },
  {
    name: "set a mapping in an environment file",
    sealed: { "x.env": shopEnv },
    run: { args: ["set", "x.env", '["PORT"]', '{"a":1}'], status: 4 },
    kept: ["x.env"],
  },
  {
    name: "set into a binary file",
    sealed: { "x.txt": "hunter2" },
    run: [
      { args: ["set", "x.txt", '["data"]', '"hunter2 new"'] },
      { args: ["decrypt", "x.txt"], stdout: "hunter2 new" },
    ],
    differs: { because: "binary-suffix", files: false },
  },
  {
    name: "set changes the first document",
    sealed: { "x.yaml": "a: 1\n---\na: hunter2\n" },
    run: [
      { args: ["set", "x.yaml", '["a"]', "2"] },
      { args: ["decrypt", "x.yaml"], stdout: "a: 2\n---\na: hunter2\n" },
    ],
  },
  {
    name: "set --value-file and --value-stdin contradict each other",
    sealed,
    run: { args: ["set", "--value-file", "--value-stdin", "x.yaml", '["a"]'], status: 1 },
    kept: ["x.yaml"],
  },
  {
    name: "set wants its arguments",
    sealed,
    run: [
      { args: ["set"], status: 100 },
      { args: ["set", "x.yaml"], status: 100 },
      { args: ["set", "x.yaml", '["a"]'], status: 100 },
      { args: ["set", "x.yaml", '["a"]', "1", "2"], status: 100 },
      { args: ["set", "--value-stdin", "x.yaml", '["a"]', "1"], status: 100 },
      { args: ["set", "--value-file", "x.yaml", '["a"]'], status: 100 },
      { args: ["set", "--value-file", "x.yaml", '["a"]', "none.json"], status: 1 },
    ],
    kept: ["x.yaml"],
  },
  {
    name: "set --output-type",
    sealed: { "x.yaml": flatYaml },
    run: { args: ["set", "--output-type", "json", "x.yaml", '["port"]', "1"] },
  },
  {
    name: "set in a file that is not there, or is plain",
    files: { "x.yaml": flatYaml },
    run: [
      { args: ["set", "none.yaml", '["a"]', "1"], status: 2 },
      { args: ["set", "x.yaml", '["a"]', "1"], status: 1 },
    ],
    kept: ["x.yaml"],
    absent: ["none.yaml"],
  },
];

const unsetPaths: Readonly<Record<string, number>> = {
  '["host"]': 0,
  '["tags"][0]': 0,
  '["tags"]': 0,
  '["nested"]["token"]': 0,
  '["nested"]': 0,
  '["nothing"]': 0,
  '["none"]': 1,
  '["tags"][2]': 1,
  '["nested"]["a"]["b"]': 1,
  '["host"]["a"]': 1,
  '["host"][0]': 1,
  "[0]": 1,
  host: 7,
  '["host"': 7,
};

export const unset: readonly Case[] = [
  ...Object.entries(unsetPaths).map(
    ([path, status]): Case => ({
      name: `unset ${path}`,
      sealed,
      run: { args: ["unset", "x.yaml", path], status },
      ...(status !== 0 && { kept: ["x.yaml"] }),
    }),
  ),
  ...Object.entries({ '["none"]': 0, '["tags"][2]': 0, '["nested"]["a"]["b"]': 0, host: 7 }).map(
    ([path, status]): Case => ({
      name: `unset --idempotent ${path}`,
      sealed,
      run: { args: ["unset", "--idempotent", "x.yaml", path], status },
      kept: ["x.yaml"],
    }),
  ),
  {
    name: "unset --idempotent below a value",
    sealed,
    run: { args: ["unset", "--idempotent", "x.yaml", '["host"]["a"]'], status: 1 },
    kept: ["x.yaml"],
    differs: { because: "idempotent-unset", status: 0, says: false },
  },
  ...['["tags"]["x"]', '["tags"][-1]', ""].map(
    (path): Case => ({
      name: `unset ${path || "nothing"}`,
      sealed,
      run: { args: ["unset", "x.yaml", path], status: 2 },
      kept: ["x.yaml"],
      differs: { because: "panics", status: path === "" ? 7 : 1 },
    }),
  ),
  {
    name: "unset in JSON",
    upstream: "unset_json_file",
    sealed: { "x.json": flatJson },
    run: [
      { args: ["unset", "x.json", '["port"]'], stdout: "" },
      { args: ["decrypt", "x.json"], stdout: '{\n\t"host": "db.internal",\n\t"password": "hunter2"\n}\n' },
      { args: ["unset", "x.json", '["port"]'], status: 1 },
      { args: ["unset", "--idempotent", "x.json", '["port"]'] },
    ],
  },
  {
    name: "unset in YAML",
    upstream: "unset_yaml_file",
    sealed: { "x.yaml": flatYaml },
    run: [
      { args: ["unset", "x.yaml", '["port"]'], stdout: "" },
      { args: ["decrypt", "x.yaml"], stdout: "host: db.internal\npassword: hunter2\n" },
      { args: ["unset", "x.yaml", '["port"]'], status: 1 },
      { args: ["unset", "--idempotent", "x.yaml", '["port"]'] },
    ],
  },
  {
    name: "unset in the other stores",
    sealed: { "x.env": shopEnv, "x.ini": shopIni },
    run: [
      { args: ["unset", "x.env", '["PASSWORD"]'] },
      { args: ["unset", "x.ini", '["database"]["password"]'] },
      { args: ["unset", "x.ini", '["cache"]'] },
      { args: ["decrypt", "x.env"] },
      { args: ["decrypt", "x.ini"] },
    ],
  },
  {
    name: "unset wants its arguments",
    sealed,
    run: [
      { args: ["unset"], status: 100 },
      { args: ["unset", "x.yaml"], status: 100 },
      { args: ["unset", "x.yaml", '["a"]', "1"], status: 100 },
      { args: ["unset", "none.yaml", '["a"]'], status: 2 },
    ],
    kept: ["x.yaml"],
  },
];
