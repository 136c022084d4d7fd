import type { Random } from "@idstack/tool-real";
import type { KubeObject } from "../../src/index.ts";
import { TEXTS } from "../generate/formats.ts";
import { withValue } from "./sites.ts";

const names = [
  ...(TEXTS["name"] ?? []),
  ...(TEXTS["text"] ?? []),
  "a".repeat(253),
  "a..b",
  "a/b",
  "a%b",
  ".",
  "..",
  "1",
  "a.b-c",
];
const keys = [
  "a",
  "a/b",
  "a/b/c",
  "/b",
  "a/",
  "",
  "A/b",
  "a_b/c",
  "x".repeat(64),
  "example.com/X",
  `${"a".repeat(254)}/b`,
  "-a",
  "a-",
  "ü",
  "a b",
];
const values = ["", "a", "a b", "x".repeat(63), "x".repeat(64), "-a", "a.", "A_b", "ü", 1, true, null, {}];

/** Ways in which `metadata` may be wrong, and some in which it is merely unusual. */
const changes: readonly ((random: Random) => readonly [path: readonly string[], value: unknown])[] = [
  (random) => [["name"], random.pick(names)],
  (random) => [["name"], random.pick<unknown>([1, null, true, {}, undefined])],
  (random) => [["generateName"], random.pick<unknown>(["a-", "A", "a", 1, "a_", null])],
  (random) => [["labels", random.pick(keys)], "a"],
  (random) => [["labels", "a"], random.pick<unknown>(values)],
  (random) => [["annotations", random.pick(keys)], "any text"],
  (random) => [["annotations", "a"], random.pick<unknown>([...values, "any\ntext"])],
  (random) => [[random.pick(["labels", "annotations"])], random.pick<unknown>([null, {}, [], "a", { a: null }])],
  (random) => [[random.pick(["lables", "Name", "annotation", "namespaces", "zzz", "clusterName"])], "a"],
  (random) => [["creationTimestamp"], random.pick<unknown>([null, ...(TEXTS["date-time"] ?? []), 1, ""])],
  (random) => [
    ["finalizers"],
    random.pick<unknown>([
      ["a"],
      ["example.com/a"],
      [],
      null,
      "a",
      [1],
      ["A B"],
      [""],
      ["foregroundDeletion"],
      ["orphan"],
      ["orphan", "foregroundDeletion"],
      ["a/b/c"],
    ]),
  ],
  (random) => [["ownerReferences"], random.pick<unknown>(OWNERS)],
  (random) => [["generation"], random.pick<unknown>([1, 1.5, -1, "1", 2 ** 40, null])],
  (random) => [["resourceVersion"], random.pick<unknown>(["", 1, null])],
  (random) => [["uid"], random.pick<unknown>(["", "a", 1, null])],
  (random) => [["deletionGracePeriodSeconds"], random.pick<unknown>([1, "1", 1.5, 1e19])],
  (random) => [["selfLink"], random.pick<unknown>(["", "/a", 1])],
  (random) => [
    ["managedFields"],
    random.pick<unknown>([
      [],
      null,
      [{}],
      [{ manager: "a", operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1: {} }],
      "a",
    ]),
  ],
];

const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "0e8a1d2c" };
const OWNERS = [
  [owner],
  [{ ...owner, controller: true }],
  [
    { ...owner, controller: true },
    { ...owner, uid: "1", controller: true },
  ],
  [{ ...owner, name: undefined }],
  [{ ...owner, uid: "" }],
  [{ ...owner, apiVersion: "a/b/c" }],
  [{ ...owner, kind: "" }],
  [{ ...owner, uuid: "a" }],
  [{ ...owner, controller: "true" }],
  [{ ...owner, kind: "Event", apiVersion: "v1" }],
  [null],
  owner,
  [],
  null,
];

/** The object with one change in its metadata. */
export function metadataDefect(object: KubeObject, random: Random): KubeObject {
  if (random.chance(0.03)) return withValue(object, ["metadata"], random.pick<unknown>([null, "a", [], {}, undefined]));
  const [path, value] = random.pick(changes)(random);
  return withValue(object, ["metadata", ...path], value);
}
