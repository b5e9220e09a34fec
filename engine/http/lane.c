/* The slow lane: requests that may wait for the disk or for a password's hash. And who
 * is not answered yet, on these threads or on those of GET: MHD wants no suspended
 * connection when it stops. */
#include "inside.h"

#include <poll.h>
#include <stdlib.h>
#include <time.h>

enum { DRAIN_MS = 1000, NAP_MS = 5 };

struct lane {
    struct http_server *server;
    pthread_t *threads;
    unsigned count;
    pthread_mutex_t lock; /* protects all below */
    pthread_cond_t wake;
    size_t idle; /* threads asleep that nobody has woken; never too few */
    struct call *first;
    struct call **last;
    size_t open;   /* calls that are not answered yet */
    size_t unsent; /* … or whose answer is not with the client yet */
    bool closing;
};

static struct call *lane_take(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    while (!lane->first && !(lane->closing && !lane->open)) {
        lane->idle++;
        pthread_cond_wait(&lane->wake, &lane->lock);
    }
    struct call *call = lane->first;
    if (call) {
        lane->first = call->next;
        if (!lane->first)
            lane->last = &lane->first;
    }
    pthread_mutex_unlock(&lane->lock);
    return call;
}

bool parking_is_over(struct http_ticket *ticket, enum parking mine)
{
    bool over =
        __atomic_exchange_n(&ticket->parking, mine, __ATOMIC_ACQ_REL) != PARK_RUNS;
    if (over)
        __atomic_store_n(&ticket->parking, PARK_RUNS, __ATOMIC_RELEASE);
    return over;
}

bool call_run(struct worker *worker, struct call *call)
{
    struct http_request request = {
        .method = call->method,
        .path = call->path,
        .body = buf_view(&call->body),
        .arena = call->arena,
        .parked = call->ticket.data,
        .exchange = &call->exchange,
    };
    call->ticket.data = NULL;
    worker_run(worker, call->server, &request);
    return !call->ticket.data;
}

static void run_on_lane(struct lane *lane, struct call *call)
{
    if (call_run(worker_here(lane->server), call)) {
        call->done = true;
        lane_leave(lane, call);
        MHD_resume_connection(call->connection);
    } else if (parking_is_over(&call->ticket, PARK_WAITS)) {
        lane_give(lane, call);
    }
}

static void *lane_main(void *data)
{
    struct lane *lane = data;
    struct call *call;
    while ((call = lane_take(lane)))
        run_on_lane(lane, call);
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

void lane_end(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    lane->closing = true;
    pthread_cond_broadcast(&lane->wake);
    pthread_mutex_unlock(&lane->lock);
    for (unsigned i = 0; i < lane->count; i++)
        pthread_join(lane->threads[i], NULL);
}

static bool is_drained(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    bool drained = !lane->unsent;
    pthread_mutex_unlock(&lane->lock);
    return drained;
}

/* A client that does not read its answer holds up nobody for longer. */
void lane_drain(struct lane *lane)
{
    static const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
    for (int i = 0; i < DRAIN_MS / NAP_MS && !is_drained(lane); i++)
        nanosleep(&nap, NULL);
}

void lane_close(struct lane *lane)
{
    pthread_cond_destroy(&lane->wake);
    pthread_mutex_destroy(&lane->lock);
    mem_free(lane->threads);
    mem_free(lane);
}

/* With the lock held. A commit answers many at once: who is awake takes more than one,
 * and to wake somebody costs more than to take one. */
static void add_call(struct lane *lane, struct call *call)
{
    call->next = NULL;
    *lane->last = call;
    lane->last = &call->next;
    if (!lane->idle)
        return;
    lane->idle--;
    pthread_cond_signal(&lane->wake);
}

void lane_give(struct lane *lane, struct call *call)
{
    pthread_mutex_lock(&lane->lock);
    add_call(lane, call);
    pthread_mutex_unlock(&lane->lock);
}

bool lane_enter(struct lane *lane, struct call *call)
{
    pthread_mutex_lock(&lane->lock);
    call->is_open = !lane->closing;
    call->is_unsent = call->is_open;
    lane->open += call->is_open;
    lane->unsent += call->is_unsent;
    pthread_mutex_unlock(&lane->lock);
    return call->is_open;
}

static void leave_locked(struct lane *lane, struct call *call)
{
    lane->open -= call->is_open;
    call->is_open = false;
    if (lane->closing && !lane->open)
        pthread_cond_broadcast(&lane->wake);
}

void lane_leave(struct lane *lane, struct call *call)
{
    pthread_mutex_lock(&lane->lock);
    leave_locked(lane, call);
    pthread_mutex_unlock(&lane->lock);
}

void lane_forget(struct lane *lane, struct call *call)
{
    pthread_mutex_lock(&lane->lock);
    leave_locked(lane, call);
    lane->unsent -= call->is_unsent;
    call->is_unsent = false;
    pthread_mutex_unlock(&lane->lock);
}

/* ---- parking ---- */

static struct call *call_of(struct http_ticket *ticket)
{
    return (struct call *)ticket; /* its first member */
}

struct http_ticket *http_park(struct http_request *request, void *data)
{
    struct http_ticket *ticket = request->exchange->ticket;
    ticket->data = data;
    return ticket;
}

void http_unpark(struct http_ticket *ticket)
{
    struct call *call = call_of(ticket);
    if (!parking_is_over(ticket, PARK_READY))
        return;
    if (call->parks)
        MHD_resume_connection(call->connection);
    else
        lane_give(call->server->lane, call);
}

bool http_client_left(const struct http_ticket *ticket)
{
    const struct call *call = (const struct call *)ticket;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pollfd fd = { .fd = info ? info->connect_fd : -1, .events = POLLRDHUP };
    return info && poll(&fd, 1, 0) > 0 && (fd.revents & (POLLRDHUP | POLLHUP | POLLERR));
}
