#!/bin/sh
# Measures on this machine. Needs a GPU with its driver, and Python; compares with PyTorch where Python has it.
#   ./run.sh <folder for results> [--tiny] [--no-peer] [--only <start of a name>]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: run.sh <folder for results> [options]}
shift

unpack() {
  [ -e "$2" ] && return
  if command -v xz >/dev/null; then xz -dc "$1" >"$2.part"
  else python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), open(sys.argv[2], "wb"))' "$1" "$2.part"
  fi
  chmod +x "$2.part"
  mv "$2.part" "$2"
}

dawn=$here/node_modules/webgpu/dist/linux-x64/dawn.node
unpack "$here/node.xz" "$here/node"
unpack "$dawn.xz" "$dawn"
exec "$here/node" "$here/dist/program/main.js" --out "$out" "$@"
