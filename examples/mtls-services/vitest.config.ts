import { packageTests } from "../../vitest.shared.ts";

export default packageTests("@idstack/example-mtls-services");
