import { defineCheck } from "../../check.ts";
import { entriesIn, stringsIn } from "../../internal/read.ts";
import { linesOf, placeInBlock } from "../../internal/text-lines.ts";

/** Settings that a current SPIRE server refuses, with what took their place. */
const removed: Readonly<Record<string, string>> = {
  default_svid_ttl: "was removed in SPIRE 1.6.0; use default_x509_svid_ttl and default_jwt_svid_ttl",
};
const setting = new RegExp(`^\\s*["']?(${Object.keys(removed).join("|")})["']?\\s*[=:]`);

/** A SPIRE configuration with a setting that was removed. */
export const spireRemovedSetting = defineCheck(
  {
    id: "spire-removed-setting",
    title: "SPIRE setting that no longer exists",
    severity: "error",
    rationale:
      "A SPIRE server refuses to start with a configuration key it does not know. A setting that an old release dropped works until the next upgrade, and then no workload gets an identity.",
    fix: "Replace the setting by the one named in the message.",
    references: ["https://github.com/spiffe/spire/blob/main/CHANGELOG.md"],
    fixtures: { before: ["infra/spire/server-setting-removed.yaml"], clean: ["spire-server.yaml"] },
  },
  function* (context) {
    for (const document of context.documents) {
      // Configuration as data (JSON, Helm values) and as text in a ConfigMap.
      for (const { key, path } of entriesIn(document.object)) {
        const reason = removed[key];
        if (reason !== undefined) yield { document, path, message: `\`${key}\` ${reason}` };
      }
      for (const { text, path } of stringsIn(document.object)) {
        for (const { key, reason, line } of settingsIn(text)) {
          const position = placeInBlock(context, document, path, line);
          yield { document, path, position, message: `\`${key}\` ${reason}` };
        }
      }
    }
    for (const file of context.files.filter(({ path }) => /\.(hcl|conf)$/.test(path))) {
      for (const { key, reason, line, index } of settingsIn(file.text)) {
        const position = { line: index + 1, column: line.indexOf(key) + 1 };
        yield { file, position, message: `\`${key}\` ${reason}` };
      }
    }
  },
);

function* settingsIn(text: string): Generator<{ key: string; reason: string; line: string; index: number }> {
  for (const { line, index } of linesOf(text)) {
    const key = setting.exec(line)?.[1] ?? "";
    const reason = removed[key];
    if (reason !== undefined) yield { key, reason, line, index };
  }
}
