/* The slow lane: requests that may wait for the disk or for a password's hash. */
#include "inside.h"

#include <stdlib.h>

struct lane {
    struct http_server *server;
    pthread_t *threads;
    unsigned count;
    pthread_mutex_t lock; /* protects: first, last, closing */
    pthread_cond_t wake;
    struct call *first;
    struct call **last;
    bool closing;
};

static struct call *lane_take(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    while (!lane->first && !lane->closing)
        pthread_cond_wait(&lane->wake, &lane->lock);
    struct call *call = lane->first;
    if (call) {
        lane->first = call->next;
        if (!lane->first)
            lane->last = &lane->first;
    }
    pthread_mutex_unlock(&lane->lock);
    return call;
}

static void run_call(struct worker *worker, struct call *call)
{
    struct http_request request = {
        .method = call->method,
        .path = call->path,
        .body = buf_view(&call->body),
        .arena = call->arena,
        .exchange = &call->exchange,
    };
    worker_run(worker, call->server, &request);
    call->done = true;
    MHD_resume_connection(call->connection);
}

static void *lane_main(void *data)
{
    struct lane *lane = data;
    struct call *call;
    while ((call = lane_take(lane)))
        run_call(worker_here(lane->server), call);
    return NULL;
}

struct lane *lane_open(struct http_server *server, unsigned threads)
{
    struct lane *lane = mem_zero(sizeof *lane);
    lane->server = server;
    lane->last = &lane->first;
    lane->count = threads ? threads : 1;
    lane->threads = mem_zero(lane->count * sizeof *lane->threads);
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->wake, NULL);
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 8u << 20);
    for (unsigned i = 0; i < lane->count; i++) {
        if (pthread_create(&lane->threads[i], &attr, lane_main, lane) == 0)
            continue;
        log_event(LOG_ERROR, "http.no_thread", "what=lane");
        abort(); /* as for memory: nobody would ever be answered */
    }
    pthread_attr_destroy(&attr);
    return lane;
}

void lane_close(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    lane->closing = true;
    pthread_cond_broadcast(&lane->wake);
    pthread_mutex_unlock(&lane->lock);
    for (unsigned i = 0; i < lane->count; i++)
        pthread_join(lane->threads[i], NULL);
    pthread_cond_destroy(&lane->wake);
    pthread_mutex_destroy(&lane->lock);
    mem_free(lane->threads);
    mem_free(lane);
}

void lane_give(struct lane *lane, struct call *call)
{
    call->next = NULL;
    pthread_mutex_lock(&lane->lock);
    *lane->last = call;
    lane->last = &call->next;
    pthread_cond_signal(&lane->wake);
    pthread_mutex_unlock(&lane->lock);
}
