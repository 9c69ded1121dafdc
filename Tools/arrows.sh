#!/bin/sh
# Fails when a room imports what the table does not allow it. Usage: arrows.sh TABLE SOURCES
set -eu
table=$1
sources=$2
free=" Swift Synchronization Glibc Darwin Musl Dispatch "
bad=0
for folder in "$sources"/*/; do
  room=$(basename "$folder")
  line=$(grep "^$room:" "$table") || { echo "$room: is not in $table; give it a line"; bad=1; continue; }
  allowed=" ${line#*:} $free"
  imports=$(find "$folder" -name '*.swift' -exec sed -nE \
    's/^ *(@[a-zA-Z_()]+ +)*((public|package|internal|private|fileprivate) +)?import +((struct|class|enum|func|var|protocol) +)?([A-Za-z_][A-Za-z0-9_]*).*/\6/p' {} + | sort -u)
  for import in $imports; do
    case "$allowed" in
    *" $import "*) ;;
    *) echo "$room: may not import $import ($(grep -rlE "import +([a-z]+ +)?$import" "$folder" | head -n 1))"; bad=1 ;;
    esac
  done
done
[ $bad = 0 ] && echo "arrows: every room imports only what $table allows"
exit $bad
