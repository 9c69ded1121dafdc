// The border to C: arrays as pointers for the length of one call. The callers have checked the counts.

func withPointers<A, B, Result>(
  _ a: [A], _ b: [B], _ body: (UnsafePointer<A>?, UnsafePointer<B>?) -> Result
) -> Result {
  unsafe a.withUnsafeBufferPointer { a in
    unsafe b.withUnsafeBufferPointer { b in unsafe body(a.baseAddress, b.baseAddress) }
  }
}

func withPointers<A, B, C, Result>(
  _ a: [A], _ b: [B], _ c: [C], _ body: (UnsafePointer<A>?, UnsafePointer<B>?, UnsafePointer<C>?) -> Result
) -> Result {
  unsafe withPointers(a, b) { a, b in
    unsafe c.withUnsafeBufferPointer { c in unsafe body(a, b, c.baseAddress) }
  }
}

func withPointers<A, B>(
  _ a: inout [A], _ b: inout [B], _ body: (UnsafeMutablePointer<A>?, UnsafeMutablePointer<B>?) -> Void
) {
  unsafe a.withUnsafeMutableBufferPointer { a in
    unsafe b.withUnsafeMutableBufferPointer { b in unsafe body(a.baseAddress, b.baseAddress) }
  }
}

func withPointers<A, B, C>(
  _ a: inout [A], _ b: inout [B], _ c: inout [C],
  _ body: (UnsafeMutablePointer<A>?, UnsafeMutablePointer<B>?, UnsafeMutablePointer<C>?) -> Void
) {
  unsafe withPointers(&a, &b) { a, b in
    unsafe c.withUnsafeMutableBufferPointer { c in unsafe body(a, b, c.baseAddress) }
  }
}

/// One array written and one read.
func withPointers<A, B>(
  _ a: inout [A], reading b: [B], _ body: (UnsafeMutablePointer<A>?, UnsafePointer<B>?) -> Void
) {
  unsafe a.withUnsafeMutableBufferPointer { a in
    unsafe b.withUnsafeBufferPointer { b in unsafe body(a.baseAddress, b.baseAddress) }
  }
}
