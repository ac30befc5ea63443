// What the same work costs in plain C on this machine, and a count of allocations: the floors that
// tocsin-bench measures itself against.
#ifndef TOCSIN_FLOORS_H
#define TOCSIN_FLOORS_H

#include <stdint.h>

/// Passes `count` records of 64 bytes through a ring of `capacity` bytes (a power of two), filling
/// and draining it by turns on one thread; the sum of what came out.
uint64_t floor_ring(uint64_t count, uint64_t capacity);

/// Receives `count` messages of two frames from a bound PULL socket; the bytes of the second frames,
/// or -1 on an error. `context` and `endpoint` are libzmq's.
int64_t floor_receive(void *context, const char *endpoint, uint64_t count);

/// Compares `count` doubles with ten thresholds each; how many comparisons held.
uint64_t floor_compare(const double *values, uint64_t count);

/// Finds `"value":` in each of the `length` bytes of JSON lines and reads the number behind it with
/// strtod; the number of lines that had one.
uint64_t floor_decode(const char *lines, uint64_t length);

/// Calls of malloc, calloc, realloc and posix_memalign in this process so far.
uint64_t floor_allocations(void);

#endif
