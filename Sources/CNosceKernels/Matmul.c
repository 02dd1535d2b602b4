// Matrix products through oneDNN, version 2 or 3.
//
// Parallelism belongs to the caller: each thread that arrives here tells oneDNN's OpenMP runtime,
// once, to use one thread. 32-bit products go to dnnl_sgemm, which has no set-up cost; bfloat16
// products use matmul primitives, which are costly to create and are kept per thread.

#include "CNosceKernels.h"
#include "Internal.h"

#include <dnnl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct product_key {
  ptrdiff_t m, n, k, lda, ldb, ldc;
  int flags;  // transpose_a, transpose_b, accumulate
} product_key;

typedef struct product_entry {
  product_key key;
  dnnl_primitive_t primitive;
  dnnl_memory_t a, b, c, scratch;
  struct product_entry *next;
} product_entry;

enum { bucket_count = 256, entry_limit = 1024 };

typedef struct thread_state {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  product_entry *buckets[bucket_count];
  int entries;
} thread_state;

static pthread_key_t state_key;
static pthread_once_t state_once = PTHREAD_ONCE_INIT;
static int state_key_made = 0;

static void drop_entries(thread_state *state) {
  for (int i = 0; i < bucket_count; i++) {
    product_entry *entry = state->buckets[i];
    while (entry) {
      product_entry *next = entry->next;
      if (entry->primitive) dnnl_primitive_destroy(entry->primitive);
      if (entry->a) dnnl_memory_destroy(entry->a);
      if (entry->b) dnnl_memory_destroy(entry->b);
      if (entry->c) dnnl_memory_destroy(entry->c);
      if (entry->scratch) dnnl_memory_destroy(entry->scratch);
      free(entry);
      entry = next;
    }
    state->buckets[i] = NULL;
  }
  state->entries = 0;
}

static void drop_state(void *pointer) {
  thread_state *state = pointer;
  if (!state) return;
  drop_entries(state);
  if (state->stream) dnnl_stream_destroy(state->stream);
  if (state->engine) dnnl_engine_destroy(state->engine);
  free(state);
}

static void make_key(void) {
  state_key_made = pthread_key_create(&state_key, drop_state) == 0;
}

static thread_state *this_thread(void) {
  pthread_once(&state_once, make_key);
  if (!state_key_made) return NULL;
  thread_state *state = pthread_getspecific(state_key);
  if (state) return state;
  state = calloc(1, sizeof *state);
  if (!state) return NULL;
  // The setting is per thread. Builds of oneDNN without OpenMP have no such symbol and need none.
  void (*set_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set_threads) set_threads(1);
#if defined(__x86_64__)
  // Refused once products have been made, when an earlier thread has already said the same.
  if (nosce_allowed_level() < nosce_avx512) {
    dnnl_set_max_cpu_isa(
        nosce_allowed_level() == nosce_avx2 ? dnnl_cpu_isa_avx2 : dnnl_cpu_isa_sse41);
  }
#endif
  if (dnnl_engine_create(&state->engine, dnnl_cpu, 0) != dnnl_success
      || dnnl_stream_create(&state->stream, state->engine, dnnl_stream_default_flags)
          != dnnl_success
      || pthread_setspecific(state_key, state) != 0) {
    drop_state(state);
    return NULL;
  }
  return state;
}

const char *nosce_dnnl_version(void) {
  static const char text[] = {
#define DIGITS(x) TEXT(x)
#define TEXT(x) #x
      DIGITS(DNNL_VERSION_MAJOR) "." DIGITS(DNNL_VERSION_MINOR) "." DIGITS(DNNL_VERSION_PATCH)};
  return text;
}

static size_t hash_of(const product_key *key) {
  size_t h = (size_t)key->m * 0x9e3779b97f4a7c15u;
  h = (h ^ (size_t)key->n) * 0x9e3779b97f4a7c15u;
  h = (h ^ (size_t)key->k) * 0x9e3779b97f4a7c15u;
  h = (h ^ (size_t)(key->lda * 31 + key->ldb * 17 + key->ldc * 7 + key->flags))
      * 0x9e3779b97f4a7c15u;
  return h >> 40;
}

static int same_key(const product_key *x, const product_key *y) {
  return x->m == y->m && x->n == y->n && x->k == y->k && x->lda == y->lda && x->ldb == y->ldb
      && x->ldc == y->ldc && x->flags == y->flags;
}

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t descriptor;
static int describe(
    descriptor *out, ptrdiff_t rows, ptrdiff_t columns, bool transposed, ptrdiff_t ld,
    dnnl_data_type_t type) {
  const dnnl_dims_t sizes = {rows, columns};
  const dnnl_dims_t strides = {transposed ? 1 : ld, transposed ? ld : 1};
  return dnnl_memory_desc_create_with_strides(out, 2, sizes, type, strides);
}
#define DESCRIPTOR_POINTER(d) (d)
static void release(descriptor d) {
  if (d) dnnl_memory_desc_destroy(d);
}
#else
typedef dnnl_memory_desc_t descriptor;
static int describe(
    descriptor *out, ptrdiff_t rows, ptrdiff_t columns, bool transposed, ptrdiff_t ld,
    dnnl_data_type_t type) {
  const dnnl_dims_t sizes = {rows, columns};
  const dnnl_dims_t strides = {transposed ? 1 : ld, transposed ? ld : 1};
  return dnnl_memory_desc_init_by_strides(out, 2, sizes, type, strides);
}
#define DESCRIPTOR_POINTER(d) (&(d))
#endif

