internal import CHoneKernels

/// How the numbers of a packed matrix are kept.
///
/// - `float32`: as they are.
/// - `bfloat16`: rounded to 8 binary digits. Activations are rounded too where the engine's precision is bfloat16.
/// - `int8`: whole numbers from -127 to 127 times one scale per output. Activations are rounded the same way when
///   they meet them, with one scale per row; the sums are exact.
/// - `int16`: likewise with 16 bits, of which as many are used as sums of 32 bits allow: 10 to 12.
package enum PackedPrecision: String, Sendable, Codable {
  case float32, bfloat16, int8, int16

  var isWhole: Bool { self == .int8 || self == .int16 }
}

/// A weight laid out once, when a model is loaded, for the fastest product with few rows or many.
///
/// A row of a product depends on that row alone: the same bits in any batch, with any number of threads. One exception:
/// bfloat16 where the engine's precision is bfloat16; there the matrix library takes batches of 16 rows or more, and
/// adds the same products in its own order.
/// The numbers lie in panels of 32 outputs, each panel whole along the inputs:
/// ```
/// panel 0: input 0 [32 outputs] input 1 [32 outputs] …    float32
///          inputs 0, 1 [32 outputs][2] …                  bfloat16
///          inputs 0 ... 3 [32 outputs][4] …               int8
///          inputs 0, 1 [32 outputs][2] …                  int16
/// panel 1: …
/// ```
package struct PackedMatrix: Sendable {
  /// Numbers a row brings.
  package let inputs: Int
  /// Numbers a row leaves with.
  package let outputs: Int
  /// How the numbers are kept.
  package let precision: PackedPrecision
  private let storage: PackedStorage

  /// Packs a flat row-major weight: (inputs, outputs), or (outputs, inputs) when `transposed`.
  package init(_ weight: [Float], inputs: Int, outputs: Int, transposed: Bool, precision: PackedPrecision) {
    requireCount(weight.count, exactly: inputs, outputs, "weight")
    precondition(inputs > 0 && outputs > 0, "a packed matrix of \(inputs) × \(outputs)")
    precondition(inputs <= 130_000 || precision != .int8, "int8 sums overflow beyond 130000 inputs, found \(inputs)")
    self.inputs = inputs
    self.outputs = outputs
    self.precision = precision
    storage = PackedStorage(weight, inputs: inputs, outputs: outputs, transposed: transposed, precision: precision)
  }

  /// Bytes in memory.
  package var bytes: Int { storage.bytes }

  fileprivate func multiply(_ out: inout [Float], _ x: [Float], _ bias: [Float], rows: Int) {
    unsafe out.withUnsafeMutableBufferPointer { out in
      unsafe x.withUnsafeBufferPointer { x in
        unsafe bias.withUnsafeBufferPointer { bias in
          var product = unsafe storage.product(inputs: inputs, outputs: outputs)
          unsafe product.out = out.baseAddress
          unsafe product.x = hone_matrix(values: x.baseAddress, step: inputs, transposed: 0)
          unsafe product.bias = bias.isEmpty ? nil : bias.baseAddress
          unsafe product.rows = rows
          switch precision {
          case .float32: unsafe hone_product_float32(&product)
          case .bfloat16:
            unsafe product.round_x = Engine.current.precision == .bfloat16 ? 1 : 0
            if unsafe !packedBFloat16Product(product) { unsafe hone_product_bfloat16(&product) }
          case .int8: unsafe hone_product_int8(&product)
          case .int16: unsafe hone_product_int16(&product)
          }
        }
      }
    }
  }
}

/// Gives every row its linear image: `out = x · weight + bias`.
///
/// Shapes: out (rows, outputs), overwritten; x (rows, inputs); bias (outputs) or empty.
/// A row that is not finite gives NaN under int8 and int16.
package func linear(_ out: inout [Float], _ x: [Float], _ weight: PackedMatrix, _ bias: [Float], rows: Int) {
  requireCount(x.count, atLeast: rows, weight.inputs, "x")
  requireCount(out.count, atLeast: rows, weight.outputs, "out")
  precondition(
    bias.isEmpty || bias.count == weight.outputs, "linear: bias has \(bias.count) values, outputs is \(weight.outputs)")
  guard rows > 0 else { return }
  weight.multiply(&out, x, bias, rows: rows)
}

/// The packed numbers, aligned for vectors.
///
/// `@unchecked Sendable`: nothing is written after `init`, and the memory is freed when no one holds it.
@safe private final class PackedStorage: @unchecked Sendable {
  let bytes: Int
  private let packed: UnsafeMutableRawPointer
  private let scales: UnsafeMutablePointer<Float>?
  private let sums: UnsafeMutablePointer<Int32>?

  init(_ weight: [Float], inputs: Int, outputs: Int, transposed: Bool, precision: PackedPrecision) {
    let size =
      switch precision {
      case .float32: hone_packed_bytes_float32(inputs, outputs)
      case .bfloat16: hone_packed_bytes_bfloat16(inputs, outputs)
      case .int8: hone_packed_bytes_int8(inputs, outputs)
      case .int16: hone_packed_bytes_int16(inputs, outputs)
      }
    precondition(size > 0, "a packed matrix of \(inputs) × \(outputs) has more bytes than can be counted")
    let columns = (outputs + HONE_PANEL - 1) / HONE_PANEL * HONE_PANEL
    unsafe packed = .allocate(byteCount: size, alignment: 64)
    unsafe scales = precision.isWhole ? .allocate(capacity: columns) : nil
    unsafe sums = precision == .int8 ? .allocate(capacity: columns) : nil
    bytes = size + columns * (precision == .int8 ? 8 : precision == .int16 ? 4 : 0)
    let (packed, scales, sums) = unsafe (packed, scales, sums)
    unsafe weight.withUnsafeBufferPointer { weight in
      let matrix = unsafe hone_matrix(
        values: weight.baseAddress, step: transposed ? inputs : outputs, transposed: transposed ? 1 : 0)
      switch precision {
      case .float32: unsafe hone_pack_float32(packed, matrix, inputs, outputs)
      case .bfloat16: unsafe hone_pack_bfloat16(packed, matrix, inputs, outputs)
      case .int8: unsafe hone_pack_int8(packed, scales, sums, matrix, inputs, outputs)
      case .int16: unsafe hone_pack_int16(packed, scales, matrix, inputs, outputs)
      }
    }
  }

  deinit {
    unsafe packed.deallocate()
    unsafe scales?.deallocate()
    unsafe sums?.deallocate()
  }

  /// A product with this matrix that still lacks its rows.
  func product(inputs: Int, outputs: Int) -> hone_product {
    var product = unsafe hone_product()
    unsafe product.out_step = outputs
    unsafe product.packed = UnsafeRawPointer(packed)
    unsafe product.scales = UnsafePointer(scales)
    unsafe product.sums = UnsafePointer(sums)
    unsafe product.depth = inputs
    unsafe product.columns = outputs
    return unsafe product
  }
}
