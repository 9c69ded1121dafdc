#pragma once
int hone_kernels_placeholder(void);
