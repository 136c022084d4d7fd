/** Something a build needs and this package does not bring: a compiler, a package of the system. */
export interface Requirement {
  /** Such as `Go 1.26.6 or newer`; equal names are one requirement. */
  readonly name: string;
  check(): Promise<{ readonly found: string } | { readonly problem: string }>;
  readonly advice: Advice;
}

/** How to get it, as a line for the shell where there is one. */
export interface Advice {
  readonly debian: string;
  readonly fedora: string;
  readonly macos: string;
  readonly nix: string;
}

/** What a recipe builds with. */
export interface BuildContext {
  /** Finished programs go here. */
  readonly bin: string;
  /** Scratch space, removed afterwards. */
  readonly work: string;
  /** Says what is being done now, for the progress line. */
  phase(what: string): void;
  /** Runs a tool at low priority; its output goes to the build's log, the tail of which is in the failure message. */
  run(program: string, args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): Promise<void>;
}

/** One way to obtain programs. */
export interface Recipe {
  readonly programs: readonly string[];
  requirements(): Promise<readonly Requirement[]>;
  /** Everything the result depends on, as names and texts; a change of any builds anew. */
  inputs(): Promise<Readonly<Record<string, string>>>;
  build(context: BuildContext): Promise<void>;
}

/** A real program, or several that come together. */
export interface Component {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly recipes: readonly Recipe[];
  /** What a first build takes on two cores, until this machine knows better: `5 min`. */
  readonly usually?: string;
}

/** Types a component file: `export const component = defineComponent({…})`. */
export function defineComponent(component: Component): Component {
  return component;
}
