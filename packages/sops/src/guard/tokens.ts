import { looksRandom } from "./placeholder.ts";
import type { SecretInText } from "./private-keys.ts";

interface TokenKind {
  readonly what: string;
  /** What every such token holds, so that most texts are not searched at all. */
  readonly has: string;
  /** The group, if there is one, is the random part. */
  readonly pattern: RegExp;
  /** Characters the random part has at least, all different: fewer for hexadecimal digits. */
  readonly distinct?: number;
}

/** Tokens are read as words of their own: inside base64 the same letters mean nothing. */
const word = (pattern: string): RegExp => new RegExp(`(?<![A-Za-z0-9+/_-])${pattern}(?![A-Za-z0-9_-])`, "g");

const KINDS: readonly TokenKind[] = [
  { what: "a GitHub token", has: "gh", pattern: word("gh[pousr]_([A-Za-z0-9]{36,251})") },
  { what: "a GitHub token", has: "github_pat_", pattern: word("github_pat_([A-Za-z0-9]{22}_[A-Za-z0-9]{59})") },
  {
    what: "a GitLab token",
    has: "gl",
    pattern: word("gl(?:pat|dt|rt|ptt|cbt|ft|soat|agent)-([\\w-]{20,})(?:\\.[\\w.]+)?"),
  },
  { what: "an AWS access key", has: "A", pattern: word("(?:AKIA|ASIA)([A-Z2-7]{16})"), distinct: 8 },
  { what: "an Azure storage key", has: "AccountKey=", pattern: /AccountKey=([A-Za-z0-9+/]{86}==)/g },
  { what: "an Entra ID client secret", has: "Q~", pattern: word("(\\w{3}\\dQ~[\\w.~-]{31,34})") },
  { what: "a Google API key", has: "AIza", pattern: word("AIza([\\w-]{35})") },
  { what: "a Slack token", has: "xox", pattern: word("xox[abeprs]-(?:\\d+-)+([A-Za-z0-9]{20,})") },
  { what: "a Slack token", has: "xapp-", pattern: word("xapp-\\d-[A-Z0-9]+-\\d+-([a-f0-9]{40,})"), distinct: 8 },
  {
    what: "a Slack webhook",
    has: "hooks.slack.com",
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/T[A-Z0-9]+\/[A-Z0-9]+\/([A-Za-z0-9/]{20,})/g,
  },
  {
    what: "a Discord webhook",
    has: "/api/webhooks/",
    pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/([\w-]{60,})/g,
  },
  { what: "a Telegram bot token", has: ":AA", pattern: /(?:\/bot|(?<![\w+/-]))\d{8,10}:(AA[\w-]{33})(?![\w-])/g },
  { what: "a Stripe key", has: "k_live_", pattern: word("[rs]k_live_([A-Za-z0-9]{20,})") },
  { what: "an npm token", has: "npm_", pattern: word("npm_([A-Za-z0-9]{36})") },
  { what: "a PyPI token", has: "pypi-", pattern: word("pypi-AgE([\\w-]{60,})") },
  { what: "a Docker Hub token", has: "dckr_", pattern: word("dckr_(?:pat|oat)_([\\w-]{27,})") },
  { what: "a Vault token", has: "hv", pattern: word("hv[sbr]\\.([\\w-]{24,})") },
  { what: "a Terraform token", has: ".atlasv1.", pattern: word("[A-Za-z0-9]{14}\\.atlasv1\\.([\\w-]{60,})") },
  { what: "a DigitalOcean token", has: "_v1_", pattern: word("do[oprt]_v1_([a-f0-9]{64})"), distinct: 8 },
  {
    what: "a Cloudflare origin CA key",
    has: "v1.0-",
    pattern: word("v1\\.0-([a-f0-9]{24}-[a-f0-9]{100,})"),
    distinct: 8,
  },
  { what: "a Tailscale key", has: "tskey-", pattern: word("tskey-[a-z]+-[A-Za-z0-9]+-([A-Za-z0-9]{20,})") },
  { what: "a Grafana token", has: "glsa_", pattern: word("glsa_([A-Za-z0-9]{32})_[a-f0-9]{8}") },
  {
    what: "a Doppler token",
    has: "dp.",
    pattern: word("dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[\\w-]+\\.)?([A-Za-z0-9]{40,})"),
  },
  { what: "a 1Password service account token", has: "ops_eyJ", pattern: word("ops_(eyJ[\\w-]{200,}=*)") },
  {
    what: "a Bitwarden access token",
    has: "0.",
    pattern: /(?<![\w.])0\.[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\.([A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==)/g,
  },
  { what: "a SendGrid key", has: "SG.", pattern: word("SG\\.([\\w-]{22}\\.[\\w-]{43})") },
  { what: "an Anthropic key", has: "sk-ant-", pattern: word("sk-ant-[a-z]+\\d\\d-([\\w-]{80,})") },
  { what: "an OpenAI key", has: "T3BlbkFJ", pattern: word("sk-(?:[a-z]+-)?([\\w-]{20,}T3BlbkFJ[\\w-]{20,})") },
  { what: "a Hugging Face token", has: "hf_", pattern: word("hf_([A-Za-z]{34})") },
];

/** The payload of a JSON Web Token. */
const JWT = word("eyJ[\\w-]{10,}\\.(eyJ[\\w-]{20,})\\.[\\w-]{40,}");

/** Finds tokens of well-known services by their structure. Generic passwords have none and are not looked for. */
export function tokens(text: string): SecretInText[] {
  const found: SecretInText[] = [];
  for (const { what, has, pattern, distinct } of KINDS) {
    if (!text.includes(has)) continue;
    for (const match of text.matchAll(pattern)) {
      if (looksRandom(match[1] ?? match[0], distinct)) found.push({ what, offset: match.index });
    }
  }
  if (text.includes("eyJ")) {
    for (const match of text.matchAll(JWT)) {
      const payload = Buffer.from(match[1] ?? "", "base64url").toString("latin1");
      // Others may be public, or have expired long ago: these open a cluster.
      if (/"iss"\s*:\s*"kubernetes\/|"kubernetes\.io["/]/.test(payload))
        found.push({ what: "a Kubernetes service account token", offset: match.index });
    }
  }
  return found;
}
