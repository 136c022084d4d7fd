import { type ScalarTag, Schema, type Tags } from "yaml";

/** The core tags with other booleans and integers. */
function kubernetesTags(core: Tags): Tags {
  const others = core.filter((tag) => typeof tag === "string" || !replaced.has(tag.tag));
  return [...others.slice(0, 3), bool, integer, ...others.slice(3)];
}

const replaced = new Set(["tag:yaml.org,2002:bool", "tag:yaml.org,2002:int"]);

const bool: ScalarTag = {
  default: true,
  tag: "tag:yaml.org,2002:bool",
  test: /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE)$/,
  resolve: (text) => /^(?:y|on|t)/i.test(text),
};

const integer: ScalarTag = {
  default: true,
  tag: "tag:yaml.org,2002:int",
  test: /^[-+]?(?:0[bB][01_]+|0[oO][0-7_]+|0[xX][0-9a-fA-F_]+|[0-9][0-9_]*)$/,
  resolve: (text) => {
    const digits = text.replace(/^[-+]|_/g, "");
    const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
    // A leading zero before an 8 or 9 is no octal number: go-yaml then reads it as a decimal float.
    const size = Number(/^0[0-9]/.test(octal) ? octal.replace(/^0+/, "") : octal);
    return text.startsWith("-") ? -size : size;
  },
};

/**
 * The scalars of the YAML reader that kubectl, Argo CD and Flux share (sigs.k8s.io/yaml, go-yaml 2): YAML 1.2 but for
 * the booleans `yes`, `no`, `on`, `off`, `y`, `n` and for integers with a leading `0` (octal), `0b` or `_`. Unlike in
 * YAML 1.1, `12:30` and dates are strings. One for all documents, whatever `%YAML` says, as that reader does.
 */
export const kubernetesSchema = new Schema({
  schema: "core",
  customTags: kubernetesTags,
  merge: true,
  // Dates, sets and bytes are no JSON; their tags leave strings and mappings alone.
  resolveKnownTags: false,
});
