#if os(Linux)
  internal import CHoneKernels
  internal import COneDNN
  internal import Synchronization

  /// The general product with inputs rounded to bfloat16 and float32 sums; false where it would not pay.
  ///
  /// Both sides are rounded, transposed and laid out as the library wants them, then multiplied in pieces of rows.
  func bfloat16Product(_ product: hone_product, _ right: hone_matrix) -> Bool {
    let smallest = 32
    guard unsafe min(product.rows, product.columns, product.depth) > smallest else { return false }
    let sizes = unsafe BFloat16Sizes(product)
    guard let library = unsafe BFloat16Library.make(sizes.key(product, panelWidth: 0)) else { return false }
    guard let panels = unsafe library.scratch(HONE_SCRATCH_RIGHT, bytes: library.rightBytes) else { return false }
    if library.panelWidth > 0 {
      unsafe hone_round_panels(panels, right, product.depth, product.columns, sizes.depth, library.panelWidth)
    } else {
      unsafe hone_round_plain(panels, right, product.depth, product.columns, sizes.depth)
    }
    unsafe multiply(product, panels, sizes, library)
    return true
  }

  /// A product with a matrix that was packed in bfloat16, where the processor multiplies such numbers itself and the
  /// rows are enough to fill its tiles; false elsewhere.
  func packedBFloat16Product(_ product: hone_product) -> Bool {
    let enough = 16
    guard Engine.current.precision == .bfloat16, unsafe product.rows >= enough else { return false }
    let sizes = unsafe BFloat16Sizes(product)
    guard let library = unsafe BFloat16Library.make(sizes.key(product, panelWidth: HONE_PANEL)) else { return false }
    unsafe multiply(product, product.packed, sizes, library)
    return true
  }

  /// Whether the library multiplies bfloat16 matrices at all.
  func libraryTakesBFloat16() -> Bool {
    let key = BFloat16Library.Key(
      rows: 64, columns: 64, depth: 64, hasBias: false, accumulates: false, panelWidth: 0)
    return BFloat16Library.make(key) != nil
  }

  private func multiply(
    _ product: hone_product, _ right: UnsafeRawPointer, _ sizes: BFloat16Sizes, _ library: BFloat16Library
  ) {
    let pieces = unsafe (product.rows + sizes.piece - 1) / sizes.piece
    let left = unsafe library.scratch(HONE_SCRATCH_LEFT, bytes: pieces * sizes.piece * sizes.depth * 2)
    guard let left = unsafe left else { return }
    unsafe hone_round_rows(left, product.x, product.rows, product.depth, pieces * sizes.piece, sizes.depth)
    parallelUnits(pieces) { index in
      let start = index * sizes.piece
      let rows = unsafe min(sizes.piece, product.rows - start)
      guard let out = unsafe product.out else { return }
      let corner = unsafe out + start * product.columns
      let part = unsafe left + start * sizes.depth
      if rows == sizes.piece { return unsafe library.run(part, right, product.bias, corner) }
      unsafe library.runTail(part, right, product.bias, corner, rows: rows)
    }
  }

  /// How a product is cut, so that few different sizes ask the library for machine code.
  private struct BFloat16Sizes {
    /// Rows of a piece: a multiple of 32 up to 256, in as many pieces as the threads can share evenly.
    let piece: Int
    /// The depth, filled up with zeros to a multiple of 32 and of a 16th of itself.
    let depth: Int

    init(_ product: hone_product) {
      let threads = Engine.current.threads
      let (rows, inner) = unsafe (product.rows, product.depth)
      let pieces = ((rows + 255) / 256 + threads - 1) / threads * threads
      piece = ((rows + pieces - 1) / pieces + 31) / 32 * 32
      let step = max(32, (1 << (Int.bitWidth - 1 - inner.leadingZeroBitCount)) / 16)
      depth = unsafe product.x.transposed != 0 ? (inner + step - 1) / step * step : (inner + 31) / 32 * 32
    }

    func key(_ product: hone_product, panelWidth: Int) -> BFloat16Library.Key {
      unsafe BFloat16Library.Key(
        rows: piece, columns: product.columns, depth: depth, hasBias: product.bias != nil,
        accumulates: product.accumulate != 0, panelWidth: panelWidth)
    }
  }

  /// The library's machine code for one size of product.
  ///
  /// `@unchecked Sendable`: nothing changes after `init`, and the library lets threads run one product at a time each
  /// with scratch of its own.
  @safe private final class BFloat16Library: @unchecked Sendable {
    struct Key: Hashable, Sendable {
      let rows, columns, depth: Int
      let hasBias, accumulates: Bool
      let panelWidth: Int
    }

    private static let known = Mutex<[Key: BFloat16Library]>([:])
    private static let mostKnown = 256
    private let key: Key
    private var product: hone_dnnl_product

    /// The code for this size, made on the first call; nil where the library has none.
    static func make(_ key: Key) -> BFloat16Library? {
      if let library = known.withLock({ $0[key] }) { return library }
      guard let library = BFloat16Library(key) else { return nil }
      known.withLock { known in
        if known.count >= mostKnown { known.removeAll() }
        known[key] = library
      }
      return library
    }

    private init?(_ key: Key) {
      var product = unsafe hone_dnnl_product()
      var status: Int32 = -1
      // Inside a piece the library sees the one thread that it will run on.
      parallelUnits(1) { _ in
        status = unsafe hone_dnnl_create(
          &product, key.rows, key.columns, key.depth, key.hasBias ? 1 : 0, key.accumulates ? 1 : 0,
          Int32(key.panelWidth))
      }
      guard status == 0 else { return nil }
      self.key = key
      unsafe self.product = product
    }

    deinit { unsafe hone_dnnl_destroy(&product) }

    /// Columns of a panel of the right side; 0 when it is plain.
    var panelWidth: Int { unsafe Int(product.width) }
    /// Bytes of the right side.
    var rightBytes: Int { unsafe product.right_bytes }

    func scratch(_ use: hone_scratch_use, bytes: Int) -> UnsafeMutablePointer<UInt16>? {
      unsafe hone_scratch(use, bytes)?.assumingMemoryBound(to: UInt16.self)
    }

    func run(
      _ left: UnsafePointer<UInt16>, _ right: UnsafeRawPointer, _ bias: UnsafePointer<Float>?,
      _ out: UnsafeMutablePointer<Float>
    ) {
      let status = unsafe withUnsafePointer(to: product) {
        unsafe hone_dnnl_run($0, left, right, bias, out, hone_scratch(HONE_SCRATCH_PIECE, $0.pointee.scratch_bytes))
      }
      precondition(status == 0, "oneDNN: status \(status)")
    }

    /// The last piece has fewer rows than the code was made for: it passes through memory of its own.
    func runTail(
      _ left: UnsafePointer<UInt16>, _ right: UnsafeRawPointer, _ bias: UnsafePointer<Float>?,
      _ out: UnsafeMutablePointer<Float>, rows: Int
    ) {
      let bytes = key.rows * key.columns * MemoryLayout<Float>.stride
      guard let memory = unsafe hone_scratch(HONE_SCRATCH_PIECE_OUT, bytes) else { return }
      let whole = unsafe memory.bindMemory(to: Float.self, capacity: key.rows * key.columns)
      if key.accumulates {
        unsafe whole.update(from: out, count: rows * key.columns)
        unsafe (whole + rows * key.columns).update(repeating: 0, count: (key.rows - rows) * key.columns)
      }
      unsafe run(left, right, bias, whole)
      unsafe out.update(from: whole, count: rows * key.columns)
    }
  }
#endif
