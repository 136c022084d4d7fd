#!/bin/sh
# The Node that npm packages bring needs glibc in its usual place. Where it cannot start (musl, NixOS), the Node that
# started pnpm takes over; check-node.mjs says so if that one is too old.
bin="${1:-node_modules/.bin}/node"
if [ -e "$bin" ] && ! "$bin" --version >/dev/null 2>&1; then
  rm -f "$bin"
  echo "The Node of the workspace does not start on this system: using $(command -v node || echo 'none') instead." >&2
fi
