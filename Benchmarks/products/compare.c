// Three ways to do the float32 products of training, side by side in the same minutes, all on our pool:
//   own      our tiles, the right side packed on every call, sums begun at the bias
//   sgemm    dnnl_sgemm in 4 pieces along the longer side, the bias filled in before
//   matmul   oneDNN's primitive over pieces of 256 rows, the right side reordered on every call, bias inside
//
//   clang -O2 -I../../Sources/CHoneKernels/include -o compare compare.c ../../Sources/CHoneKernels/*.c -ldnnl -lpthread -lm -ldl
//   HONE_BENCH_THREADS=2 ./compare
#include <dnnl.h>
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
  for (size_t i = 0; i < count; i++) values[i] = (float)(rand() % 2001 - 1000) * 1e-3f;
  return values;
}

typedef struct {
  int rows, columns, depth, tl, tr;
  float *out, *left, *right, *bias;
  hone_product own;
  dnnl_primitive_t whole, rest, reorder;
  dnnl_memory_desc_t ld, rd, od, bd, wanted, lr, or_;
  void *packed;
  dnnl_memory_desc_t scratch;
} job;

enum { PIECE = 256 };
static dnnl_engine_t engine;
static dnnl_stream_t stream;

static void own(job *j) {
  hone_pack_float32((void *)j->own.packed, (hone_matrix){j->right, (size_t)(j->tr ? j->depth : j->columns), j->tr},
                    j->own.depth, j->own.columns);
  hone_product_float32(&j->own);
}

static void sgemm_piece(void *context, size_t i) {
  job *j = context;
  int byRows = j->rows >= j->columns, count = byRows ? j->rows : j->columns, blocks = (count + 15) / 16;
  int a = blocks * (int)i / 4 * 16, b = blocks * ((int)i + 1) / 4 * 16;
  if (b > count) b = count;
  int r0 = byRows ? a : 0, r1 = byRows ? b : j->rows, c0 = byRows ? 0 : a, c1 = byRows ? j->columns : b;
  if (j->bias)
    for (int r = r0; r < r1; r++)
      memcpy(j->out + (size_t)r * j->columns + c0, j->bias + c0, (size_t)(c1 - c0) * 4);
  dnnl_sgemm(j->tl ? 'T' : 'N', j->tr ? 'T' : 'N', r1 - r0, c1 - c0, j->depth, 1,
             j->left + (j->tl ? (size_t)r0 : (size_t)r0 * j->depth), j->tl ? j->rows : j->depth,
             j->right + (j->tr ? (size_t)c0 * j->depth : (size_t)c0), j->tr ? j->depth : j->columns, 1,
             j->out + (size_t)r0 * j->columns + c0, j->columns);
}
static void sgemm(job *j) { hone_parallel(4, sgemm_piece, j); }

static dnnl_primitive_t primitive(job *j, int rows, dnnl_memory_desc_t *ld, dnnl_memory_desc_t *od) {
  dnnl_dims_t l = {rows, j->depth}, r = {j->depth, j->columns}, o = {rows, j->columns}, b = {1, j->columns};
  dnnl_memory_desc_t any;
  dnnl_memory_desc_init_by_tag(ld, 2, l, dnnl_f32, dnnl_ab);
  dnnl_memory_desc_init_by_tag(&j->rd, 2, r, dnnl_f32, j->tr ? dnnl_ba : dnnl_ab);
  dnnl_memory_desc_init_by_tag(&any, 2, r, dnnl_f32, dnnl_format_tag_any);
  dnnl_memory_desc_init_by_tag(od, 2, o, dnnl_f32, dnnl_ab);
  dnnl_memory_desc_init_by_tag(&j->bd, 2, b, dnnl_f32, dnnl_ab);
  dnnl_matmul_desc_t desc;
  dnnl_matmul_desc_init(&desc, ld, &any, j->bias ? &j->bd : NULL, od);
  dnnl_primitive_attr_t attr;
  dnnl_primitive_attr_create(&attr);
  dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
  dnnl_primitive_desc_t pd;
  dnnl_primitive_t result;
  if (dnnl_primitive_desc_create(&pd, &desc, attr, engine, NULL)) exit(1);
  dnnl_primitive_create(&result, pd);
  j->scratch = *dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0);
  j->wanted = *dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0);
  return result;
}

static dnnl_memory_t view(const dnnl_memory_desc_t *desc, void *data) {
  dnnl_memory_t memory;
  dnnl_memory_create(&memory, desc, engine, data);
  return memory;
}

