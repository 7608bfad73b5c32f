#!/usr/bin/env bash
# The step of action.yml that runs rerankctl. Inputs come as environment variables, one argument a line, so that nothing in
# them is read by a shell.
set -uo pipefail

words=()
add_lines() { # prefix, text
  while IFS= read -r line; do
    if [ -n "$line" ]; then words+=(${1:+"$1"} "$line"); fi
  done <<<"$2"
}
add_lines -f "$RERANKCTL_ACTION_FILES"
add_lines '' "$RERANKCTL_ACTION_ARGS"
case "$RERANKCTL_ACTION_COMMAND" in
  plan) words+=(--detailed-exitcode) ;;
  apply) words+=(--yes) ;;
esac

code=0
# RERANKCTL_ACTION_PROGRAM: another way to start it, e.g. one that is installed already.
${RERANKCTL_ACTION_PROGRAM:-npx --yes "rerankctl@$RERANKCTL_ACTION_VERSION"} "$RERANKCTL_ACTION_COMMAND" "${words[@]}" \
  --report "markdown=$RUNNER_TEMP/rerankctl.md" || code=$?

if [ "$code" -eq 2 ] && [ "$RERANKCTL_ACTION_FAIL_ON_CHANGES" != true ]; then exit 0; fi
exit "$code"
