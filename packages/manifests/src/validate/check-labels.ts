import { show } from "./describe.ts";
import { isLongName } from "./formats/names.ts";
import type { Problem } from "./problem.ts";

const labelName = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Keys and values of `metadata.labels`. */
export function labelProblems(labels: Readonly<Record<string, unknown>>): Problem[] {
  const values = Object.entries(labels).flatMap(([key, value]): Problem[] => {
    if (typeof value !== "string" || value === "" || value.includes("${")) return [];
    if (value.length <= 63 && labelName.test(value)) return [];
    return [
      {
        code: "metadata",
        path: ["metadata", "labels", key],
        message: `${show(value)} is no valid label value`,
        help: "Use at most 63 letters, digits, -, _ and ., with a letter or digit at both ends.",
      },
    ];
  });
  return [...metadataKeyProblems("labels", labels), ...values];
}

/** Keys of labels and annotations; case does not matter in the prefix of the latter. */
export function metadataKeyProblems(
  field: "labels" | "annotations",
  entries: Readonly<Record<string, unknown>>,
): Problem[] {
  return Object.keys(entries).flatMap((key): Problem[] => {
    if (isQualifiedName(field === "annotations" ? key.toLowerCase() : key) || key.includes("${")) return [];
    return [
      {
        code: "metadata",
        path: ["metadata", field, key],
        part: "key",
        message: `${show(key)} is no valid key of ${field}`,
        help: "A key is an optional DNS name and a slash, then at most 63 letters, digits, -, _ and .",
      },
    ];
  });
}

/** `name` or `dns.name/name`. */
export function isQualifiedName(key: string): boolean {
  const slash = key.indexOf("/");
  const name = key.slice(slash + 1);
  return (slash < 0 || isLongName(key.slice(0, slash))) && name.length <= 63 && labelName.test(name);
}
