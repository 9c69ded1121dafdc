#!/bin/sh
# Runs the real Python clients against a live server.
#
#   sh Tests/clients/run.sh [HONE [SCRIPT...]]
#
# HONE is the built program (default .build/release/hone); a script is named without its folder. Where pip cannot
# install the clients, it says so and passes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
hone=${1:-$root/.build/release/hone}
case $hone in /*) ;; *) hone=$PWD/$hone ;; esac
[ $# -eq 0 ] || shift

clients=$(sh "$root/Tools/venv/clients.sh") || {
  echo "clients: SKIPPED, for pip cannot install the clients here"
  exit 0
}
work=$(mktemp -d)
server=
leave() {
  [ -z "$server" ] || kill "$server" 2> /dev/null || true
  [ -z "$server" ] || wait "$server" 2> /dev/null || true
  rm -rf "$work"
}
trap leave EXIT
trap 'exit 1' INT TERM

HONE_HOME=$work/home
HONE_KEY=sk-client-tests-0123456789
# Here clients wait for training, so that it must not give way to whatever else runs.
HONE_NICE=0
export HONE_HOME HONE_KEY HONE_NICE
"$hone" keys create --name clients --key "$HONE_KEY" > "$work/key" 2>&1 || { cat "$work/key"; exit 1; }
: > "$work/out"
: > "$work/results"
"$hone" serve --port 0 > "$work/out" 2> "$work/log" &
server=$!
tries=0
until grep -q '^base URL' "$work/out"; do
  tries=$((tries + 1))
  [ $tries -lt 200 ] && kill -0 "$server" 2> /dev/null || { cat "$work/log"; exit 1; }
  sleep 0.05
done
HONE_BASE=$(sed -n 's,^base URL *\(.*\)/v1$,\1,p' "$work/out")
HONE_PROGRAM=$hone
HONE_WORK=$work
export HONE_BASE HONE_PROGRAM HONE_WORK

# runs ENVIRONMENT SCRIPT...
runs() {
  environment=$1
  shift
  for script; do
    echo "- $script, $environment"
    mkdir -p "$work/$environment"
    (cd "$work/$environment" && PATH=$clients/$environment/bin:$PATH PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 \
      python "$here/$script" 2>&1 || [ $? -eq 3 ] || echo "FAILED $script ended early") | tee -a "$work/results"
  done
}

wanted() {
  for script; do
    case " $chosen " in "  " | *" $(basename "$script") "*) printf '%s ' "$script" ;; esac
  done
}
chosen=$*

legacy="legacy_completions.py legacy_errors.py legacy_jobs.py"
runs openai-0.27.8 $(wanted $legacy legacy_embeddings.py azure_walk.py legacy_command_line.py classification_walk.py)
runs openai-0.28.1 $(wanted $legacy jobs_command_line.py)
runs openai-newest $(wanted raw_http.py current_inference.py current_embeddings.py current_vector_stores.py current_jobs.py terminal.py ../../Benchmarks/serving/hostile.py)
case " $chosen " in "  " | *" tls_client.py "*) sh "$here/tls.sh" "$hone" "$clients" 2>&1 | tee -a "$work/results" ;; esac

passed=$(grep -c '^PASSED' "$work/results" || true)
failed=$(grep -c '^FAILED' "$work/results" || true)
kill -0 "$server" 2> /dev/null || { echo "the server is gone:"; tail -20 "$work/log"; failed=$((failed + 1)); }
[ "$failed" -eq 0 ] || { echo "the server's log ends with:"; tail -20 "$work/log"; }
echo "clients: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
