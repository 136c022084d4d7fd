import { validate } from "@idstack/manifests";
import { describe, expect, test } from "vitest";
import { veleroSchedule } from "../../src/index.ts";

describe("veleroSchedule", () => {
  test("saves namespaces daily, with snapshots that leave the cluster", () => {
    const object = veleroSchedule({ name: "apps", namespaces: ["apps"], schedule: "daily" });
    expect(validate([object])).toEqual([]);
    expect(object.metadata?.namespace).toBe("velero");
    expect(object.spec).toEqual({
      schedule: "0 3 * * *",
      template: { includedNamespaces: ["apps"], ttl: "720h", snapshotVolumes: true, snapshotMoveData: true },
    });
  });

  test.each(["snapshot-move", "snapshot", "files", "none"] as const)(
    "volumes: %s is accepted by the server",
    (volumes) => {
      const object = veleroSchedule({
        name: "apps",
        namespaces: ["apps"],
        schedule: "30 4 * * 1",
        volumes,
        ttl: "48h",
        storageLocation: "default",
        template: { excludedResources: ["events"] },
        spec: { paused: true },
      });
      expect(validate([object])).toEqual([]);
      expect(object.spec).toMatchObject({ paused: true, template: { ttl: "48h", excludedResources: ["events"] } });
    },
  );

  test("six fields are refused", () => {
    const schedule = () => veleroSchedule({ name: "apps", namespaces: ["apps"], schedule: "0 0 3 * * *" });
    expect(schedule).toThrow(/six fields, but five are read.*"0 3 \* \* \*"/);
  });

  test("no namespace at all is refused", () => {
    expect(() => veleroSchedule({ name: "apps", namespaces: [], schedule: "daily" })).toThrow(TypeError);
  });

  test("a misspelt passthrough field is found with its path", () => {
    const options = { name: "apps", namespaces: ["apps"], schedule: "daily" };
    // @ts-expect-error excludedResource is spelt excludedResources
    const object = veleroSchedule({ ...options, template: { excludedResource: ["events"] } });
    expect(validate([object])).toMatchObject([{ severity: "error", path: "spec.template.excludedResource" }]);
  });
});
