#!/bin/sh
# How the server does: bad requests, bad clients, load, start and memory. `make bench-serving` builds first.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
status=0
for script in hostile others load; do
  echo "== $script"
  python3 -B "$here/$script.py" || status=1
done
exit $status
