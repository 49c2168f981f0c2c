//  AllocationCounter.h — how often this process has asked for heap memory, on systems where that can be counted.

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// Allocations since the start of the process, by all threads; -1 where they are not counted.
long allocation_count(void);

#endif
