//  AllocationCounter.h — how often a thread has asked for heap memory, on systems where that can be counted.

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// Allocations of the calling thread since it began; -1 where they are not counted.
long allocation_count(void);

#endif
