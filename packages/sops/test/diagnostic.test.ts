import { expectTypeOf, test } from "vitest";
import type { Diagnostic as ManifestDiagnostic } from "../../manifests/src/diagnostic.ts";
import type { Diagnostic } from "../src/index.ts";

test("Diagnostic is the one of @idstack/manifests, without importing it", () => {
  expectTypeOf<Diagnostic>().toEqualTypeOf<ManifestDiagnostic>();
});
