import { parse, type Tags } from "yaml";

interface Read {
  readonly entries: Record<string, unknown>[];
  readonly [key: string]: unknown;
}

const names = ["!KeyOf", "!Find", "!Context", "!Env", "!File", "!Format"];

const customTags: Tags = names.flatMap((tag) => [
  { tag, resolve: (value: string) => ({ $tag: tag, value }) },
  {
    tag,
    collection: "seq" as const,
    resolve: (node: { toJSON(): unknown }) => ({ $tag: tag, value: node.toJSON() }) as never,
  },
]);

/** Reads a blueprint as a YAML 1.1 parser does, Authentik's tags as `$tag` objects. */
export function readBlueprint(text: string): Read {
  return parse(text, { version: "1.1", customTags }) as Read;
}
