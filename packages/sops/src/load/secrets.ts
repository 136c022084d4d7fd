import type { Secret } from "./secret.ts";

type Primitive = string | number | bigint | boolean | symbol;
type Method = (...args: never[]) => unknown;

/** Objects that do something (dates, URLs, maps, byte arrays) are values; those that only hold something are entered. */
type IsValue<T> = T extends Primitive | Method
  ? true
  : T extends readonly unknown[]
    ? false
    : unknown extends T[keyof T]
      ? false
      : [Extract<T[keyof T], Method>] extends [never]
        ? false
        : true;

type Values<T> = T extends null | undefined ? never : IsValue<T> extends true ? T : never;

type Containers<T> = T extends null | undefined ? T : IsValue<T> extends true ? never : Entered<T>;

// Lists are spelled out: a mapped type over them is not lazy, and types that contain themselves would never end.
type Entered<T> = T extends readonly (infer Item)[]
  ? number extends T["length"]
    ? T extends Item[]
      ? Secrets<Item>[]
      : readonly Secrets<Item>[]
    : Mapped<T>
  : Mapped<T>;

type Mapped<T> = { [Key in keyof T]: Secrets<T[Key]> };

/**
 * The same shape with every value `T` as `Secret<T>`. Objects and lists keep their keys, lengths and modifiers; `null` and
 * `undefined` stay what they are; the values of a union share one `Secret`. An object that has methods (a `Date`, a `URL`,
 * a `Map`, bytes) is one value. Of `unknown` nothing can be said: it stays `unknown`.
 *
 * @example
 * import { Secret, type Secrets } from "@idstack/sops";
 * const env: Secrets<{ token: string; ports?: number[] }> = { token: new Secret("hunter2") };
 * console.log(env); // { token: [redacted] }
 */
export type Secrets<T> = unknown extends T
  ? unknown
  : Containers<T> | ([Values<T>] extends [never] ? never : Secret<Values<T>>);
