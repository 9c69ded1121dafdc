#!/bin/sh
# Installs the system libraries that Hone is built on, or says the one command that does.
set -eu

case "$(uname -s)" in
Darwin)
  # Accelerate, SQLite and zlib come with the system.
  missing=
  need() { # header formula
    for folder in /opt/homebrew/include /usr/local/include; do
      [ -e "$folder/$1" ] && return
    done
    missing="$missing $2"
  }
  need pcre2.h pcre2
  need jpeglib.h jpeg-turbo
  need png.h libpng
  # What tells the build where Homebrew keeps them.
  command -v pkg-config >/dev/null 2>&1 || missing="$missing pkgconf"
  [ -z "$missing" ] && exit 0
  command -v brew >/dev/null 2>&1 && exec brew install $missing
  echo "Hone needs libraries that are not here:$missing. Install Homebrew, then run make again." >&2
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
need jpeglib.h libjpeg-dev
need png.h libpng-dev
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
