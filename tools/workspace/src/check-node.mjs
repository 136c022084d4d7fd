// Plain JavaScript on purpose: it has to run on the Node versions that it turns away.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `This workspace runs on Node >= 22.18, and this is Node ${process.versions.node} on ${process.platform}-${process.arch}.\n` +
      "On Linux (glibc) and macOS `pnpm install` brings Node 24 along as an npm package;\n" +
      "if it was skipped (musl, NixOS, --no-optional), put a newer Node on PATH and run the command again.\n",
  );
  process.exit(1);
}
