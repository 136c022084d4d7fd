type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** T without its undefined values: what a literal with left-out options becomes. */
export type Defined<T> = Omit<T, OptionalKeys<T>> & { [K in OptionalKeys<T>]?: Exclude<T[K], undefined> };

/**
 * Drops the keys whose value is undefined, so that an option left out leaves no trace in the object.
 *
 * @example
 * ```ts
 * import { defined } from "@idstack/manifests";
 * console.log(defined({ replicas: 2, paused: undefined })); // { replicas: 2 }
 * ```
 */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Defined<T>;
}
