//  pool.c — worker threads that share out numbered tasks.
//
//  Tasks are claimed by compare-and-swap on one word that holds the generation of the job and the next task. A claim that
//  succeeds proves that the job is still open, so nobody waits for workers that never took part: a sleeping worker delays
//  nothing. Idle workers spin for some tens of microseconds, then sleep.

#include "Pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { SPINS = 4000 };

typedef struct {
  credence_pool *pool;
  int index;
  pthread_t thread;
} worker;

struct credence_pool {
  _Alignas(64) _Atomic uint64_t ticket;      // generation << 32 | next task
  _Alignas(64) _Atomic ptrdiff_t remaining;  // tasks of this job that are not finished
  _Alignas(64) _Atomic int sleepers;
  _Atomic bool busy, stopping;
  _Atomic ptrdiff_t count;
  _Atomic(credence_task) task;
  _Atomic(void *) context;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  int threads, started;
  worker workers[];
};

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Runs tasks of the open job until none is left. True when at least one was run.
static bool help(credence_pool *pool, int index) {
  bool any = false;
  uint64_t ticket = atomic_load(&pool->ticket);
  for (;;) {
    const ptrdiff_t next = (ptrdiff_t)(uint32_t)ticket;
    if (next >= atomic_load(&pool->count)) return any;
    if (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket + 1)) continue;
    // The job cannot end before this task does, so its fields are stable.
    atomic_load(&pool->task)(atomic_load(&pool->context), next, index);
    atomic_fetch_sub(&pool->remaining, 1);
    any = true;
    ticket = atomic_load(&pool->ticket);
  }
}

static bool open_tasks(credence_pool *pool) {
  return (ptrdiff_t)(uint32_t)atomic_load(&pool->ticket) < atomic_load(&pool->count);
}

static void *work(void *argument) {
  worker *self = argument;
  credence_pool *pool = self->pool;
  int spins = 0;
  while (!atomic_load(&pool->stopping)) {
    if (help(pool, self->index)) spins = 0;
    else if (++spins < SPINS) relax();
    else {
      pthread_mutex_lock(&pool->mutex);
      atomic_fetch_add(&pool->sleepers, 1);
      while (!open_tasks(pool) && !atomic_load(&pool->stopping)) pthread_cond_wait(&pool->wake, &pool->mutex);
      atomic_fetch_sub(&pool->sleepers, 1);
      pthread_mutex_unlock(&pool->mutex);
      spins = 0;
    }
  }
  return NULL;
}

static void wake_all(credence_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

credence_pool *credence_pool_create(int threads) {
  if (threads < 1) threads = 1;
  credence_pool *pool = aligned_alloc(64, (sizeof(credence_pool) + (size_t)threads * sizeof(worker) + 63) / 64 * 64);
  if (!pool) return NULL;
  atomic_init(&pool->ticket, 0);
  atomic_init(&pool->remaining, 0);
  atomic_init(&pool->sleepers, 0);
  atomic_init(&pool->busy, false);
  atomic_init(&pool->stopping, false);
  atomic_init(&pool->count, 0);
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pool->threads = threads;
  for (pool->started = 1; pool->started < threads; pool->started++) {
    worker *w = &pool->workers[pool->started];
    *w = (worker){.pool = pool, .index = pool->started};
    if (pthread_create(&w->thread, NULL, work, w) != 0) {
      credence_pool_destroy(pool);
      return NULL;
    }
  }
  return pool;
}

void credence_pool_destroy(credence_pool *pool) {
  atomic_store(&pool->stopping, true);
  wake_all(pool);
  for (int i = 1; i < pool->started; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

int credence_pool_threads(const credence_pool *pool) { return pool ? pool->threads : 1; }

void credence_pool_run(credence_pool *pool, ptrdiff_t count, credence_task task, void *context) {
  bool idle = false;
  if (!pool || pool->threads == 1 || count <= 1 || !atomic_compare_exchange_strong(&pool->busy, &idle, true)) {
    for (ptrdiff_t i = 0; i < count; i++) task(context, i, 0);
    return;
  }
  // Close the old job before its fields change: a stale claim then fails on the generation.
  const uint64_t generation = (atomic_load(&pool->ticket) >> 32) + 1;
  atomic_store(&pool->ticket, generation << 32 | UINT32_MAX);
  atomic_store(&pool->task, task);
  atomic_store(&pool->context, context);
  atomic_store(&pool->remaining, count);
  atomic_store(&pool->count, count);
  atomic_store(&pool->ticket, generation << 32);
  if (atomic_load(&pool->sleepers) > 0) wake_all(pool);
  help(pool, 0);
  // A worker that was taken off its processor in the middle of a task may be waiting for this one's.
  for (int spins = 0; atomic_load(&pool->remaining) > 0; spins++) {
    if (spins < SPINS) relax();
    else sched_yield();
  }
  atomic_store(&pool->busy, false);
}
