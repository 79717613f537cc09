#!/bin/sh
# Runs a fuzz target: `fuzz/run.sh condition 120` for two minutes (default 60 s). What it finds stands
# in fuzz/artifacts; what it learned in fuzz/corpus, so that the next run begins where this one ended.
#
# It does what cargo-fuzz does, without it and without nightly: coverage and the address sanitizer are
# flags of the stable compiler too, behind RUSTC_BOOTSTRAP. It needs a C++ compiler.
set -eu
cd "$(dirname "$0")"
target=${1:-condition}
seconds=${2:-60}
mkdir -p "corpus/$target" artifacts
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address -Ccodegen-units=1 --cfg fuzzing" \
  cargo build --release --locked --bin "$target" --target "$host"
exec "target/$host/release/$target" "corpus/$target" "seeds/$target" \
  -artifact_prefix=artifacts/ -max_total_time="$seconds" -max_len=4096 -timeout=5 \
  -dict="$target.dict" -print_final_stats=1
