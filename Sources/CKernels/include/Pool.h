//  Pool.h — worker threads that share out numbered tasks.

#ifndef CREDENCE_POOL_H
#define CREDENCE_POOL_H

#include <stddef.h>

typedef struct credence_pool credence_pool;

/// A task: its number, and the worker that runs it, 0 for the thread that called `credence_pool_run`.
typedef void (*credence_task)(void *context, ptrdiff_t index, int worker);

/// A pool of `threads` threads in all, the caller's counted. NULL when the system refuses a thread.
credence_pool *credence_pool_create(int threads);
void credence_pool_destroy(credence_pool *pool);
int credence_pool_threads(const credence_pool *pool);

/// Runs tasks 0 ..< count, each once, in any order, and returns when all are done. Allocates nothing. From inside a task,
/// or while another thread uses the pool, the tasks run on the calling thread as worker 0 of nobody: see `pool` NULL.
void credence_pool_run(credence_pool *pool, ptrdiff_t count, credence_task task, void *context);

#endif
