import { type FSWatcher, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Clock, sleep, systemClock } from "../clock.ts";
import { SpiffeError } from "../errors.ts";
import type { FileSourceOptions } from "../files/options.ts";
import type { SourceHealth, SourceState } from "../workload-api/source-health.ts";
import { callSafely, Listeners } from "./listeners.ts";
import { emit } from "./telemetry.ts";

/** Content by path. */
export type Files = ReadonlyMap<string, Buffer>;

/** What tells one source from files from another. */
export interface FilePlan<State> {
  /** For messages: "X509FileSource". */
  readonly name: string;
  /** For metrics: the directory. */
  readonly address: string;
  /** The files to read, absolute; asked before every look. */
  paths(): Promise<readonly string[]>;
  /** Makes a state of one reading of the files. @throws Error that names the fault; the last state stays. */
  parse(files: Files, now: number): State;
  /** For health and metrics. */
  describe?(state: State): { readonly expiresAt?: number; readonly spiffeId?: string };
}

/** So often files are read again because they still change; then the next event or poll has to come. */
const MAX_READINGS = 20;

/**
 * The loop behind sources from files. Files are used when two readings with a pause between them agree, so that a file which
 * is just being written is not half read, and when `parse` finds that they belong together. Changes are noticed by watching
 * the directories, which sees atomic renames and the `..data` links of Kubernetes volumes, and by polling.
 */
export class FileWatch<State extends object> {
  readonly #plan: FilePlan<State>;
  readonly #options: FileSourceOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #listeners = new Listeners<State>();
  readonly #watchers = new Map<string, FSWatcher>();
  #state: State | undefined;
  #used: Files = new Map();
  #lastError: SpiffeError | undefined;
  #lastFailure: { readonly error: SpiffeError; readonly at: number } | undefined;
  /** When the files were last found to be what is handed out. */
  #confirmedAt: number | undefined;
  /** Looks that failed since then. */
  #attempts = 0;
  #changed = false;
  #wake = (): void => {};
  #running: Promise<void> = Promise.resolve();

