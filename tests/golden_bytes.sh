#!/bin/bash
# Builds plumbline with g++ and clang++, unoptimised and optimised, and asks whether all
# of them write the same golden files as those in the tree. Slow: four whole builds.
#
#   golden_bytes.sh SOURCE_DIR SCRATCH_DIR [COMPILER:FLAGS ...]
set -euo pipefail
source=$1 scratch=$2
shift 2
[[ $# -gt 0 ]] || set -- g++:-O0 g++:-O3 clang++:-O0 clang++:-O3
failed=0
for build in "$@"; do
  compiler=${build%%:*} flags=${build#*:}
  folder=$scratch/$compiler$flags
  cmake -S "$source" -B "$folder" -G Ninja -DPLUMBLINE_BUILD_TESTS=OFF -DPLUMBLINE_WARNINGS_AS_ERRORS=OFF \
    -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS_RELEASE="$flags" >/dev/null
  cmake --build "$folder" --target plumbline >/dev/null
  "$folder/plumbline" golden write "$folder/golden" >/dev/null
  if diff -r -q "$source/golden" "$folder/golden"; then
    echo "$compiler $flags: the same bytes"
  else
    failed=1
  fi
done
exit "$failed"
