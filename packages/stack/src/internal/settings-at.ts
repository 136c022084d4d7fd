import { z } from "zod";

/** Names of the settings that a schema takes at a path; empty where it takes none or any. */
export function settingsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional) return settingsAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => settingsAt(option, path));
  const [key, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (key === undefined) return Object.keys(schema.shape);
    const next: z.core.$ZodType | undefined = schema.shape[String(key)];
    return next === undefined ? [] : settingsAt(next, rest);
  }
  if (key === undefined) return [];
  if (schema instanceof z.ZodRecord) return settingsAt(schema.valueType, rest);
  return schema instanceof z.ZodArray ? settingsAt(schema.element, rest) : [];
}
