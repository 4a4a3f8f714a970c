#!/bin/sh
# Runs one part of the suite or of the campaign, for an engine that starts one process a part:
#   part.sh suite RESULT [options of xs-fumo test]
#   part.sh campaign RESULT [options of npm run campaign]
# The engine's environment says which part, or --shard does. RESULT is a file, or - for standard
# output. Merge the results of all parts: merge.sh. The clone must be built: npm run build.
set -eu
what=$1 result=$2
shift 2
cd "$(dirname "$0")/../../.."

file=$result
if [ "$result" = - ]; then
  file=$(mktemp)
  trap 'rm -f "$file"' EXIT
fi
status=0
case $what in
suite) node build/js/test/rig/cli.js test "$@" --log "$file" >&2 || status=$? ;;
campaign)
  node --enable-source-maps build/js/test/simulation/campaign/main.js \
    --workers 1 "$@" --json "$file" >&2 || status=$?
  ;;
*)
  echo "part.sh: $what is neither suite nor campaign" >&2
  exit 2
  ;;
esac
[ "$result" != - ] || cat "$file"
exit "$status"
