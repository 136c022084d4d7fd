import { bad, beside } from "../construct.ts";
import { config, third } from "../throw-away.ts";

const folder = [config("    path_regex: ^secrets/\n")];
const suffix = [config("    path_regex: \\.(sops|enc)\\.\n")];

export const selected = [
  bad("YAML a rule selects", "not-encrypted", [
    ...beside(folder, {
      "secrets/values.yaml": "database:\n  password: hunter2\n",
      "secrets/deep/er/list.yml": "users:\n  - name: a\n    pass: b\n",
      "secrets/scalar.yaml": "pin: 1234\n",
      "secrets/broken.yaml": "password: [hunter2\n",
      "secrets/top-list.yaml": "- password: hunter2\n",
    }),
    ...beside(suffix, { "apps/shop.sops.yaml": "token: hunter2\n", "apps/shop.enc.yml": "token: hunter2 # new\n" }),
    {
      path: "apps/secrets/a.yaml",
      text: "a: 1\n",
      beside: [
        config("    path_regex: ^never$\n"),
        { ...config("    path_regex: secrets/\n"), path: "apps/.sops.yaml" },
      ],
    },
  ]),
  bad("YAML a rule selects in part", "not-encrypted", [
    ...beside([config("    path_regex: ^secrets/\n    encrypted_regex: ^(data|stringData)$\n")], {
      "secrets/config-map.yaml": "apiVersion: v1\nkind: ConfigMap\ndata:\n  password: hunter2\n",
      "secrets/data.yaml": "data:\n  password: hunter2\n",
      "secrets/second.yaml": "a: b\n---\nstringData: {a: hunter2}\n",
    }),
    ...beside([config("    path_regex: ^clusters/\n    encrypted_regex: ^password$\n")], {
      "clusters/values.yaml": "user: shop\npassword: hunter2\n",
      "clusters/deep.yaml": "shop:\n  databases:\n    - password: hunter2\n",
    }),
    ...beside([config("    path_regex: \\.sops\\.yaml$\n    encrypted_comment_regex: secret\n")], {
      "comment.sops.yaml": "a: 1\n# secret\nb: hunter2\n",
    }),
  ]),
  bad("JSON a rule selects", "not-encrypted", [
    ...beside(folder, {
      "secrets/a.json": '{"password": "hunter2"}\n',
      "secrets/pretty.json": '{\n  "users": [\n    {"pass": 1}\n  ]\n}\n',
      "secrets/array.json": '["hunter2"]\n',
      "secrets/comment.json": '// a\n{"password": "hunter2"}\n',
    }),
    ...beside(suffix, { "shop.enc.json": '{"a": {"b": true}}' }),
  ]),
  bad("dotenv a rule selects", "not-encrypted", [
    ...beside([config("    path_regex: \\.env(\\..*)?$\n")], {
      ".env": "PASSWORD=hunter2\n",
      "prod.env": "# production\nexport PASSWORD='hunter2'\n",
      ".env.production": "A=1\n\nB=2\n",
      "apps/shop/.env": "URL=postgres://shop:hunter2@db/shop\n",
      "crlf.env": "PASSWORD=hunter2\r\n",
      "odd.env": "just a line\n",
    }),
  ]),
  bad("INI a rule selects", "not-encrypted", [
    ...beside([config("    path_regex: \\.ini$\n"), { path: "README.md", text: "# A shop\n" }], {
      "shop.ini": "[database]\npassword = hunter2\n",
      "default.ini": "password=hunter2\n",
      "comments.ini": "; the database\n[database]\n; secret\npassword = hunter2 ; really\n",
      "quoted.ini": '[a]\nb = """hunter2"""\n',
      "odd.ini": "[a\nb\n",
    }),
  ]),
  bad("another file a rule selects", "not-encrypted", [
    ...beside(folder, {
      "secrets/password.txt": "hunter2\n",
      "secrets/store.p12": "\u0030\u0082\u0000\u0001binary",
      "secrets/prod.tfvars": 'password = "hunter2"\n',
      "secrets/htpasswd": "shop:{SHA}x\n",
      "secrets/app.conf": "password hunter2\n",
      "secrets/restic": "correct horse battery staple",
    }),
    ...beside([config("    path_regex: recovery\\.md$\n")], { "docs/recovery.md": "# Recovery codes\n\n123456\n" }),
  ]),
  bad("file of a folder with rules for several teams", "not-encrypted", [
    ...beside(
      [
        config(
          `    path_regex: ^team-a/\n  - age: ${third.recipient}\n    path_regex: ^team-b/.*secret\n  - age: ${third.recipient}\n`,
        ),
      ],
      {
        "team-a/values.yaml": "password: hunter2\n",
        "team-b/secret.yaml": "password: hunter2\n",
        "team-b/deep/my-secrets.json": '{"password": "hunter2"}',
        "team-b/secret.env": "A=hunter2\n",
      },
    ),
  ]),
];
