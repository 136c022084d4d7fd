import type { Path } from "@idstack/manifests";

/** The path that `formatPath` of `@idstack/manifests` wrote: `spec.kprobes[0].labels["a.b/c"]`. */
export function parsePath(text: string | undefined): Path {
  const parts = (text ?? "").matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g);
  return Array.from(parts, ([, index, quoted, key]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (key ?? "") : (JSON.parse(quoted) as string);
  });
}
