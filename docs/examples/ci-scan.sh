#!/bin/sh
# ci-scan.sh FOLDER [OPTION...] PATH...: one scan, its reports in FOLDER, the
# findings on standard output. Exit status: 0 nothing found, 1 findings, 2 not done
# or not done whole.
#
# IRQLINT names the program. BASE, if set, is the revision that a change is
# compared with: only the units that it reaches are looked at then.
set -u
irqlint=${IRQLINT:-irqlint}
out=$1
shift
mkdir -p "$out"
rm -f "$out"/irqlint.*
status=0
"$irqlint" scan ${BASE:+"--changed-since=$BASE"} --keep="$out/work" --format=json \
  --output="$out/irqlint.json" --stats="$out/irqlint.stats.json" "$@" || status=$?
test -f "$out/irqlint.json" || exit "$status"
for format in sarif html; do
  "$irqlint" merge --format=$format --output="$out/irqlint.$format" "$out/irqlint.json" 2>/dev/null
  test $? -ne 2 || test "$status" -eq 2 || status=2
done
"$irqlint" merge "$out/irqlint.json" 2>/dev/null
exit "$status"
