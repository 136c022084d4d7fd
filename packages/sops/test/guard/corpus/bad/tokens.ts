import { bad } from "../construct.ts";
import { hex, letters, upper } from "../throw-away.ts";

const url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const serviceAccount = (payload: object) => `${url({ alg: "RS256", kid: "x" })}.${url(payload)}.${letters("sig", 340)}`;
const account = {
  iss: "https://kubernetes.default.svc",
  sub: "system:serviceaccount:apps:web",
  "kubernetes.io": { namespace: "apps" },
};

export const tokens = [
  bad("GitHub token", "token", {
    "values.yaml": `github:\n  token: ghp_${letters("gh1", 36)}\n`,
    ".npmrc": `//npm.pkg.github.com/:_authToken=ghp_${letters("gh2", 36)}\n`,
    "clone.sh": `git clone https://x:gho_${letters("gh3", 36)}@github.com/a/b\n`,
    "fine.env": `TOKEN=github_pat_${letters("gh4", 22)}_${letters("gh5", 59)}\n`,
    "app.json": `{"token": "ghs_${letters("gh6", 36)}"}\n`,
  }),
  bad("GitLab token", "token", {
    "values.yaml": `token: glpat-${letters("gl1", 20)}\n`,
    "runner.toml": `token = "glrt-${letters("gl2", 20)}"\n`,
    "deploy.env": `DEPLOY=gldt-${letters("gl3", 20)}\n`,
    "routable.yaml": `token: "glpat-${letters("gl4", 27)}.01.${letters("gl5", 9)}"\n`,
  }),
  bad("AWS access key", "token", {
    credentials: `[default]\naws_access_key_id = AKIA${upper("aws1", 16)}\naws_secret_access_key = ${letters("aws2", 40)}\n`,
    "main.tf": `access_key = "AKIA${upper("aws3", 16)}"\n`,
    "backup.yaml": `accessKeyId: ASIA${upper("aws4", 16)}\n`,
    ".env": `AWS_ACCESS_KEY_ID=AKIA${upper("aws5", 16)}\n`,
  }),
  bad("Slack token or webhook", "token", {
    "alertmanager.yaml": `slack_api_url: https://hooks.slack.com/services/T${upper("s1", 8)}/B${upper("s2", 8)}/${letters("s3", 24)}\n`,
    "bot.env": `SLACK=xoxb-123456789012-210987654321-${letters("s4", 24)}\n`,
    "user.yaml": `token: xoxp-123456789012-210987654321-321098765432-${hex("s5", 32)}\n`,
    "app.json": `{"token": "xapp-1-A0123456789-1234567890123-${hex("s6", 64)}"}\n`,
  }),
  bad("chat bot token or webhook", "token", {
    "discord.yaml": `url: https://discord.com/api/webhooks/123456789012345678/${letters("d1", 68)}\n`,
    "telegram.yaml": `bot_token: "1234567890:AA${letters("t1", 33)}"\n`,
    "telegram.sh": `curl https://api.telegram.org/bot1234567890:AA${letters("t2", 33)}/getMe\n`,
  }),
  bad("token of a package registry", "token", {
    ".npmrc": `//registry.npmjs.org/:_authToken=npm_${letters("n1", 36)}\n`,
    ".pypirc": `password = pypi-AgEIcHlwaS5vcmc${letters("p1", 70)}\n`,
    "docker.env": `DOCKER=dckr_pat_${letters("k1", 27)}\n`,
  }),
  bad("token of a secret store", "token", {
    "vault.yaml": `token: hvs.${letters("v1", 90)}\n`,
    "bitwarden.env": `BWS_ACCESS_TOKEN=0.${hex("b1", 8)}-${hex("b2", 4)}-${hex("b3", 4)}-${hex("b4", 4)}-${hex("b5", 12)}.${letters("b6", 30)}:${letters("b7", 22)}==\n`,
    "doppler.sh": `DOPPLER_TOKEN=dp.st.prd.${letters("o1", 43)}\n`,
    "op.env": `OP_SERVICE_ACCOUNT_TOKEN=ops_eyJ${letters("o2", 300)}\n`,
  }),
  bad("token of a cloud service", "token", {
    "azure.yaml": `connection: DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${letters("z1", 86)}==;EndpointSuffix=core.windows.net\n`,
    "entra.tfvars": `client_secret = "${letters("e1", 3)}8Q~${letters("e2", 34)}"\n`,
    "google.ts": `const key = "AIza${letters("g1", 35)}";\n`,
    "digitalocean.env": `TOKEN=dop_v1_${hex("do", 64)}\n`,
    "tailscale.yaml": `authkey: tskey-auth-${letters("ts", 12)}CNTRL-${letters("ts2", 32)}\n`,
    "terraform.rc": `token = "${letters("tf", 14)}.atlasv1.${letters("tf2", 67)}"\n`,
    "cloudflare.yaml": `key: v1.0-${hex("cf", 24)}-${hex("cf2", 146)}\n`,
  }),
  bad("token of a paid or AI service", "token", {
    "stripe.env": `STRIPE=sk_live_${letters("st", 24)}\n`,
    "sendgrid.yaml": `key: SG.${letters("sg", 22)}.${letters("sg2", 43)}\n`,
    "anthropic.env": `KEY=sk-ant-api03-${letters("an", 93)}AA\n`,
    "openai.py": `key = "sk-proj-${letters("oa", 40)}T3BlbkFJ${letters("oa2", 40)}"\n`,
    "hf.yaml": `token: hf_${letters("hf", 34, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")}\n`,
    "grafana.json": `{"token": "glsa_${letters("gr", 32)}_${hex("gr2", 8)}"}\n`,
  }),
  bad("Kubernetes service account token", "token", {
    kubeconfig: `users:\n  - user:\n      token: ${serviceAccount(account)}\n`,
    "curl.sh": `curl -H 'Authorization: Bearer ${serviceAccount(account)}' https://cluster\n`,
    "legacy.yaml": `token: ${serviceAccount({ iss: "kubernetes/serviceaccount", "kubernetes.io/serviceaccount/namespace": "apps" })}\n`,
  }),
];
