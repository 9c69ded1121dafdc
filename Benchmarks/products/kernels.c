// How fast our own packed products are: GFLOP/s with many rows, and milliseconds per decoding step with few.
//
//   clang -O2 -I../../Sources/CHoneKernels/include -o kernels kernels.c ../../Sources/CHoneKernels/*.c -lpthread -lm -ldl
//   ./kernels many | decode | read      (threads: HONE_BENCH_THREADS)
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CHoneKernels.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static float *numbers(size_t count) {
  float *values = aligned_alloc(64, (count * 4 + 63) / 64 * 64);
  unsigned long state = 1;
  for (size_t i = 0; i < count; i++) {
    state = state * 6364136223846793005ul + 1442695040888963407ul;
    values[i] = (float)(long)(state >> 40) * 0x1p-23f - 1;
  }
  return values;
}

static const char *names[] = {"float32", "bfloat16", "int8"};
typedef void (*product_function)(const hone_product *);
static const product_function products[] = {hone_product_float32, hone_product_bfloat16, hone_product_int8};

static hone_product packed(int precision, size_t depth, size_t columns, const float *w) {
  hone_product p = {.depth = depth, .columns = columns};
  size_t padded = (columns + 31) / 32 * 32;
  hone_matrix m = {w, columns, 0};
  size_t bytes = precision == 0   ? hone_packed_bytes_float32(depth, columns)
                 : precision == 1 ? hone_packed_bytes_bfloat16(depth, columns)
                                  : hone_packed_bytes_int8(depth, columns);
  void *memory = aligned_alloc(64, bytes);
  float *scales = aligned_alloc(64, padded * 4);
  int32_t *sums = aligned_alloc(64, padded * 4);
  if (precision == 0) hone_pack_float32(memory, m, depth, columns);
  if (precision == 1) hone_pack_bfloat16(memory, m, depth, columns);
  if (precision == 2) hone_pack_int8(memory, scales, sums, m, depth, columns);
  p.packed = memory, p.scales = scales, p.sums = sums;
  return p;
}

static const int layers[][2] = {{768, 2304}, {768, 768}, {768, 3072}, {3072, 768}};

static double best_of(int repeats, void (*run)(void *), void *context) {
  double best = 1e9;
  for (int i = 0; i <= repeats; i++) {
    double start = now();
    run(context);
    double spent = now() - start;
    if (i > 0 && spent < best) best = spent;
  }
  return best;
}

typedef struct {
  hone_product p;
  product_function run;
} one;

static void run_one(void *context) {
  one *o = context;
  o->run(&o->p);
}

static void many(void) {
  const int counts[] = {16, 64, 512, 2048};
  const int shapes[][2] = {{768, 2304}, {768, 768}, {768, 3072}, {3072, 768}, {256, 1024}, {768, 50257}};
  for (int s = 0; s < 6; s++)
    for (int precision = 0; precision < 3; precision++) {
      size_t depth = (size_t)shapes[s][0], columns = (size_t)shapes[s][1];
      float *w = numbers(depth * columns);
      one o = {packed(precision, depth, columns, w), products[precision]};
      printf("%5zu × %5zu %-8s GFLOP/s at rows:", depth, columns, names[precision]);
      for (int c = 0; c < 4; c++) {
        size_t rows = (size_t)counts[c];
        if (rows * columns > 40000000) continue;
        float *x = numbers(rows * depth);
        o.p.x = (hone_matrix){x, depth, 0};
        o.p.rows = rows, o.p.out = numbers(rows * columns), o.p.out_step = columns;
        printf("  %zu: %.0f", rows, 2e-9 * rows * columns * depth / best_of(10, run_one, &o));
        fflush(stdout);
        free(x), free(o.p.out);
      }
      printf("\n");
      free(w), free((void *)o.p.packed);
    }
}

// What training asks for: the weight is packed on every call. mode 0 forward, 1 dx, 2 dW (accumulates).
typedef struct {
  hone_product p;
  hone_matrix right;
} packing_product;

static void run_packing(void *context) {
  packing_product *t = context;
  hone_pack_float32((void *)t->p.packed, t->right, t->p.depth, t->p.columns);
  hone_product_float32(&t->p);
}

