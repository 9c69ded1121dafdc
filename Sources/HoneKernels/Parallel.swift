internal import CHoneKernels

/// Runs `body` over consecutive ranges that together cover `0 ..< count`, on all threads of the engine.
///
/// Pieces hold at least `grain` rows each. A piece must write only its own rows and read nothing that another
/// piece writes; then the result is the same bits for any number of threads.
package func parallelRows(_ count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
  precondition(count >= 0 && grain >= 1, "parallelRows: count \(count), grain \(grain)")
  guard count > 0 else { return }
  let most = Int(hone_thread_count()) * 4
  let pieces = max(1, min(most, count / grain))
  guard pieces > 1 else { return body(0..<count) }
  withoutActuallyEscaping(body) { body in
    var job = RowJob(count: count, pieces: pieces, body: body)
    unsafe withUnsafeMutablePointer(to: &job) { pointer in
      unsafe hone_parallel(
        pieces,
        { context, index in
          guard let context = unsafe context else { return }
          let job = unsafe context.assumingMemoryBound(to: RowJob.self)
          unsafe job.pointee.run(piece: index)
        }, pointer)
    }
  }
}

/// A job divided into pieces of nearly equal size.
private struct RowJob {
  let count: Int
  let pieces: Int
  let body: (Range<Int>) -> Void

  func run(piece: Int) {
    let start = count * piece / pieces
    let end = count * (piece + 1) / pieces
    body(start..<end)
  }
}

/// Runs `body` for every unit of `0 ..< count`, each as a piece of its own, first ones first: for few and long units.
package func parallelUnits(_ count: Int, _ body: (Int) -> Void) {
  precondition(count >= 0, "parallelUnits: \(count)")
  guard count > 0 else { return }
  withoutActuallyEscaping(body) { body in
    var job = RowJob(count: count, pieces: count) { body($0.lowerBound) }
    unsafe withUnsafeMutablePointer(to: &job) { pointer in
      unsafe hone_parallel(
        count,
        { context, index in
          guard let context = unsafe context else { return }
          unsafe context.assumingMemoryBound(to: RowJob.self).pointee.run(piece: index)
        }, pointer)
    }
  }
}

/// What `body` gives for every unit of `0 ..< count`, in their order; the units run as in `parallelUnits`.
package func parallelMap<Result>(_ count: Int, _ body: (Int) -> Result) -> [Result] {
  unsafe [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
    if let start = buffer.baseAddress {
      parallelUnits(count) { unsafe (start + $0).initialize(to: body($0)) }
    }
    initialized = count
  }
}