  constructor(plan: FilePlan<State>, options: FileSourceOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Starts the loop and waits for the first usable state. */
  async start(): Promise<void> {
    const { signal, startTimeoutMs = 30_000 } = this.#options;
    signal?.throwIfAborted();
    this.#running = this.#run();
    const waiting = new AbortController();
    const stop = signal === undefined ? waiting.signal : AbortSignal.any([waiting.signal, signal]);
    const first = this.#listeners.iterate(stop).next();
    void sleep(this.#clock, startTimeoutMs, stop).then(() => waiting.abort());
    const { done } = await first;
    waiting.abort();
    if (done !== true) return;
    signal?.throwIfAborted();
    const reason = this.#lastError?.message ?? "the files still change";
    const message = `${this.#plan.name}: nothing usable within ${startTimeoutMs} ms: ${reason}`;
    throw new SpiffeError("start-timeout", message, { cause: this.#lastError });
  }

  /** @throws SpiffeError `source-closed` */
  get state(): State {
    if (this.#state !== undefined) return this.#state;
    throw new SpiffeError("source-closed", `the ${this.#plan.name} is closed`);
  }

  health(): SourceHealth {
    const now = this.#clock.now();
    const expiresAt = this.#state && this.#plan.describe?.(this.#state).expiresAt;
    const state = this.#stateAt(now, expiresAt);
    const last = this.#lastFailure;
    const at = this.#confirmedAt;
    return {
      state,
      healthy: state === "ready" || state === "disconnected",
      ...(at !== undefined && { ageMs: Math.max(0, now - at), updatedAt: at }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(last && { lastError: { code: last.error.code, message: last.error.message, at: last.at } }),
      attempts: this.#attempts,
    };
  }

  #stateAt(now: number, expiresAt: number | undefined): SourceState {
    if (this.#closing.signal.aborted) return "closed";
    if (this.#state === undefined) return "starting";
    if (expiresAt !== undefined && now >= expiresAt) return "expired";
    return this.#attempts === 0 ? "ready" : "disconnected";
  }

  onUpdate(listener: (state: State) => void): () => void {
    return this.#listeners.add(listener);
  }

  updates(signal?: AbortSignal): AsyncIterableIterator<State> {
    return this.#listeners.iterate(signal);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake();
    await this.#running;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#state = undefined;
    this.#listeners.end();
  }

  async #run(): Promise<void> {
    const { pollMs = 10_000 } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#changed = false;
      await this.#look(signal);
      if (signal.aborted) return;
      // What changed while it was read is looked at again at once.
      if (!this.#changed) await this.#pause(pollMs, signal);
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(this.#clock, ms, AbortSignal.any([woken.signal, signal]));
  }

  async #look(signal: AbortSignal): Promise<void> {
    try {
      const paths = await this.#plan.paths();
      this.#watch(paths);
      const files = await this.#settled(paths, signal);
      if (files === undefined) return;
      if (this.#state !== undefined && equal(files, this.#used)) return this.#confirm();
      const state = this.#plan.parse(files, this.#clock.now());
      this.#used = files;
      this.#state = state;
      this.#lastError = undefined;
      this.#confirm();
      const { address } = this.#plan;
      emit("update", this.#options.metrics, () => ({ source: "files", address, ...this.#plan.describe?.(state) }));
      this.#listeners.emit(state);
    } catch (error) {
      this.#report(this.#explained(error));
    }
  }

  #confirm(): void {
    this.#confirmedAt = this.#clock.now();
    this.#attempts = 0;
  }

  /** The files once two readings agree; undefined when closed, or while they never do. */
  async #settled(paths: readonly string[], signal: AbortSignal): Promise<Files | undefined> {
    const { settleMs = 50 } = this.#options;
    let last = await read(paths);
    if (this.#state !== undefined && equal(last, this.#used)) return last;
    for (let reading = 0; reading < MAX_READINGS; reading += 1) {
      await sleep(this.#clock, settleMs, signal);
      if (signal.aborted) return undefined;
      const next = await read(paths);
      if (equal(last, next)) return next;
      last = next;
    }
    return undefined;
  }

  #watch(paths: readonly string[]): void {
    for (const directory of new Set(paths.map((path) => dirname(path)))) {
      if (this.#watchers.has(directory)) continue;
      try {
        const watcher = watch(directory, () => {
          this.#changed = true;
          this.#wake();
        });
        // A directory that is replaced, or a file system without events: polling goes on.
        watcher.on("error", () => this.#unwatch(directory));
        this.#watchers.set(directory, watcher);
      } catch {
        // It does not exist yet.
      }
    }
  }

  #unwatch(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }

  #explained(error: unknown): SpiffeError {
    const { code, path = "a file" } = error as NodeJS.ErrnoException;
    const kept = this.#state === undefined ? "" : "; the last state stays in use";
    if (error instanceof SpiffeError || code === undefined) {
      const message = `the files are not used: ${(error as Error).message}${kept}`;
      return new SpiffeError("file-rejected", message, { cause: error });
    }
    return new SpiffeError("file-unreadable", `${path} cannot be read (${code})${kept}`, { cause: error });
  }

  #report(error: SpiffeError): void {
    const isNew = this.#lastError?.message !== error.message;
    this.#lastError = error;
    this.#lastFailure = { error, at: this.#clock.now() };
    this.#attempts += 1;
    if (!isNew) return;
    const { metrics, onError } = this.#options;
    const { address } = this.#plan;
    emit("error", metrics, () => ({ source: "files", address, code: error.code, error }));
    if (onError !== undefined) callSafely(onError, error);
  }
}

async function read(paths: readonly string[]): Promise<Files> {
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)));
}

function equal(one: Files, other: Files): boolean {
  return one.size === other.size && [...one].every(([path, bytes]) => other.get(path)?.equals(bytes) === true);
}
