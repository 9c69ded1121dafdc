#!/bin/sh
# Makes the Python environment of the peers once, and prints the path of its python.
#
#   sh Tools/venv/make.sh
#
# The environment is .venv-peers in the project (outside git), or the folder named by HONE_PEERS_VENV.
# pip's own settings (PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS) choose where packages come from;
# an index with CPU builds of torch saves some 5 GB.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${HONE_PEERS_VENV:-$(cd "$here/../.." && pwd)/.venv-peers}
python=$folder/bin/python

ready() {
  [ -x "$python" ] && "$python" -c '
import importlib.util, sys
names = "numpy torch transformers tokenizers tiktoken safetensors ctranslate2 sentence_transformers onnxruntime sklearn PIL".split()
sys.exit(any(importlib.util.find_spec(name) is None for name in names))'
}

if ! ready; then
  echo "making $folder (torch, transformers, ctranslate2: some minutes and up to 6 GB)" >&2
  [ -x "$python" ] || "${PYTHON:-python3}" -m venv "$folder" >&2 || {
    echo "python3 has no venv: install it with 'apt-get install python3-venv', or name an environment in HONE_PEERS_VENV" >&2
    exit 1
  }
  "$python" -m pip install --quiet --requirement "$here/requirements.txt" >&2
  ready || { echo "$folder lacks a package of Tools/venv/requirements.txt; remove the folder and try again" >&2; exit 1; }
fi
echo "$python"
