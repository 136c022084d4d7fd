/** A mistake of `examples/identity-stack/before/`, and the check that has to name it there. */
export interface Mistake {
  readonly mistake: string;
  readonly check: string;
  /** `file:line:column` of every finding, relative to the tree. */
  readonly at: readonly string[];
}

/** Everything the tree does wrong. Whatever the audit finds beyond this list is a false alarm. */
export const mistakes: readonly Mistake[] = [
  {
    mistake: "a TracingPolicy has its action on the kprobe instead of in selectors[].matchActions",
    check: "tracing-policy-misplaced-action",
    at: ["security/runtime/shell-action-outside-selectors.yaml:27:7"],
  },
  {
    mistake: "a TracingPolicy filters on an argument without declaring args",
    check: "tracing-policy-undeclared-argument",
    at: ["security/runtime/shell-argument-undeclared.yaml:15:15"],
  },
  {
    mistake: "matchNamespaces names a Kubernetes namespace, without operator and values",
    check: "tracing-policy-kubernetes-namespace",
    at: ["security/runtime/shell-kubernetes-namespace.yaml:19:15"],
  },
  {
    mistake: "a TracingPolicy named block-shells only posts events",
    check: "tracing-policy-reports-only",
    at: ["security/runtime/shell-reported-not-blocked.yaml:8:7"],
  },
  {
    mistake: "an enforcing TracingPolicy without podSelector hits the host",
    check: "tracing-policy-hits-host",
    at: ["security/runtime/shell-killed-on-the-host-too.yaml:5:1"],
  },
  {
    mistake: "a TracingPolicy kills without stopping the call",
    check: "tracing-policy-kill-too-late",
    at: ["security/runtime/shell-killed-too-late.yaml:8:7"],
  },
  {
    mistake: "a kernel function is hooked as if it were a system call",
    check: "tracing-policy-not-loaded",
    at: ["security/runtime/shell-hook-not-loaded.yaml:11:7"],
  },
  {
    mistake: "one selector is written as two list items, the second of which matches everything",
    check: "tracing-policy-catch-all",
    at: ["security/runtime/shell-selector-split-in-two.yaml:23:11"],
  },
  {
    mistake: "a CiliumNetworkPolicy in apps selects Authentik, which is installed in security",
    check: "policy-selects-nothing",
    at: ["apps/policy-selects-nothing.yaml:8:3"],
  },
  {
    mistake: "HTTP rules of the login service allow only GET /",
    check: "http-rule-blocks-login",
    at: ["security/authentik/login-read-only.yaml:22:17"],
  },
  {
    mistake: "a NetworkPolicy named deny has the rule {}, which allows everything",
    check: "network-policy-allows-everything",
    at: ["media/deny-that-allows-everything.yaml:14:7"],
  },
  {
    mistake: "a CiliumNetworkPolicy named allow has the rule {}, which denies everything",
    check: "cilium-policy-denies-everything",
    at: ["media/allow-that-denies-everything.yaml:12:7"],
  },
  {
    mistake: "the SPIRE server is configured with default_svid_ttl",
    check: "spire-removed-setting",
    at: ["infra/spire/server-setting-removed.yaml:15:7"],
  },
  {
    mistake: "a workload mounts the SPIRE agent's socket by hostPath",
    check: "spiffe-socket-host-path",
    at: ["apps/agent-socket-by-host-path.yaml:41:11"],
  },
  {
    mistake: "images have no tag, or the tag latest",
    check: "image-tag",
    at: ["apps/ignored-without-reason.yaml:25:11", "apps/image-without-tag.yaml:23:11"],
  },
  {
    mistake: "a container has no securityContext",
    check: "security-context",
    at: ["apps/security-context-missing.yaml:18:11"],
  },
  {
    mistake: "a namespace has no Pod Security labels",
    check: "namespace-pod-security",
    at: ["apps/namespace-without-pod-security.yaml:5:3"],
  },
  {
    mistake: "a secret store has the apiVersion v1beta1",
    check: "external-secrets-version",
    at: ["infra/external-secrets/store-version-not-served.yaml:1:1"],
  },
  {
    mistake: ".sops.yaml has a placeholder as recipient",
    check: "sops-placeholder-recipient",
    at: [".sops.yaml:4:10"],
  },
  {
    mistake: "an Application belongs to the project default",
    check: "argo-default-project",
    at: ["infra/argocd/default-project.yaml:7:3"],
  },
  {
    mistake: "an Application prunes",
    check: "argo-prune",
    at: ["infra/argocd/prune-enabled.yaml:17:7"],
  },
  {
    mistake: "an Application prunes and self-heals",
    check: "argo-prune-self-heal",
    at: ["infra/argocd/prune-and-self-heal.yaml:17:7"],
  },
  {
    mistake: "a CloudNativePG Cluster has no backup",
    check: "database-without-backup",
    at: ["databases/cluster-without-backup.yaml:6:1"],
  },
  {
    mistake: "a ScheduledBackup has a cron of five fields",
    check: "scheduled-backup-cron",
    at: ["databases/schedule-with-five-fields.yaml:8:3"],
  },
  {
    mistake: "the documentation says prune: false, an Application prunes",
    check: "docs-claim-prune-off",
    at: ["docs/says-prune-is-off.md:3:64"],
  },
  {
    mistake: "the documentation says projects isolate, an Application is in default",
    check: "docs-claim-project-isolation",
    at: ["docs/says-projects-isolate.md:3:58"],
  },
  {
    mistake: "the documentation says a policy kills shells, the policy only reports",
    check: "docs-claim-enforcement",
    at: ["docs/says-shells-are-blocked.md:3:42"],
  },
  {
    mistake: "an annotation ignores a check without a reason",
    check: "suppression-without-reason",
    at: ["apps/ignored-without-reason.yaml:7:5"],
  },
  {
    mistake: "a store names the provider bitwarden, which does not exist",
    check: "external-secrets-provider",
    at: ["infra/external-secrets/store-provider-unknown.yaml:7:5"],
  },
  {
    mistake: "a field is misspelt",
    check: "schema-unknown-field",
    at: ["apps/misspelt-field.yaml:7:3"],
  },
  {
    mistake: "an object has a version that is no longer served",
    check: "schema-unserved-version",
    at: ["apps/version-not-served.yaml:1:13"],
  },
  {
    mistake: "a kind is looked for in the wrong group",
    check: "schema-unknown-kind",
    at: ["apps/kind-unknown.yaml:1:13"],
  },
  {
    mistake: "a required field is missing",
    check: "schema-missing-field",
    at: ["apps/field-missing.yaml:11:13"],
  },
  {
    mistake: "a number is written as a string",
    check: "schema-invalid-value",
    at: ["apps/value-of-wrong-type.yaml:11:13"],
  },
  {
    mistake: "a label holds a sentence",
    check: "schema-invalid-metadata",
    at: ["apps/label-not-allowed.yaml:7:18"],
  },
  {
    mistake: "an object belongs to a group nobody recorded",
    check: "schema-not-checked",
    at: ["monitoring/group-without-schema.yaml:1:13"],
  },
  {
    mistake: "an object has no apiVersion",
    check: "unreadable-document",
    at: ["media/api-version-missing.yaml:1:1"],
  },
  {
    mistake: "a Secret is committed in plain text",
    check: "secret-plain-text",
    at: ["apps/secret-in-plain-text.yaml:8:3"],
  },
  {
    mistake: "a default deny leaves the pods of apps without DNS",
    check: "default-deny-without-dns",
    at: ["apps/default-deny-without-dns.yaml:9:3"],
  },
  {
    mistake: "a default deny cuts Authentik off its database",
    check: "default-deny-without-database",
    at: ["security/authentik/default-deny-without-database.yaml:9:3"],
  },
  {
    mistake: "a default deny cuts a pod with a ClusterRole off the API server",
    check: "default-deny-without-api-server",
    at: ["monitoring/default-deny-without-api-server.yaml:11:7"],
  },
  {
    mistake: "a misspelt key in .sops.yaml selects nothing",
    check: "sops-config",
    at: ["databases/.sops.yaml:3:5"],
  },
  {
    mistake: "a file that a creation rule selects is plaintext",
    check: "sops-not-encrypted",
    at: ["security/secrets/mail-not-encrypted.yaml:1:1"],
  },
  {
    mistake: "an encrypted file has lost its MAC",
    check: "sops-broken-file",
    at: ["security/secrets/mac-removed.yaml:9:1"],
  },
  {
    mistake: "a private key lies in the repository",
    check: "private-key-in-tree",
    at: ["infra/argocd/private-key-committed.pem:1:1"],
  },
];
