import { beside, good } from "../construct.ts";
import {
  certificate,
  config,
  hex,
  indent,
  letters,
  mine,
  pem,
  publicJwk,
  sealedSecret,
  secret,
  sshPublic,
} from "../throw-away.ts";

const jwt = `${Buffer.from('{"alg":"HS256"}').toString("base64url")}.${Buffer.from('{"sub":"1234567890","name":"x"}').toString("base64url")}.${letters("jwt", 43)}`;
const begin = (label: string) => `-----BEGIN ${label}-----`;
const end = (label: string) => `-----END ${label}-----`;

export const around = [
  good("kinds that refer to secrets", {
    "external-secret.yaml":
      "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: a}\nspec:\n  data:\n    - secretKey: password\n      remoteRef: {key: db}\n",
    "store.yaml":
      "apiVersion: external-secrets.io/v1\nkind: SecretStore\nspec: {provider: {vault: {server: https://vault}}}\n",
    "sealed.yaml": `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData:\n    password: ${letters("sealed", 300)}\n`,
    "csi.yaml": "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nspec: {provider: vault}\n",
    "pod.yaml":
      "apiVersion: v1\nkind: Pod\nspec:\n  volumes:\n    - name: a\n      secret: {secretName: db}\n  containers:\n    - env:\n        - name: P\n          valueFrom: {secretKeyRef: {name: db, key: password}}\n",
    "ingress.yaml": "apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {tls: [{secretName: cert}]}\n",
    "role.yaml":
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nrules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]\nreferences: {kind: Secret, name: a}\n",
  }),
  good("Secret class of another API", {
    "vault.yaml": "apiVersion: secrets.hashicorp.com/v1beta1\nkind: Secret\ndata: {path: kv/db}\n",
    "crossplane.yaml": "apiVersion: secretsmanager.aws.crossplane.io/v1\nkind: Secret\nspec: {data: {name: a}}\n",
    "values.yaml": "secret:\n  kind: Secret\n  data: {name: a}\n",
  }),
  good("public keys and certificates", {
    "recipients.txt": `# alice\n${mine.recipient}\n`,
    "key.pub": `${sshPublic} me@laptop\n`,
    authorized_keys: `${sshPublic}\n`,
    "public.pem": pem.public,
    "ca.crt": certificate,
    "jwks.json": JSON.stringify({ keys: [publicJwk] }, null, 2),
    "config-map.yaml": `apiVersion: v1\nkind: ConfigMap\ndata:\n  ca.crt: |\n${indent(certificate)}\nbinaryData:\n  b: ${Buffer.from(certificate).toString("base64")}\n`,
    "wg-peer.conf": `[Peer]\nPublicKey = ${Buffer.from(letters("wg", 32)).toString("base64")}\n`,
  }),
  good("documentation of keys", {
    "elided.md": `${begin("PRIVATE KEY")}\n...\n${end("PRIVATE KEY")}\n`,
    "cut.md": `${begin("RSA PRIVATE KEY")}\nMIIEpAIBAAKCAQEA…\n${end("RSA PRIVATE KEY")}\n`,
    "half.md": `${begin("OPENSSH PRIVATE KEY")}\n${letters("half", 64)}\n...\n${end("OPENSSH PRIVATE KEY")}\n`,
    "angle.yaml": `key: |\n  ${begin("EC PRIVATE KEY")}\n  <your key>\n  ${end("EC PRIVATE KEY")}\n`,
    "header.md": "A key begins with `-----BEGIN PRIVATE KEY-----`, and that of age with `AGE-SECRET-KEY-1`.\n",
    "pgp.md": `${begin("PGP PRIVATE KEY BLOCK")}\n\n[...]\n${end("PGP PRIVATE KEY BLOCK")}\n`,
    "helm.yaml": `key: |\n  ${begin("PRIVATE KEY")}\n  {{ .Values.key }}\n  ${end("PRIVATE KEY")}\n`,
    "jwt.md": `An example: \`${jwt}\`.\n`,
  }),
  good("documentation of sops", {
    "README.md": `# Encrypted\n\n\`\`\`yaml\n${sealedSecret}\`\`\`\n`,
    "guide.md": `Values become \`ENC[AES256_GCM,data:…,iv:…,tag:…,type:str]\`.\n\nsops:\n    mac: ENC[…]\n`,
    "docs.rst": `Example\n=======\n\n.. code::\n\n${indent(sealedSecret)}\n`,
    "page.html": `<pre>\n${sealedSecret}</pre>\n`,
  }),
  good("source code that speaks of secrets", {
    "scanner.ts":
      'const PEM = /-----BEGIN (?:RSA )?PRIVATE KEY-----/;\nif (text.startsWith("ENC[AES256_GCM,data:")) seal();\n',
    "rules.toml": `[[rules]]\nid = "age"\nregex = '''AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'''\n[[rules]]\nregex = '''(?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z2-7]{16}'''\n`,
    "login.py":
      'def login(password: str, token: str = "") -> None:\n    secret = get_secret("database-password-for-production")\n',
    "variables.tf": 'variable "db_password" {\n  type      = string\n  sensitive = true\n}\n',
    "client.go":
      'const apiKeyHeaderName = "X-Api-Key-Header-2026"\nvar tokenEndpoint = "https://sso.home.arpa/application/o/token/"\n',
    "template.ts": "const manifest = `apiVersion: v1\nkind: Secret\nstringData:\n  password: $" + "{password}\n`;\n",
  }),
  good("lock files", {
    "package-lock.json": `{"packages": {"node_modules/a": {"integrity": "sha512-${letters("lock", 86)}=="}}}\n`,
    "pnpm-lock.yaml": `packages:\n  a@1.0.0:\n    resolution: {integrity: sha512-${letters("pnpm", 86)}==}\n`,
    "yarn.lock": `a@^1:\n  resolved "https://registry.yarnpkg.com/a/-/a-1.tgz#${hex("yarn", 40)}"\n`,
    "go.sum": `github.com/a/b v1.0.0 h1:${letters("go", 43)}=\n`,
    "Cargo.lock": `[[package]]\nname = "secret-token"\nchecksum = "${hex("cargo", 64)}"\n`,
    "flake.lock": `{"nodes": {"sops-nix": {"locked": {"narHash": "sha256-${letters("nix", 43)}="}}}}\n`,
  }),
  good("digests, checksums and identifiers", {
    "image.yaml": `image: ghcr.io/a/b@sha256:${hex("image", 64)}\n`,
    SHA256SUMS: `${hex("sum", 64)}  secret-token.tar.gz\n`,
    "commit.yaml": `rev: ${hex("rev", 40)}\nkeyId: ${hex("id", 16)}\n`,
    "uuid.json": `{"clientId": "${hex("u1", 8)}-${hex("u2", 4)}-4${hex("u3", 3)}-a${hex("u4", 3)}-${hex("u5", 12)}"}\n`,
    "hash.yaml": `bcrypt: $2y$10$${letters("bcrypt", 53)}\n`,
    "checksum.tf": `filebase64sha256 = "${letters("tf", 43)}="\n`,
  }),
  good("large texts in base64", {
    "icon.svg": `<image href="data:image/png;base64,${letters("png", 3000)}"/>\n`,
    "bundle.min.js": `var a="${letters("js", 5000)}";\n//# sourceMappingURL=data:application/json;base64,${letters("map", 2000)}\n`,
    "config-map.yaml": `apiVersion: v1\nkind: ConfigMap\nbinaryData:\n  logo.png: ${letters("logo", 2000)}\n`,
    "crd.yaml": `caBundle: ${Buffer.from(certificate).toString("base64")}\n`,
  }),
  good("plain manifests where a rule matches every file", [
    ...beside([config("    encrypted_regex: ^(data|stringData)$\n")], {
      "apps/config-map.yaml": "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b\n",
      "README.md": "# Hello\n",
    }),
    ...beside([config("    path_regex: .*\n")], { "apps/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\n" }),
    ...beside([config("    path_regex: \\.ya?ml$\n")], { "apps/service.yaml": "apiVersion: v1\nkind: Service\n" }),
    ...beside([config("    path_regex: .*\\.yaml\n    encrypted_regex: ^(data|stringData)$\n")], {
      "flux/kustomization.yaml": "resources: [a.yaml]\n",
    }),
  ]),
  good("plain manifests in a folder with a rule for Secrets", [
    ...beside([config("    path_regex: ^clusters/\n    encrypted_regex: ^(data|stringData)$\n")], {
      "clusters/config-map.yaml": "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b\n",
      "clusters/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nspec: {}\n",
      "clusters/release.yaml": "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {values: {a: b}}\n",
      "clusters/values.yaml": "replicas: 2\n",
      "clusters/dashboards.json": '{"title": "a"}\n',
    }),
  ]),
  good("files of a secret folder that are none", [
    ...beside([config("    path_regex: ^secrets/\n")], {
      "secrets/README.md": "# How to edit these\n",
      "secrets/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [db.yaml]\n",
      "secrets/.gitkeep": "x\n",
      "secrets/.gitattributes": "*.yaml diff=sops\n",
      "secrets/laptop.pub": `${sshPublic}\n`,
      "secrets/.env.example": "PASSWORD=change-me\n",
      "secrets/values.yaml.template": "password: change-me\n",
      "secrets/template.yaml": `password: \${PASSWORD}\nuser: "{{ user }}"\n`,
      "secrets/chart.yaml": "password: {{ .Values.password }}\n",
      "secrets/nothing.yaml": "# empty\n",
    }),
  ]),
  good("files encrypted by another program under a rule", [
    ...beside([config("    path_regex: ^secrets/\n")], {
      "secrets/key.age": `${begin("AGE ENCRYPTED FILE")}\n${letters("age", 64)}\n${end("AGE ENCRYPTED FILE")}\n`,
      "secrets/raw.age": "age-encryption.org/v1\n-> X25519 abc\n",
      "secrets/vault.yml": `$ANSIBLE_VAULT;1.1;AES256\n${hex("vault", 80)}\n`,
      "secrets/note.asc": `${begin("PGP MESSAGE")}\n\n${letters("pgp", 64)}\n${end("PGP MESSAGE")}\n`,
    }),
  ]),
  good("settings of charts that speak of sops", {
    "values.yaml": "sops:\n  enabled: true\n  age:\n    secretName: sops-age\n",
    "flux.yaml":
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  decryption: {provider: sops, secretRef: {name: sops-age}}\n",
    "ksops.yaml": "apiVersion: viaduct.ai/v1\nkind: ksops\nfiles: [./secret.enc.yaml]\n",
    "plain.env": "SOPS_AGE_KEY_FILE=/run/keys.txt\nsops_enabled=true\n",
    ".sops.yaml": `creation_rules:\n  - age: ${mine.recipient}\n    encrypted_regex: ^(data|stringData)$\n`,
  }),
  good("settings without secrets", {
    ".env": "PORT=8080\nLOG_LEVEL=debug\n",
    "app.ini": "[server]\nport = 8080\n",
    "config.json": '{"port": 8080}\n',
    "tsconfig.json": '// comments\n{"strict": true,}\n',
    "compose.yaml": "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n",
  }),
  good("headings and quoted conflicts", {
    "heading.rst": "Title\n=======\n\nText\n",
    "git.md": "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> feature\n",
    "arrows.yaml": "note: <<<<<<< this\nline: =======\n",
    "script.sh": "cat <<<<<<< x\n",
    "banner.txt": "=======\n>>>>>>> welcome\n",
  }),
  good("findings somebody has looked at", {
    "line.yaml": secret("db", "hunter2 # idstack:allow").replace("  user: shop\n", ""),
    "above.yaml": secret("db")
      .replace("  user: shop\n", "")
      .replace("  password", "  # idstack:allow, of the test database\n  password"),
    "gitleaks.env": `TOKEN=ghp_${letters("allowed", 36)} # gitleaks:allow\n`,
    "key.ts": `// idstack:allow\nconst key = "${mine.identity}";\n`,
    "key.md": `<!-- gitleaks:allow -->\n${mine.identity}\n`,
  }),
  good("paths somebody has excluded", [
    ...beside([{ path: ".idstackguardignore", text: "# of the tests\ntest/fixtures/\n*.snap\n/docs/**/key.txt\n" }], {
      "test/fixtures/secret.yaml": secret(),
      "src/a.snap": `${mine.identity}\n`,
      "docs/deep/er/key.txt": `${mine.identity}\n`,
    }),
    ...beside([{ path: "test/.idstackguardignore", text: "secret.yaml\n" }], { "test/deep/secret.yaml": secret() }),
  ]),
  good("files without text", {
    "empty.yaml": "",
    "blank.env": "\n\n",
    "image.png": `\u0089PNG\u0000${mine.identity}`,
    "bom.yaml": "\ufeffa: 1\n",
  }),
];
