/** A line that only one of two texts has. */
export interface DifferentLine {
  readonly sign: "-" | "+";
  readonly line: string;
  /** The blocks around it, outermost first: `plugins`, `KeyManager "disk"`. */
  readonly blocks: readonly string[];
}

/** The shortest list of lines to take out of `before` and to put in to get `after`. */
export function lineDiff(before: string, after: string): DifferentLine[] {
  const [a, b] = [withBlocks(before), withBlocks(after)];
  // common[i][j]: how many lines a from i and b from j have in common at most.
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const same = a[i]?.line === b[j]?.line;
      (common[i] as number[])[j] = same ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const different: DifferentLine[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left.line === right?.line) {
      i += 1;
      j += 1;
    } else if (left !== undefined && at(i + 1, j) >= at(i, j + 1)) {
      different.push({ sign: "-", ...left });
      i += 1;
    } else if (right !== undefined) {
      different.push({ sign: "+", ...right });
      j += 1;
    }
  }
  return different;
}

/** For people: each line under the blocks it stands in. */
export function renderDiff(lines: readonly DifferentLine[]): string {
  let shown = "";
  return lines
    .flatMap(({ sign, line, blocks }) => {
      const place = blocks.join(" > ");
      const heading = place === shown ? [] : [`  @@ ${place}`];
      shown = place;
      return [...heading, `  ${sign} ${line.trim()}`];
    })
    .join("\n");
}

function withBlocks(text: string): { readonly line: string; readonly blocks: readonly string[] }[] {
  const open: string[] = [];
  return text.split("\n").map((line) => {
    const content = line.trim();
    if (content === "}") open.pop();
    const blocks = [...open];
    if (content.endsWith("{")) open.push(content.slice(0, -1).replace(/=\s*$/, "").trim());
    return { line, blocks };
  });
}
