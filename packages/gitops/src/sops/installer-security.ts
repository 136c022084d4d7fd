/** For init containers that install decryption tools: Pod Security "restricted", as the user of Argo CD's own image. */
export function installerSecurity() {
  return {
    runAsNonRoot: true,
    runAsUser: 999,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
}
