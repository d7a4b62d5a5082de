# shellcheck shell=bash
#
# Sourced by .ci/with-postgres and .ci/run.
#
# together COMMAND… runs a command in a process group of its own, passes INT, TERM and HUP on to the whole of it as
# TERM, waits until the command has ended, and returns its status. Bash alone would hear a signal only after
# the command, and a signal sent to a script alone would never reach what the script started.
# `interrupted` then tells the caller that it was asked to stop.
# shellcheck disable=SC2034 # .ci/run reads it
interrupted=no

together() {
  local group status
  set -m
  "$@" </dev/null &
  group=$!
  set +m
  trap 'interrupted=yes; kill -TERM -- "-$group" 2>/dev/null || true' INT TERM HUP
  while true; do
    status=0
    wait "$group" || status=$?
    kill -0 "$group" 2>/dev/null || break # a signal ends the wait, but not the command
  done
  for _ in {1..100}; do # make ends before what it started has tidied up
    if [ "$interrupted" = no ] || ! kill -0 -- "-$group" 2>/dev/null; then break; fi
    sleep 0.1
  done
  trap - INT TERM HUP
  return "$status"
}