static void train(void) {
  const int counts[] = {512, 2048, 3360};
  const char *modes[] = {"forward", "dx", "dW"};
  const int shapes[][2] = {{768, 2304}, {768, 768}, {768, 3072}, {3072, 768}, {256, 768}, {256, 1024}};
  for (int c = 0; c < 3; c++)
    for (int s = 0; s < 6; s++)
      for (int mode = 0; mode < 3; mode++) {
        size_t rows = (size_t)counts[c], inputs = (size_t)shapes[s][0], outputs = (size_t)shapes[s][1];
        packing_product t = {0};
        float *x = numbers(rows * inputs), *w = numbers(inputs * outputs), *y = numbers(rows * outputs);
        if (mode == 0) t.p = (hone_product){y, outputs, {x, inputs, 0}, 0, 0, 0, 0, rows, inputs, outputs, 0, 0};
        if (mode == 1) t.p = (hone_product){x, inputs, {y, outputs, 0}, 0, 0, 0, 0, rows, outputs, inputs, 0, 0};
        if (mode == 2) t.p = (hone_product){w, outputs, {x, inputs, 1}, 0, 0, 1, 0, inputs, rows, outputs, 0, 0};
        t.right = mode == 0 ? (hone_matrix){w, outputs, 0} : mode == 1 ? (hone_matrix){w, outputs, 1} : (hone_matrix){y, outputs, 0};
        t.p.packed = aligned_alloc(64, hone_packed_bytes_float32(t.p.depth, t.p.columns));
        double all = best_of(4, run_packing, &t);
        one o = {t.p, hone_product_float32};
        double product = best_of(4, run_one, &o), flops = 2e-9 * rows * inputs * outputs;
        printf("%-8s %5zu × %5zu × %5zu: with packing %4.0f, without %4.0f GFLOP/s\n", modes[mode], t.p.rows, t.p.columns,
               t.p.depth, flops / all, flops / product);
        fflush(stdout);
        free(x), free(w), free(y), free((void *)t.p.packed);
      }
}

static void decode(void) {
  for (int precision = 0; precision < 3; precision++) {
    hone_product all[25];
    for (int i = 0; i < 25; i++) {
      size_t depth = i < 24 ? (size_t)layers[i % 4][0] : 768, columns = i < 24 ? (size_t)layers[i % 4][1] : 50257;
      float *w = numbers(depth * columns);
      all[i] = packed(precision, depth, columns, w);
      free(w);
    }
    size_t bytes = 0;
    for (int i = 0; i < 25; i++)
      bytes += (all[i].columns + 31) / 32 * 32 * all[i].depth * (precision == 0 ? 4 : precision == 1 ? 2 : 1);
    float *x = numbers(64 * 3072), *out = numbers(64 * 50257);
    for (size_t rows = 1; rows <= 64; rows = rows < 4 ? rows + 1 : rows < 16 ? rows + 4 : rows * 2) {
      double best = 1e9;
      for (int repeat = 0; repeat < 12; repeat++) {
        double start = now();
        for (int i = 0; i < 25; i++) {
          hone_product p = all[i];
          p.x = (hone_matrix){x, p.depth, 0}, p.rows = rows, p.out = out, p.out_step = p.columns;
          products[precision](&p);
        }
        double spent = now() - start;
        if (spent < best) best = spent;
      }
      printf("%-8s %2zu rows: %6.2f ms a step, %5.1f GB/s, %6.0f tokens/s\n", names[precision], rows, best * 1e3,
             bytes / best * 1e-9, rows / best);
      fflush(stdout);
    }
    for (int i = 0; i < 25; i++) free((void *)all[i].packed);
    free(x), free(out);
  }
}

typedef float wide __attribute__((vector_size(64)));
static float *memory;
static const size_t memory_count = (size_t)80 << 20;

__attribute__((target("avx512f"))) static void read_piece(void *context, size_t index) {
  const wide *values = (const wide *)(memory + memory_count / 32 * index);
  wide sum[4] = {0};
  for (size_t i = 0; i < memory_count / 32 / 16; i += 4) {
    __builtin_prefetch((const char *)(values + i) + 2048);
    __builtin_prefetch((const char *)(values + i) + 2048 + 64);
    __builtin_prefetch((const char *)(values + i) + 2048 + 128);
    __builtin_prefetch((const char *)(values + i) + 2048 + 192);
    for (int j = 0; j < 4; j++) sum[j] += values[i + j];
  }
  sum[0] += sum[1] + sum[2] + sum[3];
  ((volatile float *)context)[index] = sum[0][0];
}

static void read_memory(void *context) { hone_parallel(32, read_piece, context); }

int main(int argc, char **argv) {
  const char *threads = getenv("HONE_BENCH_THREADS"), *what = argc > 1 ? argv[1] : "decode";
  if (threads) hone_set_thread_count(atoi(threads));
  printf("kernels %s, threads %d\n", hone_products_choice_name(), hone_thread_count());
  if (strcmp(what, "read") == 0) {
    float results[32];
    memory = numbers(memory_count);
    printf("memory, read: %.1f GB/s\n", memory_count * 4e-9 / best_of(20, read_memory, results));
  }
  if (strcmp(what, "many") == 0) many();
  if (strcmp(what, "train") == 0) train();
  if (strcmp(what, "decode") == 0) decode();
}
