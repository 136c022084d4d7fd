import { join } from "node:path";
import { runMtlsDemo } from "@idstack/example-mtls-services";
import { authorizationTable, serviceId } from "@idstack/stack";
import { renderStack } from "idstack";
import { auditBoth } from "./src/mistakes.ts";
import { heading, note, outcome, say } from "./src/print.ts";
import { proveTree } from "./src/prove.ts";
import { runSecretsDemo } from "./src/secrets-demo.ts";
import stack from "./stack.config.ts";

const here = import.meta.dirname;
const rendered = join(here, "rendered");
const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
const results: [step: string, ok: boolean, summary: string][] = [];

heading("1  Render: stack.config.ts → rendered/");
const render = await renderStack(stack, { cwd: here, config: "stack.config.ts", out: "rendered" });
for (const { path, message } of render.diagnostics) note(`${path}: ${message}`);
const renderOk = !render.diagnostics.some(({ severity }) => severity === "error");
const proof = await proveTree(rendered, stack);
const kinds = [...proof.kinds].map(([kind, count]) => `${count} ${kind}`);
note(`${kinds.slice(0, 9).join(", ")} and ${Math.max(kinds.length - 9, 0)} more kinds`);
const summary = `${proof.objects} objects of ${proof.kinds.size} kinds in ${render.files} files, ${render.changes.length} changed`;
outcome(renderOk, summary);
results.push(["render", renderOk, summary]);

heading("2  Prove: schemas and network, from the rendered files alone");
for (const line of proof.invalid) outcome(false, line);
outcome(proof.invalid.length === 0, `every field of every object is known to the API server's schemas`);
const width = Math.max(...proof.claims.map(({ text }) => text.length));
for (const { ok, text, verdict, expected, rules, explanation } of proof.claims) {
  const first = rules[0];
  const by = first === undefined ? "" : `${first.policy.namespace}/${first.policy.name} ${first.path}`;
  const more = rules.length > 1 ? ` +${rules.length - 1}` : "";
  outcome(ok, `${text.padEnd(width)}  ${ok ? verdict : `${verdict}, expected ${expected}`}  ${by}${more}`.trimEnd());
  if (!ok) for (const line of explanation.split("\n")) note(`      ${line}`);
}
const proved = proof.claims.filter(({ ok }) => ok).length;
results.push(["prove", proof.ok, `${proved} of ${proof.claims.length} claims hold`]);

heading("3  Secrets: encrypt with age, search for the plaintext, decrypt");
const secrets = await runSecretsDemo(join(here, ".idstack-local"), rendered);
outcome(secrets.keyMode === "0600", `throw-away key ${secrets.recipient.slice(0, 16)}… (mode ${secrets.keyMode})`);
outcome(secrets.decrypted, `${secrets.files.join(", ")} decrypt to what went in`);
outcome(
  secrets.leaks.length === 0,
  `their plaintext is in none of ${secrets.searched} files${secrets.leaks.map((file) => ` ${file}`).join("")}`,
);
outcome(secrets.stable, "encrypting the same again changes no byte");
outcome(secrets.tampered === "mac-mismatch", `one changed byte outside the ciphertext: ${secrets.tampered}`);
results.push(["secrets", secrets.ok, `${secrets.files.length} files, plaintext nowhere`]);

heading("4  Run: web and api over mutual TLS, with the identities and the authorization the declaration gives them");
const mtls = await runMtlsDemo({
  authorization: authorizationTable(stack.declaration),
  web: serviceId(stack.declaration, "web"),
  api: serviceId(stack.declaration, "api"),
});
outcome(true, `${mtls.allowed.caller} → ${mtls.allowed.server}`);
for (const { caller, refusal } of [mtls.unauthorized, mtls.foreign]) {
  outcome(true, `refused by ${refusal.side}: ${caller} (${refusal.code})`);
  note(`      ${refusal.reason}`);
}
const { load } = mtls;
const rotations = `${load.serverRotations} rotations of the api's SVID and ${load.clientRotations} of the web's`;
outcome(load.failures === 0, `${load.requests} requests during ${rotations}: ${load.failures} failed`);
results.push([
  "run",
  mtls.ok,
  `1 call allowed, 2 refused, ${load.failures} of ${load.requests} requests failed in rotations`,
]);

heading("5  Audit: the rendered tree, and before/ with the mistakes real homelabs make");
const audit = await auditBoth(rendered, join(here, "before"));
outcome(
  audit.rendered.findings.length === 0,
  `rendered/: ${audit.rendered.checks.length} checks, ${audit.rendered.findings.length} findings`,
);
for (const { file, line, code, message } of audit.rendered.findings) note(`${file}:${line} ${code}: ${message}`);
for (const { file, line, code } of audit.before.findings) say(`        before/${file}:${line}  ${code}`);
const silent = audit.before.checks.filter(({ findings }) => findings === 0).map(({ id }) => id);
outcome(
  silent.length === 0,
  `before/: ${audit.before.findings.length} mistakes, at least one for each check${silent.length > 0 ? `, but none for ${silent.join(", ")}` : ""}`,
);
results.push(["audit", audit.ok, `rendered clean, ${audit.before.findings.length} mistakes named in before/`]);

heading(`Summary (${seconds()})`);
for (const [step, ok, text] of results) outcome(ok, `${step.padEnd(8)} ${text}`);
if (results.some(([, ok]) => !ok)) process.exitCode = 1;
