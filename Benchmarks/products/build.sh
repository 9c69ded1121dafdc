#!/bin/sh
# Builds the measuring programs into the folder named by the first argument.
set -e
cd "$(dirname "$0")"
CC=${CC:-clang}
$CC -O2 -I../../Sources/CHoneKernels/include -o "$1/kernels" kernels.c ../../Sources/CHoneKernels/*.c -lpthread -lm -ldl
