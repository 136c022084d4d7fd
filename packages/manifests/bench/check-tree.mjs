import { readTree, renderDiagnostics, validate } from "@idstack/manifests";

const { documents, diagnostics } = await readTree(process.argv[2] ?? ".");
const found = [...diagnostics, ...validate(documents)].filter(({ severity }) => severity === "error");
process.stdout.write(renderDiagnostics(found));
process.exitCode = found.length === 0 ? 0 : 1;
