#!/bin/sh
# Runs the newest client against a server with a certificate of its own making. Prints PASSED and FAILED lines.
#
#   sh Tests/clients/tls.sh HONE CLIENTS
#
# HONE is the built program, CLIENTS the folder that Tools/venv/clients.sh prints. A program that was built without TLS
# is skipped, once it has said how to build it with TLS.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
hone=$1
clients=$2
work=$(mktemp -d)
server=
leave() {
  [ -z "$server" ] || kill "$server" 2> /dev/null || true
  [ -z "$server" ] || wait "$server" 2> /dev/null || true
  rm -rf "$work"
}
trap leave EXIT
trap 'exit 1' INT TERM
echo "- tls_client.py, openai-newest"

HONE_HOME=$work/home
HONE_KEY=sk-client-tests-0123456789
export HONE_HOME HONE_KEY
if "$hone" serve --port 0 --tls-certificate "$work/none.pem" --tls-key "$work/none.pem" > "$work/out" 2> "$work/log"; then
  echo "FAILED tls.sh serves with a certificate that is not there"
fi
if grep -q 'built without TLS' "$work/log"; then
  grep -q 'swift build -c release --traits TLS' "$work/log" && [ "$(wc -l < "$work/log")" = 1 ] &&
    echo "PASSED tls.sh a_program_without_tls_says_how_to_build_one" || { echo "FAILED tls.sh"; cat "$work/log"; }
  echo "SKIPPED tls_client.py: the program was built without TLS"
  exit 0
fi
grep -q "none.pem: expected a certificate" "$work/log" || { echo "FAILED tls.sh"; cat "$work/log"; }

# certificate NAME: a certificate of its own for localhost.
certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/$1.key" -out "$work/$1.pem" -days 2 -subj "/CN=localhost" \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" 2> "$work/openssl" || { cat "$work/openssl"; exit 1; }
}
certificate first
certificate second
cp "$work/first.pem" "$work/chain.pem"
cp "$work/first.key" "$work/key.pem"
chmod 644 "$work/key.pem"

"$hone" keys create --name clients --key "$HONE_KEY" > /dev/null 2>&1
"$hone" serve --port 0 --tls-certificate "$work/chain.pem" --tls-key "$work/key.pem" > "$work/out" 2> "$work/log" &
server=$!
tries=0
until grep -q '^base URL' "$work/out"; do
  tries=$((tries + 1))
  [ $tries -lt 200 ] && kill -0 "$server" 2> /dev/null || { echo "FAILED tls.sh: no start"; cat "$work/log"; exit 1; }
  sleep 0.05
done
HONE_BASE=$(sed -n 's,^base URL *\(.*\)/v1$,\1,p' "$work/out")
HONE_SERVER=$server HONE_WORK=$work HONE_PROGRAM=$hone
export HONE_BASE HONE_SERVER HONE_WORK HONE_PROGRAM
PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 "$clients/openai-newest/bin/python" "$here/tls_client.py" 2>&1 ||
  [ $? -eq 3 ] || echo "FAILED tls_client.py ended early"
kill -0 "$server" 2> /dev/null || echo "FAILED tls.sh: the server is gone"
