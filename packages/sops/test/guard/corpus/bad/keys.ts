import { bad } from "../construct.ts";
import { hybrid, indent, jwk, letters, mine, openssh, pem, pgp } from "../throw-away.ts";

const oneLine = (text: string) => JSON.stringify(text).slice(1, -1);
const base64 = (text: string) => Buffer.from(text).toString("base64");
const putty = `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: shop\nPublic-Lines: 2\n${letters("a", 64)}\n${letters("b", 48)}\nPrivate-Lines: 1\n${letters("c", 48)}\nPrivate-MAC: ${letters("d", 64)}\n`;
const wireguard = Buffer.from(letters("wireguard", 32)).toString("base64");

export const keys = [
  bad("age private key", "private-key", {
    "keys.txt": `# created: 2026-01-01T00:00:00Z\n# public key: ${mine.recipient}\n${mine.identity}\n`,
    "README.md": `Export it first:\n\n    export SOPS_AGE_KEY=${mine.identity}\n`,
    "deployment.yaml": `env:\n  - name: SOPS_AGE_KEY\n    value: ${mine.identity}\n`,
    ".env": `SOPS_AGE_KEY="${mine.identity}"\n`,
    justfile: `decrypt:\n  SOPS_AGE_KEY=${mine.identity} sops -d a.yaml\n`,
    "test.ts": `const key = "${mine.identity}";\n`,
    ".sops.yaml": `creation_rules:\n  - age: ${mine.recipient} # ${mine.identity}\n`,
  }),
  bad("post-quantum age private key", "private-key", {
    "keys.txt": `${hybrid.identity}\n`,
    "values.yaml": `age:\n  key: "${hybrid.identity}"\n`,
    "notes.md": `\`${hybrid.identity}\`\n`,
    ".envrc": `export SOPS_AGE_KEY=${hybrid.identity}\n`,
    Dockerfile: `ENV SOPS_AGE_KEY ${hybrid.identity}\n`,
  }),
  bad("PEM private key", "private-key", {
    "ec.pem": pem.ec,
    "rsa.key": pem.rsa,
    "ed25519.txt": pem.ed25519,
    "encrypted.pem": pem.encrypted,
    "values.yaml": `tls:\n  key: |\n${indent(pem.ec)}\n`,
    "one-line.json": `{"key": "${oneLine(pem.ec)}"}\n`,
    "commented.yaml": `# old:\n${indent(pem.ec, "# ")}\na: 1\n`,
    "crlf.pem": pem.rsa.replaceAll("\n", "\r\n"),
    "script.sh": `cat > key.pem <<'END'\n${pem.ed25519}END\n`,
    "spaces.env": `KEY="${pem.ec.trim().replaceAll("\n", " ")}"\n`,
  }),
  bad("OpenSSH private key", "private-key", {
    id_ed25519: openssh,
    "host-keys.yaml": `openssh:\n  hostKey: |\n${indent(openssh)}\n`,
    "cloud-init.yaml": `ssh_keys:\n  ed25519_private: "${oneLine(openssh)}"\n`,
    "main.tf": `locals {\n  key = <<EOT\n${openssh}EOT\n}\n`,
    "id_rsa.bak": openssh.replaceAll("\n", "\r\n"),
    "id_dsa.txt": openssh.replaceAll("OPENSSH", "DSA"),
    "ssh2.txt": openssh
      .replace(/-----BEGIN [A-Z ]+-----/, "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----")
      .replace(/-----END [A-Z ]+-----/, "---- END SSH2 ENCRYPTED PRIVATE KEY ----"),
  }),
  bad("PGP private key", "private-key", {
    "key.asc": pgp,
    "headers.asc": pgp.replace("-----\n", "-----\nVersion: GnuPG v2\nComment: shop\n\n"),
    "values.yaml": `signing:\n  key: |-\n${indent(pgp)}\n`,
    "mail.json": JSON.stringify({ key: pgp }),
  }),
  bad("PuTTY private key", "private-key", {
    "shop.ppk": putty,
    "old.ppk": putty.replace("File-3", "File-2"),
    "crlf.ppk": putty.replaceAll("\n", "\r\n"),
  }),
  bad("WireGuard private key", "private-key", {
    "wg0.conf": `[Interface]\nPrivateKey = ${wireguard}\nAddress = 10.0.0.1/24\n\n[Peer]\nPublicKey = ${wireguard}\n`,
    "tight.conf": `[Interface]\nPrivateKey=${wireguard}\n`,
    "config-map.yaml": `data:\n  wg0.conf: |\n    [Interface]\n    PrivateKey = ${wireguard}\n`,
  }),
  bad("JSON Web private key", "private-key", {
    "jwk.json": JSON.stringify(jwk, null, 2),
    "jwks.json": JSON.stringify({ keys: [jwk] }),
    "values.yaml": `jwk: '${JSON.stringify(jwk)}'\n`,
    "jwk.ts": `export const key = { kty: "EC", crv: "P-256", 'd': '${letters("jwk", 43)}' };\n`,
  }),
  bad("private key in base64", "private-key", {
    "config-map.yaml": `apiVersion: v1\nkind: ConfigMap\nbinaryData:\n  tls.key: ${base64(pem.ec)}\n`,
    kubeconfig: `users:\n  - name: admin\n    user:\n      client-key-data: ${base64(pem.rsa)}\n`,
    "talos.yaml": `machine:\n  ca:\n    key: ${base64(pem.ed25519.replaceAll("PRIVATE", "ED25519 PRIVATE"))}\n`,
    "age.env": `AGE=${base64(mine.identity)}\n`,
    "age-file.env": `AGE=${base64(`# created: 2026-01-01T00:00:00Z\n# public key: ${mine.recipient}\n${mine.identity}\n`)}\n`,
    "ssh.tf": `key = "${base64(openssh)}"\n`,
  }),
];
