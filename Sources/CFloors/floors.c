#define _GNU_SOURCE
#include "floors.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

// --- ring -----------------------------------------------------------------------------------------

uint64_t floor_ring(uint64_t count, uint64_t capacity) {
    unsigned char *memory = calloc(1, capacity);
    if (memory == NULL) return 0;
    _Atomic uint64_t head = 0, tail = 0;
    uint64_t written = 0, sum = 0;
    while (written < count) {
        uint64_t position = atomic_load_explicit(&head, memory_order_relaxed);
        uint64_t free_from = atomic_load_explicit(&tail, memory_order_acquire);
        while (written < count && position + 64 - free_from <= capacity) {
            memcpy(memory + (position & (capacity - 1)) + 8, &written, sizeof written);
            position += 64;
            written++;
        }
        atomic_store_explicit(&head, position, memory_order_release);
        uint64_t end = atomic_load_explicit(&head, memory_order_acquire);
        uint64_t at = atomic_load_explicit(&tail, memory_order_relaxed);
        while (at < end) {
            uint64_t value;
            memcpy(&value, memory + (at & (capacity - 1)) + 8, sizeof value);
            sum += value;
            at += 64;
        }
        atomic_store_explicit(&tail, at, memory_order_release);
    }
    free(memory);
    return sum;
}

// --- libzmq ---------------------------------------------------------------------------------------

int64_t floor_receive(void *context, const char *endpoint, uint64_t count) {
    void *socket = zmq_socket(context, ZMQ_PULL);
    if (socket == NULL || zmq_bind(socket, endpoint) != 0) return -1;
    int64_t bytes = 0;
    for (uint64_t received = 0; received < count; received++) {
        zmq_msg_t frame;
        int more = 1, index = 0;
        while (more) {
            zmq_msg_init(&frame);
            if (zmq_msg_recv(&frame, socket, 0) < 0) return -1;
            if (index++ == 1) bytes += (int64_t)zmq_msg_size(&frame);
            more = zmq_msg_more(&frame);
            zmq_msg_close(&frame);
        }
    }
    zmq_close(socket);
    return bytes;
}

// --- conditions -----------------------------------------------------------------------------------

// One comparison at a time, as rules are judged: the machine's vectors stay out of it.
uint64_t floor_compare(const double *values, uint64_t count) {
    static const double thresholds[10] = {60, 65, 70, 75, 80, 85, 90, 95, 100, 105};
    uint64_t held = 0;
    for (uint64_t index = 0; index < count; index++)
#pragma clang loop vectorize(disable) interleave(disable) unroll(disable)
        for (int threshold = 0; threshold < 10; threshold++)
            held += values[index] > thresholds[threshold];
    return held;
}

// --- decode ---------------------------------------------------------------------------------------

uint64_t floor_decode(const char *lines, uint64_t length) {
    static const char name[] = "\"value\":";
    uint64_t found = 0;
    double sum = 0;
    const char *at = lines, *end = lines + length;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL) newline = end;
        const char *value = memmem(at, (size_t)(newline - at), name, sizeof name - 1);
        if (value != NULL) {
            sum += strtod(value + sizeof name - 1, NULL);
            found++;
        }
        at = newline + 1;
    }
    return sum == 0.125 ? 0 : found;
}

// --- allocations ----------------------------------------------------------------------------------
// The executable's own malloc family stands in front of the C library's and counts.

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Atomic uint64_t allocations;

static void count(void) { atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed); }

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *pointer, size_t size) {
    count();
    return __libc_realloc(pointer, size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size) {
    count();
    *pointer = __libc_memalign(alignment, size);
    return *pointer == NULL ? 12 : 0;
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

uint64_t floor_allocations(void) { return atomic_load_explicit(&allocations, memory_order_relaxed); }
