#!/bin/sh
# Installs the system libraries that Hone is built on, or says the one command that does.
set -eu

case "$(uname -s)" in
Darwin)
  # Accelerate, SQLite and zlib come with the system.
  for folder in /opt/homebrew/include /usr/local/include; do
    [ -e "$folder/pcre2.h" ] && exit 0
  done
  command -v brew >/dev/null 2>&1 && exec brew install pcre2
  echo "Hone needs PCRE2, which is not here. Install Homebrew, then run make again." >&2
  exit 1
  ;;
esac

missing=
need() { # header package
  for folder in /usr/include /usr/local/include "/usr/include/$(uname -m)-linux-gnu"; do
    [ -e "$folder/$1" ] && return
  done
  missing="$missing $2"
}
need dnnl.h libdnnl-dev
need zlib.h zlib1g-dev
need sqlite3.h libsqlite3-dev
need pcre2.h libpcre2-dev
[ -z "$missing" ] && exit 0

if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo=sudo; else sudo=no; fi
  if [ "$sudo" != no ]; then
    echo "installing$missing"
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
  fi
  echo "Hone needs system libraries that are not here. Install them, then run make again:" >&2
  echo "  sudo apt-get install -y$missing" >&2
else
  echo "Hone needs system libraries that are not here, under these Debian names:$missing" >&2
fi
exit 1
