// One pool of threads for the whole process. Matrix libraries that bring their own (OpenMP) are told to use one
// thread inside each of ours, so that two pools never compete for the same cores.
#define _GNU_SOURCE
#include "hone_pool.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

enum { MOST_THREADS = 256 };

static int requested_threads = 0;
static int started_threads = 0;
static pthread_once_t start_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t caller_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t job_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t job_posted = PTHREAD_COND_INITIALIZER;
static pthread_cond_t job_ended = PTHREAD_COND_INITIALIZER;

static hone_task job_task;
static void *job_context;
static size_t job_count;
static atomic_size_t job_next;
static unsigned long job_number = 0;
static int workers_busy = 0;

static _Thread_local bool inside_piece = false;
static _Thread_local bool library_threads_limited = false;

static void limit_library_threads(void) {
  if (library_threads_limited) return;
  library_threads_limited = true;
  void (*set_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set_threads) set_threads(1);
}

static int processors(void) {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

void hone_set_thread_count(int count) {
  requested_threads = count < 0 ? 0 : count > MOST_THREADS ? MOST_THREADS : count;
}

int hone_thread_count(void) {
  if (requested_threads > 0) return requested_threads;
  const char *wanted = getenv("HONE_THREADS");
  int count = wanted ? atoi(wanted) : 0;
  return count > 0 && count <= MOST_THREADS ? count : processors();
}

static void run_pieces(void) {
  inside_piece = true;
  for (;;) {
    size_t index = atomic_fetch_add(&job_next, 1);
    if (index >= job_count) break;
    job_task(job_context, index);
  }
  inside_piece = false;
}

static void *worker(void *unused) {
  (void)unused;
  limit_library_threads();
  unsigned long seen = 0;
  pthread_mutex_lock(&job_lock);
  for (;;) {
    while (job_number == seen) pthread_cond_wait(&job_posted, &job_lock);
    seen = job_number;
    pthread_mutex_unlock(&job_lock);
    run_pieces();
    pthread_mutex_lock(&job_lock);
    if (--workers_busy == 0) pthread_cond_signal(&job_ended);
  }
  return NULL;
}

static void start_workers(void) {
  int wanted = hone_thread_count() - 1;
  for (int i = 0; i < wanted; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, worker, NULL) != 0) break;
    pthread_detach(thread);
    started_threads++;
  }
}

void hone_parallel(size_t count, hone_task task, void *context) {
  limit_library_threads();
  if (count == 0) return;
  if (count > 1 && !inside_piece) pthread_once(&start_once, start_workers);
  if (count == 1 || inside_piece || started_threads == 0) {
    bool outer = inside_piece;
    inside_piece = true;
    for (size_t index = 0; index < count; index++) task(context, index);
    inside_piece = outer;
    return;
  }
  pthread_mutex_lock(&caller_lock);
  pthread_mutex_lock(&job_lock);
  job_task = task;
  job_context = context;
  job_count = count;
  atomic_store(&job_next, 0);
  workers_busy = started_threads;
  job_number++;
  pthread_cond_broadcast(&job_posted);
  pthread_mutex_unlock(&job_lock);
  run_pieces();
  pthread_mutex_lock(&job_lock);
  while (workers_busy > 0) pthread_cond_wait(&job_ended, &job_lock);
  pthread_mutex_unlock(&job_lock);
  pthread_mutex_unlock(&caller_lock);
}
