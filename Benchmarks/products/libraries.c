// How fast the libraries multiply float32 matrices here: oneDNN's sgemm, its matmul primitive, and OpenBLAS.
//
//   cc -O2 -o libraries libraries.c -ldnnl -ldl -lpthread -lm -fopenmp
//   OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive ./libraries [openblas.so]
//
// Prints GFLOP/s, the best of several runs. sgemm: the library's own threads; pieces: row blocks of 256 over our two
// threads, each a call of a single-threaded library; matmul: the primitive with plain layouts; packed: with the layout
// of the second operand left to the library (its reordering is not counted).
#include <dlfcn.h>
#include <dnnl.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef void (*sgemm_function)(int, int, int, int, int, int, float, const float *, int, const float *, int, float,
                               float *, int);
static sgemm_function blas;
static void (*blas_threads)(int);
static int threads;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

typedef struct {
  int rows, columns, depth, transposeLeft, transposeRight;
  float *out, *left, *right;
  atomic_int next;
  int block, useBlas;
} job;

static void one(job *j, int start, int rows) {
  const float *left = j->left + (j->transposeLeft ? start : (long)start * j->depth);
  int leftStep = j->transposeLeft ? j->rows : j->depth;
  int rightStep = j->transposeRight ? j->depth : j->columns;
  float *out = j->out + (long)start * j->columns;
  if (j->useBlas)
    blas(101, j->transposeLeft ? 112 : 111, j->transposeRight ? 112 : 111, rows, j->columns, j->depth, 1, left,
         leftStep, j->right, rightStep, 0, out, j->columns);
  else
    dnnl_sgemm(j->transposeLeft ? 'T' : 'N', j->transposeRight ? 'T' : 'N', rows, j->columns, j->depth, 1, left,
               leftStep, j->right, rightStep, 0, out, j->columns);
}

static void *pieces(void *context) {
  job *j = context;
  omp_set_num_threads(1);
  for (;;) {
    int start = atomic_fetch_add(&j->next, j->block);
    if (start >= j->rows) return NULL;
    one(j, start, start + j->block < j->rows ? j->block : j->rows - start);
  }
}

static void whole(job *j) {
  omp_set_num_threads(threads);
  one(j, 0, j->rows);
}

static void split(job *j) {
  atomic_store(&j->next, 0);
  pthread_t other[16];
  for (int i = 1; i < threads; i++) pthread_create(&other[i], NULL, pieces, j);
  pieces(j);
  for (int i = 1; i < threads; i++) pthread_join(other[i], NULL);
}

static double rate(job *j, void (*run)(job *)) {
  double best = 1e9, flops = 2.0 * j->rows * j->columns * j->depth;
  int repeats = flops > 2e10 ? 3 : 6;
  for (int i = 0; i <= repeats; i++) {
    double start = now();
    run(j);
    double spent = now() - start;
    if (i > 0 && spent < best) best = spent;
  }
  return flops / best * 1e-9;
}

