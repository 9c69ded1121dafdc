// The few loops that dominate and that no library gives, in C, and the threads that run them.
// This room knows arrays and their sizes; it knows no model, no text and no file.
#pragma once

#include "gemv.h"
#include "hone_images.h"
#include "hone_kernels.h"
#include "hone_loops.h"
#include "hone_pool.h"
#include "hone_rounding.h"
#include "hone_scratch.h"
#include "hone_vectors.h"
