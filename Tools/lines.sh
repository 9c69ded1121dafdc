#!/bin/sh
# Lines of code, room by room, and the longest files.
set -eu
for folder in Sources/* Tests/*; do
  [ -d "$folder" ] || continue
  lines=$(find "$folder" \( -name '*.swift' -o -name '*.c' -o -name '*.h' \) -exec cat {} + | wc -l)
  printf '%7d  %s\n' "$lines" "$folder"
done
echo "longest files:"
find Sources Tests \( -name '*.swift' -o -name '*.c' -o -name '*.h' \) -exec wc -l {} + | grep -v ' total$' | sort -rn | head -n 8
