import type { GuardedFile } from "../../../../src/index.ts";

interface Rule {
  /** One of these must occur before the pattern is tried. */
  readonly keywords: readonly string[];
  readonly pattern: RegExp;
  /** Bits per character that the last group, or the whole match, has at least. */
  readonly entropy?: number;
  /** Words without a digit are names, not secrets. */
  readonly words?: boolean;
}

/**
 * Rules in the style of gitleaks, written from its description: keyword, pattern and entropy, an allow list of paths and
 * words, `gitleaks:allow`. They know neither the sops block nor creation rules, and of age keys only `AGE-SECRET-KEY-1`.
 */
const RULES: readonly Rule[] = [
  { keywords: ["age-secret-key-1"], pattern: /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/g },
  {
    keywords: ["-----begin"],
    pattern: /-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[\s\S]{64,}?KEY(?: BLOCK)?-----/g,
  },
  {
    keywords: ["secret"],
    pattern:
      /\bkind:[ \t]*["']?\bsecret\b["']?[\s\S]{0,200}?\bdata:[\s\S]{0,100}?\s([\w.-]+:[ \t]*(?:(?:\||>[-+]?)\s+)?["']?[a-z0-9+/]{10,}={0,3}["']?)/gi,
  },
  { keywords: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], pattern: /gh[pousr]_[0-9a-zA-Z]{36}/g, entropy: 3 },
  { keywords: ["github_pat_"], pattern: /github_pat_\w{82}/g, entropy: 3 },
  { keywords: ["gldt-", "glrt-", "glcbt-", "glptt-"], pattern: /gl(?:dt|rt|cbt|ptt)-[\w-]{20}/g, entropy: 3 },
  { keywords: ["glsa_"], pattern: /\b(glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8})\b/g, entropy: 3 },
  { keywords: ["ops_"], pattern: /ops_eyJ[a-zA-Z0-9+/]{250,}={0,3}/g, entropy: 4 },
  { keywords: ["q~"], pattern: /[\w~.]{3}\dQ~[\w~.-]{31,34}/g, entropy: 3 },
  { keywords: ["dp.pt."], pattern: /dp\.pt\.[a-z0-9]{43}/gi, entropy: 2 },
  { keywords: ["glpat-"], pattern: /glpat-[\w-]{20}/g, entropy: 3 },
  {
    keywords: ["akia", "asia", "abia", "acca"],
    pattern: /\b((?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b/g,
    entropy: 3,
  },
  { keywords: ["xoxb", "xoxp", "xoxe"], pattern: /xox[bpe](?:-[0-9]{10,13})+[a-zA-Z0-9-]*/g, entropy: 2 },
  { keywords: ["xapp"], pattern: /xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]+/gi, entropy: 2 },
  {
    keywords: ["hooks.slack.com"],
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{43,56}/g,
  },
  {
    keywords: ["ey"],
    pattern: /\b(ey[a-zA-Z0-9]{17,}\.ey[a-zA-Z0-9/_-]{17,}\.(?:[a-zA-Z0-9/_-]{10,}={0,2})?)/g,
    entropy: 3,
  },
  { keywords: ["npm_"], pattern: /\b(npm_[a-z0-9]{36})\b/gi, entropy: 2 },
  { keywords: ["pypi-ageichlwas5vcmc"], pattern: /pypi-AgEIcHlwaS5vcmc[\w-]{50,1000}/g, entropy: 3 },
  {
    keywords: ["sk_live", "sk_test", "rk_live"],
    pattern: /\b((?:sk|rk)_(?:test|live|prod)_[a-zA-Z0-9]{10,99})\b/g,
    entropy: 2,
  },
  { keywords: ["aiza"], pattern: /\b(AIza[\w-]{35})\b/g, entropy: 4 },
  { keywords: ["hvs."], pattern: /\b(hvs\.[\w-]{90,120})/g, entropy: 3.5 },
  { keywords: ["dop_v1_"], pattern: /\b(dop_v1_[a-f0-9]{64})\b/g, entropy: 3 },
  { keywords: ["sg."], pattern: /\b(SG\.[a-z0-9=_.-]{66})/gi, entropy: 2 },
  { keywords: ["sk-ant-api03"], pattern: /\b(sk-ant-api03-[\w-]{93}AA)\b/g },
  { keywords: ["t3blbkfj"], pattern: /\b(sk-(?:proj|svcacct|admin)-[\w-]{20,}T3BlbkFJ[\w-]{20,})\b/g, entropy: 3 },
  { keywords: ["hf_"], pattern: /\b(hf_[a-zA-Z]{34})\b/g, entropy: 2 },
  {
    keywords: ["access", "api", "auth", "key", "credential", "creds", "passwd", "password", "secret", "token"],
    pattern:
      /[\w.-]{0,50}?(?:access|auth|api|credential|creds|key|passw(?:or)?d|secret|token)[ \t\w.-]{0,20}[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([\w.=-]{10,150}|[a-z0-9][a-z0-9+/]{11,}={0,3})(?:[\x60'"\s;]|\\[nr]|$)/gi,
    entropy: 3.5,
    words: true,
  },
];

const PATHS =
  /(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|go\.sum|Cargo\.lock|poetry\.lock)$|\.(?:png|svg|min\.js)$/;
const WORDS = /example|placeholder|xxxx|\$\{|\{\{/i;

/** Whether one of the rules fires on a line that is not allowed. */
export function regexRules({ path, text }: GuardedFile): boolean {
  if (PATHS.test(path)) return false;
  const lower = text.toLowerCase();
  return RULES.some(({ keywords, pattern, entropy = 0, words = false }) => {
    if (!keywords.some((keyword) => lower.includes(keyword))) return false;
    return [...text.matchAll(pattern)].some((match) => {
      const secret = match[1] ?? match[0];
      const end = text.indexOf("\n", match.index + match[0].length - 1);
      const line = text.slice(text.lastIndexOf("\n", match.index) + 1, end === -1 ? text.length : end);
      if (words && /^[a-z_.-]+$/i.test(secret)) return false;
      return entropyOf(secret) >= entropy && !WORDS.test(secret) && !line.includes("gitleaks:allow");
    });
  });
}

function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return -[...counts.values()].reduce((sum, n) => sum + (n / text.length) * Math.log2(n / text.length), 0);
}
