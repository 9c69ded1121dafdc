#!/bin/sh
# Builds the measuring programs into the folder named by the first argument.
set -e
cd "$(dirname "$0")"
ROOM=../../Sources/CHoneKernels
CC=${CC:-clang}
$CC -O2 -I$ROOM/include -o "$1/kernels" kernels.c $ROOM/*.c -lpthread -lm -ldl
$CC -O2 -I$ROOM/include -o "$1/compare" compare.c $ROOM/*.c -ldnnl -lpthread -lm -ldl
cc -O2 -fopenmp -o "$1/libraries" libraries.c -ldnnl -ldl -lpthread -lm