static int create(thread_state *state, const product_key *key, product_entry *entry) {
  const bool ta = key->flags & 1, tb = key->flags & 2, accumulate = key->flags & 4;
  descriptor a, b, c;
  memset(&a, 0, sizeof a);
  memset(&b, 0, sizeof b);
  memset(&c, 0, sizeof c);
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_post_ops_t after = NULL;
  dnnl_primitive_desc_t plan = NULL;
  int status = describe(&a, key->m, key->k, ta, key->lda, dnnl_bf16);
  if (!status) status = describe(&b, key->k, key->n, tb, key->ldb, dnnl_bf16);
  if (!status) status = describe(&c, key->m, key->n, false, key->ldc, dnnl_f32);
  if (!status) status = dnnl_primitive_attr_create(&attributes);
  if (!status)
    status = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  if (!status && accumulate) {
    status = dnnl_post_ops_create(&after);
#if DNNL_VERSION_MAJOR >= 3
    if (!status) status = dnnl_post_ops_append_sum(after, 1.0f, 0, dnnl_data_type_undef);
#else
    if (!status) status = dnnl_post_ops_append_sum(after, 1.0f);
#endif
    if (!status) status = dnnl_primitive_attr_set_post_ops(attributes, after);
  }
#if DNNL_VERSION_MAJOR >= 3
  if (!status)
    status = dnnl_matmul_primitive_desc_create(&plan, state->engine, a, b, NULL, c, attributes);
#else
  dnnl_matmul_desc_t operation;
  if (!status) status = dnnl_matmul_desc_init(&operation, &a, &b, NULL, &c);
  if (!status)
    status = dnnl_primitive_desc_create(&plan, &operation, attributes, state->engine, NULL);
#endif
  if (!status) status = dnnl_primitive_create(&entry->primitive, plan);
  if (!status)
    status = dnnl_memory_create(&entry->a, DESCRIPTOR_POINTER(a), state->engine, DNNL_MEMORY_NONE);
  if (!status)
    status = dnnl_memory_create(&entry->b, DESCRIPTOR_POINTER(b), state->engine, DNNL_MEMORY_NONE);
  if (!status)
    status = dnnl_memory_create(&entry->c, DESCRIPTOR_POINTER(c), state->engine, DNNL_MEMORY_NONE);
  if (!status) {
#if DNNL_VERSION_MAJOR >= 3
    const_dnnl_memory_desc_t scratch =
        dnnl_primitive_desc_query_md(plan, dnnl_query_scratchpad_md, 0);
#else
    const dnnl_memory_desc_t *scratch =
        dnnl_primitive_desc_query_md(plan, dnnl_query_scratchpad_md, 0);
#endif
    status = dnnl_memory_create(&entry->scratch, scratch, state->engine, DNNL_MEMORY_ALLOCATE);
  }
  if (plan) dnnl_primitive_desc_destroy(plan);
  if (after) dnnl_post_ops_destroy(after);
  if (attributes) dnnl_primitive_attr_destroy(attributes);
#if DNNL_VERSION_MAJOR >= 3
  release(a);
  release(b);
  release(c);
#endif
  return status;
}

static int find(thread_state *state, const product_key *key, product_entry **found) {
  const size_t bucket = hash_of(key) % bucket_count;
  for (product_entry *entry = state->buckets[bucket]; entry; entry = entry->next) {
    if (same_key(&entry->key, key)) {
      *found = entry;
      return 0;
    }
  }
  if (state->entries >= entry_limit) drop_entries(state);
  product_entry *entry = calloc(1, sizeof *entry);
  if (!entry) return dnnl_out_of_memory;
  entry->key = *key;
  entry->next = state->buckets[bucket];
  state->buckets[bucket] = entry;
  state->entries++;
  const int status = create(state, key, entry);
  if (status) {
    drop_entries(state);
    return status;
  }
  *found = entry;
  return 0;
}

int nosce_sgemm(
    bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, float alpha,
    const float *a, ptrdiff_t lda, const float *b, ptrdiff_t ldb, float beta, float *c,
    ptrdiff_t ldc) {
  return dnnl_sgemm(
      transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta, c,
      ldc);
}

int nosce_matmul(
    nosce_type type, bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
    const void *a, ptrdiff_t lda, const void *b, ptrdiff_t ldb, bool accumulate, float *c,
    ptrdiff_t ldc) {
  if (m == 0 || n == 0) return 0;
  thread_state *state = this_thread();
  if (!state) return dnnl_out_of_memory;
  if (type == nosce_float32) {
    return nosce_sgemm(
        transpose_a, transpose_b, m, n, k, 1.0f, a, lda, b, ldb, accumulate ? 1.0f : 0.0f, c, ldc);
  }
  const product_key key = {
      m, n, k, lda, ldb, ldc, (transpose_a ? 1 : 0) | (transpose_b ? 2 : 0) | (accumulate ? 4 : 0)};
  product_entry *entry = NULL;
  int status = find(state, &key, &entry);
  if (status) return status;
  status = dnnl_memory_set_data_handle(entry->a, (void *)a);
  if (!status) status = dnnl_memory_set_data_handle(entry->b, (void *)b);
  if (!status) status = dnnl_memory_set_data_handle(entry->c, c);
  if (status) return status;
  const dnnl_exec_arg_t arguments[] = {
      {DNNL_ARG_SRC, entry->a},
      {DNNL_ARG_WEIGHTS, entry->b},
      {DNNL_ARG_DST, entry->c},
      {DNNL_ARG_SCRATCHPAD, entry->scratch}};
  return dnnl_primitive_execute(entry->primitive, state->stream, 4, arguments);
}

int nosce_prepare_thread(void) {
  return this_thread() ? 0 : dnnl_out_of_memory;
}
