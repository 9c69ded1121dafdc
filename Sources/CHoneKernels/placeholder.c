#include "CHoneKernels.h"
int hone_kernels_placeholder(void) { return 0; }