static void reorder_piece(void *context, size_t i) {
  job *j = context;
  dnnl_memory_t from = view(&j->rd, j->right), to = view(&j->wanted, j->packed);
  dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
  dnnl_primitive_execute(j->reorder, stream, 2, args);
  dnnl_memory_destroy(from), dnnl_memory_destroy(to);
}

static void matmul_piece(void *context, size_t i) {
  job *j = context;
  int full = (int)(i + 1) * PIECE <= j->rows;
  dnnl_memory_t l = view(full ? &j->ld : &j->lr, j->left + i * PIECE * j->depth), b = view(&j->bd, j->bias),
                r = view(&j->wanted, j->packed), o = view(full ? &j->od : &j->or_, j->out + i * PIECE * j->columns);
  static _Thread_local void *memory;
  if (!memory) memory = aligned_alloc(4096, 64 << 20);
  dnnl_memory_t scratch = view(&j->scratch, memory);
  dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, l}, {DNNL_ARG_WEIGHTS, r}, {DNNL_ARG_DST, o}, {DNNL_ARG_SCRATCHPAD, scratch},
                            {DNNL_ARG_BIAS, b}};
  dnnl_primitive_execute(full ? j->whole : j->rest, stream, j->bias ? 5 : 4, args);
  dnnl_memory_destroy(scratch);
  dnnl_memory_destroy(l), dnnl_memory_destroy(r), dnnl_memory_destroy(o), dnnl_memory_destroy(b);
}

static void matmul(job *j) {
  hone_parallel(1, reorder_piece, j);
  hone_parallel((size_t)(j->rows + PIECE - 1) / PIECE, matmul_piece, j);
}

int main(void) {
  const char *threads = getenv("HONE_BENCH_THREADS");
  if (threads) hone_set_thread_count(atoi(threads));
  dnnl_engine_create(&engine, dnnl_cpu, 0), dnnl_stream_create(&stream, engine, 0);
  const int layers[][2] = {{768, 2304}, {768, 768}, {768, 3072}, {3072, 768}, {256, 1024}};
  const int counts[] = {512, 2048, 3360};
  const char *names[] = {"forward", "dx", "dW"};
  printf("threads %d, GFLOP/s, best of 8 in turn\n", hone_thread_count());
  for (int c = 0; c < 3; c++)
    for (int s = 0; s < 5; s++)
      for (int mode = 0; mode < 3; mode++) {
        int rows = counts[c], in = layers[s][0], out = layers[s][1];
        job j = {.rows = mode == 2 ? in : rows, .columns = mode == 1 ? in : out,
                 .depth = mode == 0 ? in : mode == 1 ? out : rows, .tl = mode == 2, .tr = mode == 1};
        j.out = numbers((size_t)j.rows * j.columns), j.left = numbers((size_t)j.rows * j.depth);
        j.right = numbers((size_t)j.depth * j.columns), j.bias = mode == 0 ? numbers((size_t)j.columns) : NULL;
        j.own = (hone_product){j.out, (size_t)j.columns, {j.left, (size_t)(j.tl ? j.rows : j.depth), j.tl}, NULL,
                               j.bias, mode == 2, 0, (size_t)j.rows, (size_t)j.depth, (size_t)j.columns, NULL, NULL};
        j.own.packed = aligned_alloc(64, hone_packed_bytes_float32(j.own.depth, j.own.columns));
        if (mode != 2) {
          if (j.rows % PIECE) j.rest = primitive(&j, j.rows % PIECE, &j.lr, &j.or_);
          j.whole = primitive(&j, PIECE, &j.ld, &j.od);
          dnnl_primitive_desc_t pd;
          dnnl_reorder_primitive_desc_create(&pd, &j.rd, engine, &j.wanted, engine, NULL);
          dnnl_primitive_create(&j.reorder, pd);
          j.packed = aligned_alloc(64, dnnl_memory_desc_get_size(&j.wanted) / 64 * 64 + 64);
        }
        double best[3] = {1e9, 1e9, 1e9};
        void (*ways[])(job *) = {own, sgemm, matmul};
        for (int i = 0; i < 8; i++)
          for (int w = 0; w < (mode == 2 ? 2 : 3); w++) {
            double start = now();
            ways[w](&j);
            double spent = now() - start;
            if (spent < best[w]) best[w] = spent;
          }
        double work = 2e-9 * j.rows * j.columns * j.depth;
        printf("%-8s %5d × %5d × %5d: own %4.0f  sgemm %4.0f  matmul %4.0f\n", names[mode], j.rows, j.columns, j.depth,
               work / best[0], work / best[1], mode == 2 ? 0 : work / best[2]);
        fflush(stdout);
        free(j.out), free(j.left), free(j.right), free(j.bias), free((void *)j.own.packed), free(j.packed);
      }
}
