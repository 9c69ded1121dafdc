#!/bin/sh
# Makes the Python environments of the clients once, outside git, and prints their folder.
#
#   sh Tools/venv/clients.sh
#
# The folder is .build/clients, or the one named by HONE_CLIENTS_VENV; it holds openai-0.27.8 (with what its prepare_data
# needs), openai-0.28.1 and openai-newest. pip's own settings choose where packages come from. Exit status 2: they cannot be made here.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${HONE_CLIENTS_VENV:-$root/.build/clients}

# environment NAME REQUIREMENT...
environment() {
  python=$folder/$1/bin/python
  [ -x "$python" ] && "$python" -c 'import openai' 2> /dev/null && return
  echo "making $folder/$1" >&2
  rm -rf "$folder/$1"
  "${PYTHON:-python3}" -m venv "$folder/$1" >&2 || exit 2
  shift
  "$python" -m pip install --quiet --disable-pip-version-check "$@" >&2 || exit 2
}

mkdir -p "$folder"
environment openai-0.27.8 openai==0.27.8 pandas openpyxl
environment openai-0.28.1 openai==0.28.1
environment openai-newest openai
echo "$folder"
