import Arrays
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 8]) func everyTaskIsRunOnce(threads: Int) {
    let pool = WorkerPool(threads: threads)
    for count in [0, 1, 2, 1000] {
      let runs = Mutex([Int](repeating: 0, count: count))
      pool.run(count) { task in
        // Work within work runs on the same thread.
        pool.run(3) { _ in runs.withLock { $0[task] += 1 } }
      }
      #expect(runs.withLock { $0 } == [Int](repeating: 3, count: count))
    }
  }
}
