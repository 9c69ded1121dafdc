import HoneKernels
import Synchronization
import Testing

@Test(arguments: [0, 1, 2, 7, 8, 9, 1000])
func everyRowIsVisitedOnce(count: Int) {
  let visits = Mutex([Int](repeating: 0, count: count))
  for _ in 0..<50 {
    parallelRows(count) { rows in
      parallelRows(rows.count) { inner in
        visits.withLock { visits in for row in inner { visits[rows.lowerBound + row] += 1 } }
      }
    }
  }
  #expect(visits.withLock { $0 } == [Int](repeating: 50, count: count))
}