static double matmul(job *j, int packed) {
  static dnnl_engine_t engine;
  static dnnl_stream_t stream;
  if (!engine) dnnl_engine_create(&engine, dnnl_cpu, 0), dnnl_stream_create(&stream, engine, 0);
  omp_set_num_threads(threads);
  dnnl_dims_t l = {j->rows, j->depth}, r = {j->depth, j->columns}, o = {j->rows, j->columns};
  dnnl_memory_desc_t ld, rd, od, any;
  dnnl_memory_desc_init_by_tag(&ld, 2, l, dnnl_f32, j->transposeLeft ? dnnl_ba : dnnl_ab);
  dnnl_memory_desc_init_by_tag(&rd, 2, r, dnnl_f32, j->transposeRight ? dnnl_ba : dnnl_ab);
  dnnl_memory_desc_init_by_tag(&any, 2, r, dnnl_f32, dnnl_format_tag_any);
  dnnl_memory_desc_init_by_tag(&od, 2, o, dnnl_f32, dnnl_ab);
  dnnl_matmul_desc_t desc;
  dnnl_primitive_desc_t pd;
  dnnl_primitive_t primitive, reorder;
  dnnl_matmul_desc_init(&desc, &ld, packed ? &any : &rd, NULL, &od);
  if (dnnl_primitive_desc_create(&pd, &desc, NULL, engine, NULL)) return 0;
  dnnl_primitive_create(&primitive, pd);
  const dnnl_memory_desc_t *wanted = dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0);
  dnnl_memory_t lm, rm, om, pm;
  dnnl_memory_create(&lm, &ld, engine, j->left);
  dnnl_memory_create(&rm, &rd, engine, j->right);
  dnnl_memory_create(&om, &od, engine, j->out);
  dnnl_memory_create(&pm, wanted, engine, DNNL_MEMORY_ALLOCATE);
  dnnl_primitive_desc_t rpd;
  dnnl_reorder_primitive_desc_create(&rpd, &rd, engine, wanted, engine, NULL);
  dnnl_primitive_create(&reorder, rpd);
  dnnl_exec_arg_t ra[] = {{DNNL_ARG_FROM, rm}, {DNNL_ARG_TO, pm}};
  dnnl_primitive_execute(reorder, stream, 2, ra);
  dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, lm}, {DNNL_ARG_WEIGHTS, packed ? pm : rm}, {DNNL_ARG_DST, om}};
  double best = 1e9, flops = 2.0 * j->rows * j->columns * j->depth;
  int repeats = flops > 2e10 ? 3 : 6;
  for (int i = 0; i <= repeats; i++) {
    double start = now();
    dnnl_primitive_execute(primitive, stream, 3, args);
    dnnl_stream_wait(stream);
    double spent = now() - start;
    if (i > 0 && spent < best) best = spent;
  }
  dnnl_primitive_destroy(primitive), dnnl_primitive_destroy(reorder);
  dnnl_primitive_desc_destroy(pd), dnnl_primitive_desc_destroy(rpd);
  dnnl_memory_destroy(lm), dnnl_memory_destroy(rm), dnnl_memory_destroy(om), dnnl_memory_destroy(pm);
  return flops / best * 1e-9;
}

static float *numbers(long count) {
  float *values = aligned_alloc(64, (count * 4 + 63) / 64 * 64);
  for (long i = 0; i < count; i++) values[i] = (float)(rand() % 2001 - 1000) * 1e-3f;
  return values;
}

static void measure(const char *name, int rows, int columns, int depth, int tl, int tr) {
  job j = {.rows = rows, .columns = columns, .depth = depth, .transposeLeft = tl, .transposeRight = tr, .block = 256};
  j.out = numbers((long)rows * columns);
  j.left = numbers((long)rows * depth);
  j.right = numbers((long)depth * columns);
  for (threads = 1; threads <= 2; threads++) {
    j.useBlas = 0;
    double sgemm = rate(&j, whole), split_sgemm = rate(&j, split);
    double plain = matmul(&j, 0), packed = matmul(&j, 1), open = 0, split_open = 0;
    if (blas) {
      j.useBlas = 1;
      blas_threads(threads), open = rate(&j, whole);
      blas_threads(1), split_open = rate(&j, split);
    }
    printf("%-8s %5d × %5d × %5d  threads %d: sgemm %4.0f pieces %4.0f matmul %4.0f packed %4.0f openblas %4.0f pieces %4.0f\n",
           name, rows, columns, depth, threads, sgemm, split_sgemm, plain, packed, open, split_open);
    fflush(stdout);
  }
  free(j.out), free(j.left), free(j.right);
}

int main(int argc, char **argv) {
  void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
  if (library) {
    blas = (sgemm_function)dlsym(library, "cblas_sgemm");
    blas_threads = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  }
  const int layers[][2] = {{768, 2304}, {768, 768}, {768, 3072}, {3072, 768}, {256, 768}, {256, 1024}};
  const int counts[] = {512, 2048, 3360};
  for (int c = 0; c < 3; c++)
    for (int l = 0; l < 6; l++) {
      measure("forward", counts[c], layers[l][1], layers[l][0], 0, 0);
      measure("dx", counts[c], layers[l][0], layers[l][1], 0, 1);
      measure("dW", layers[l][0], layers[l][1], counts[c], 1, 0);
    }
  const int chunks[] = {64, 512};
  for (int c = 0; c < 2; c++) {
    measure("table", chunks[c], 50257, 768, 0, 1);
    measure("table dx", chunks[c], 768, 50257, 0, 0);
    measure("table dW", 50257, 768, chunks[c], 1, 0);
  }
}
