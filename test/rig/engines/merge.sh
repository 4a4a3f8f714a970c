#!/bin/sh
# Judges the results of all parts as one run; part.sh writes them:
#   merge.sh suite RESULT… [--junit FILE] [--report FILE]
#   merge.sh campaign RESULT… [--json FILE]
set -eu
what=$1
shift
build=$(dirname "$0")/../../../build/js/test
case $what in
suite) exec node "$build/rig/cli.js" merge "$@" ;;
campaign) exec node "$build/simulation/campaign/main.js" --merge "$@" ;;
*)
  echo "merge.sh: $what is neither suite nor campaign" >&2
  exit 2
  ;;
esac
