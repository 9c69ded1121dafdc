#!/bin/sh
# Makes the Python environments of the clients once, outside git, and prints their folder.
#
#   sh Tools/venv/clients.sh
#
# The folder is .build/clients, or the one named by HONE_CLIENTS_VENV; it holds openai-0.27.8 (with what its prepare_data
# and embeddings_utils need), openai-0.28.1 and openai-newest. pip's own settings choose where packages come from. Exit status 2: they cannot be made here.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${HONE_CLIENTS_VENV:-$root/.build/clients}

# environment NAME MODULE REQUIREMENT...: where the module can be imported, it is there already.
environment() {
  python=$folder/$1/bin/python
  [ -x "$python" ] && "$python" -c "import $2" 2> /dev/null && return
  echo "making $folder/$1" >&2
  rm -rf "$folder/$1"
  "${PYTHON:-python3}" -m venv "$folder/$1" >&2 || exit 2
  shift 2
  "$python" -m pip install --quiet --disable-pip-version-check "$@" >&2 || exit 2
}

mkdir -p "$folder"
environment openai-0.27.8 openai.embeddings_utils 'openai[embeddings]==0.27.8' openpyxl
environment openai-0.28.1 openai openai==0.28.1
environment openai-newest openai openai
echo "$folder"
