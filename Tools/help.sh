#!/bin/sh
# Writes Docs/commands.md from the program's own help: sh Tools/help.sh .build/release/hone
set -eu
hone=$1
{
  echo "# Commands"
  echo
  echo "What \`hone --help\` says, written by \`Tools/help.sh\`; the tests compare it with the program."
  for command in "" prepare tune complete classify models "models list" "models show" "models new" "models export" \
    "models rm" "models path" pull serve jobs "jobs list" "jobs show" "jobs follow" "jobs cancel" "jobs pause" "jobs resume" \
    "jobs rm" import embed tokens distill customize alias "alias set" "alias list" "alias rm" cache "cache show" "cache import" "cache clear" "models verify" index "index add" "index list" "index show" "index check" "index compact" "index backup" "index restore" "index rebuild" "index import" "index export" "index rm" search recommend ask code "code index" "code search" "code grep" near images "images index" "images search" "images classify" "images check" "images list" "images rm" keys "keys create" "keys list" "keys revoke" usage env "api fine_tunes.create" "api completions.create" "tools fine_tunes.prepare_data"; do
    printf '\n## hone %s\n\n```\n' "$command" | sed 's/ $//'
    # shellcheck disable=SC2086 # words of the command
    COLUMNS=100 "$hone" $command --help
    echo '```'
  done
} >Docs/commands.md
