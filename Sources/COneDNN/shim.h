// oneDNN as Swift calls it: its general float32 product, and one product of bfloat16 matrices made once and run often.
#pragma once

#include <dnnl.h>
#include <stddef.h>

// A product out (rows, columns) = left (rows, depth) · right (depth, columns), float32 out, bfloat16 left and right.
typedef struct {
  dnnl_primitive_t primitive;
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_memory_desc_t left, right, bias, out, scratch;   // a pointer in version 3, unused there
  // Columns of a panel where the right side is wanted as [panel][depth / 2][width][2], 0 where it is wanted plain.
  int width;
  size_t right_bytes, scratch_bytes;
} hone_dnnl_product;

#if DNNL_VERSION_MAJOR == 2

static const int hone_dnnl_widths[] = {16, 32, 48, 64};
static const dnnl_format_tag_t hone_dnnl_panels[] = {dnnl_BA16a16b2a, dnnl_BA16a32b2a, dnnl_BA16a48b2a,
                                                     dnnl_BA16a64b2a};

static inline dnnl_memory_desc_t hone_dnnl_matrix(long rows, long columns, dnnl_data_type_t type,
                                                  dnnl_format_tag_t layout) {
  dnnl_dims_t sizes = {rows, columns};
  dnnl_memory_desc_t matrix;
  if (dnnl_memory_desc_init_by_tag(&matrix, 2, sizes, type, layout) != dnnl_success)
    dnnl_memory_desc_init_by_tag(&matrix, 2, sizes, type, dnnl_format_tag_any);
  return matrix;
}

static inline dnnl_primitive_attr_t hone_dnnl_options(int accumulate) {
  dnnl_primitive_attr_t options = NULL;
  dnnl_post_ops_t after = NULL;
  dnnl_primitive_attr_create(&options);
  dnnl_primitive_attr_set_scratchpad_mode(options, dnnl_scratchpad_mode_user);
  if (accumulate) {
    dnnl_post_ops_create(&after);
    dnnl_post_ops_append_sum(after, 1);
    dnnl_primitive_attr_set_post_ops(options, after);
    dnnl_post_ops_destroy(after);
  }
  return options;
}

static inline void hone_dnnl_destroy(hone_dnnl_product *p) {
  if (p->primitive) dnnl_primitive_destroy(p->primitive);
  if (p->stream) dnnl_stream_destroy(p->stream);
  if (p->engine) dnnl_engine_destroy(p->engine);
  *p = (hone_dnnl_product){0};
}

static inline int hone_dnnl_width(const dnnl_memory_desc_t *right, long depth, long columns) {
  for (int i = 0; i < 4; i++) {
    dnnl_memory_desc_t panels = hone_dnnl_matrix(depth, columns, dnnl_bf16, hone_dnnl_panels[i]);
    if (dnnl_memory_desc_equal(right, &panels)) return hone_dnnl_widths[i];
  }
  return 0;
}

// panel_width: 32 when the right side is already in panels of that many columns, 0 when the library may choose.
// Returns 0, or a status of the library when it cannot.
static inline int hone_dnnl_create(hone_dnnl_product *p, long rows, long columns, long depth, int bias, int accumulate,
                                   int panel_width) {
  *p = (hone_dnnl_product){0};
  dnnl_format_tag_t layout = panel_width == 32 ? dnnl_BA16a32b2a : dnnl_format_tag_any;
  dnnl_memory_desc_t right = hone_dnnl_matrix(depth, columns, dnnl_bf16, layout);
  p->left = hone_dnnl_matrix(rows, depth, dnnl_bf16, dnnl_ab);
  p->bias = hone_dnnl_matrix(1, columns, dnnl_f32, dnnl_ab);
  p->out = hone_dnnl_matrix(rows, columns, dnnl_f32, dnnl_ab);
  dnnl_matmul_desc_t wanted;
  dnnl_primitive_desc_t chosen = NULL;
  dnnl_primitive_attr_t options = hone_dnnl_options(accumulate);
  dnnl_status_t status = dnnl_engine_create(&p->engine, dnnl_cpu, 0);
  if (!status) status = dnnl_stream_create(&p->stream, p->engine, dnnl_stream_default_flags);
  if (!status) status = dnnl_matmul_desc_init(&wanted, &p->left, &right, bias ? &p->bias : NULL, &p->out);
  if (!status) status = dnnl_primitive_desc_create(&chosen, &wanted, options, p->engine, NULL);
  if (!status) {
    p->right = *dnnl_primitive_desc_query_md(chosen, dnnl_query_weights_md, 0);
    p->scratch = *dnnl_primitive_desc_query_md(chosen, dnnl_query_scratchpad_md, 0);
    dnnl_memory_desc_t plain = hone_dnnl_matrix(depth, columns, dnnl_bf16, dnnl_ab);
    p->width = hone_dnnl_width(&p->right, depth, columns);
    if (p->width == 0 && !dnnl_memory_desc_equal(&p->right, &plain)) status = dnnl_unimplemented;
    p->right_bytes = dnnl_memory_desc_get_size(&p->right);
    p->scratch_bytes = dnnl_memory_desc_get_size(&p->scratch);
  }
  if (!status) status = dnnl_primitive_create(&p->primitive, chosen);
  if (chosen) dnnl_primitive_desc_destroy(chosen);
  if (options) dnnl_primitive_attr_destroy(options);
  if (status) hone_dnnl_destroy(p);
  return (int)status;
}

static inline dnnl_memory_t hone_dnnl_view(const hone_dnnl_product *p, const dnnl_memory_desc_t *matrix,
                                           const void *data) {
  dnnl_memory_t memory = NULL;
  dnnl_memory_create(&memory, matrix, p->engine, (void *)data);
  return memory;
}

// Several threads may run one product at a time, each with scratch of its own.
static inline int hone_dnnl_run(const hone_dnnl_product *p, const void *left, const void *right, const float *bias,
                                float *out, void *scratch) {
  dnnl_exec_arg_t arguments[] = {
      {DNNL_ARG_SRC, hone_dnnl_view(p, &p->left, left)},
      {DNNL_ARG_WEIGHTS, hone_dnnl_view(p, &p->right, right)},
      {DNNL_ARG_DST, hone_dnnl_view(p, &p->out, out)},
      {DNNL_ARG_SCRATCHPAD, hone_dnnl_view(p, &p->scratch, scratch)},
      {DNNL_ARG_BIAS, bias ? hone_dnnl_view(p, &p->bias, bias) : NULL},
  };
  int status = (int)dnnl_primitive_execute(p->primitive, p->stream, bias ? 5 : 4, arguments);
  for (int i = 0; i < 5; i++)
    if (arguments[i].memory) dnnl_memory_destroy(arguments[i].memory);
  return status;
}

#else

// Another version describes its products differently: bfloat16 products are left out, float32 ones remain.
static inline int hone_dnnl_create(hone_dnnl_product *p, long rows, long columns, long depth, int bias, int accumulate,
                                   int panel_width) {
  (void)p, (void)rows, (void)columns, (void)depth, (void)bias, (void)accumulate, (void)panel_width;
  return (int)dnnl_unimplemented;
}
static inline void hone_dnnl_destroy(hone_dnnl_product *p) { (void)p; }
static inline int hone_dnnl_run(const hone_dnnl_product *p, const void *left, const void *right, const float *bias,
                                float *out, void *scratch) {
  (void)p, (void)left, (void)right, (void)bias, (void)out, (void)scratch;
  return (int)dnnl_unimplemented;
}

#endif
