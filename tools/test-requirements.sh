#!/bin/sh
# What the tests need beside Python and Node: installed when that is allowed, else named in one command.
set -eu

missing=
need() { command -v "$1" >/dev/null || missing="$missing $2"; }
need chromium chromium
need pdftotext poppler-utils
need openssl openssl
need curl curl
need jq jq
need javac default-jdk-headless
need mvn maven
need redis-server redis-server

[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086
    exec apt-get install -y -qq --no-install-recommends $missing
fi
echo "The tests need more programs. On Debian: sudo apt-get install$missing" >&2
exit 1
