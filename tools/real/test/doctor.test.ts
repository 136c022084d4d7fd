import { describe, expect, it } from "vitest";
import type { Requirement } from "../src/component.ts";
import { loadComponents } from "../src/components.ts";
import { diagnose, machineWarnings, renderFindings } from "../src/doctor.ts";
import { fakeComponent } from "./fixtures/fake-component.ts";

const advice = {
  debian: "apt-get install gcc",
  fedora: "dnf install gcc",
  macos: "xcode-select --install",
  nix: "nix shell nixpkgs#gcc",
};
const missing: Requirement = { name: "C compiler", check: async () => ({ problem: "not on PATH" }), advice };
const present: Requirement = { name: "Go 1.26", check: async () => ({ found: "go1.26.8 (/usr/bin/go)" }), advice };

describe("doctor", () => {
  it("says what is there, what is missing, for what, and how to get it on four systems", async () => {
    const components = [
      fakeComponent({ requirement: present }),
      { ...fakeComponent({ requirement: missing }), name: "spire" },
      { ...fakeComponent({ requirement: missing }), name: "other" },
    ];
    expect(renderFindings(await diagnose(components))).toBe(
      `ok       Go 1.26: go1.26.8 (/usr/bin/go)
MISSING  C compiler: not on PATH (needed by spire, other)
           Debian, Ubuntu  apt-get install gcc
           Fedora          dnf install gcc
           macOS           xcode-select --install
           Nix             nix shell nixpkgs#gcc
`,
    );
  });

  it("has advice for everything that the components need", async () => {
    for (const component of await loadComponents()) {
      for (const recipe of component.recipes) {
        for (const requirement of await recipe.requirements()) {
          for (const line of Object.values(requirement.advice)) expect(line, requirement.name).not.toBe("");
        }
      }
    }
  });

  it("looks at the disk also where the cache does not exist yet", async () => {
    expect(await machineWarnings("/nowhere/at/all")).toBeInstanceOf(Array);
  });
});
