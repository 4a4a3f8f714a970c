#!/usr/bin/env bash
# Parts on several machines, by ssh and GNU parallel (Debian package parallel):
#   parallel.sh HOSTS COUNT suite|campaign [options]
# HOSTS is a file of logins, one a line, as --sshloginfile has them: 2/lab-1 runs two at a time on
# lab-1, and : is this machine. Each has the same built clone at the same path, and node in the PATH
# of its ssh logins. SSH names another command than ssh.
# Part 2 writes part-2.result and part-2.result.err to the folder that RESULTS names, else here.
# Exit status: how many parts did not pass. Then: test/rig/engines/merge.sh campaign part-*.result
set -euo pipefail
if [ $# -lt 3 ]; then
  echo "parallel.sh HOSTS COUNT suite|campaign [options]" >&2
  exit 2
fi
hosts=$1 count=$2
shift 2
part=$(realpath "$(dirname "$0")/part.sh")
printf -v command '%q ' "$part" "$1" - --shard
shift
words=
[ $# -eq 0 ] || printf -v words ' %q' "$@"
exec parallel --ssh "${SSH:-ssh}" --sshloginfile "$hosts" --results "${RESULTS:-.}/part-{}.result" \
  "$command{}/$count$words" ::: $(seq "$count") >/dev/null
