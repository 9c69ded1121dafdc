internal import CHoneKernels

/// How the inputs of matrix products are rounded while training; sums are always kept in float32.
package enum Precision: String, Sendable, Codable {
  case float32, bfloat16
}

/// What this process computes with: chosen once at the first use, and named in every report.
///
/// The environment may override each choice: `HONE_KERNELS` (`portable`, `avx2`, `avx512`, `avx512vnni`, `neon`),
/// `HONE_PRECISION` (`float32`, `bfloat16`) and `HONE_THREADS`. A choice the processor cannot run is ignored.
package struct Engine: Sendable {
  /// The instruction set of our own products: `portable`, `avx2`, `avx512`, `avx512vnni` or `neon`.
  package let kernels: String
  /// The part of it that our other loops use: `portable` (also beside `neon`), `avx2` or `avx512`.
  package let loops: String
  /// The library that multiplies large matrices, and its version.
  package let matrixLibrary: String
  /// How inputs of matrix products are rounded while training.
  package let precision: Precision
  /// Whether the processor multiplies bfloat16 in tiles (AMX), and the precision lets it.
  package let hasTiles: Bool
  /// Threads that share one job.
  package let threads: Int
  /// The processor's own name for itself.
  package let processor: String

  /// The choice of this process.
  package static let current = Engine(
    kernels: unsafe String(cString: hone_kernels_name()), loops: unsafe String(cString: hone_loops_name()),
    matrixLibrary: matrixLibraryName, precision: chosenPrecision,
    hasTiles: chosenPrecision == .bfloat16 && hone_bfloat16_tiles() != 0, threads: Int(hone_thread_count()),
    processor: processorName)

  private static var chosenPrecision: Precision {
    guard matrixLibraryName != portableLibraryName else { return .float32 }
    let wanted = environment("HONE_PRECISION").flatMap(Precision.init(rawValue:))
    switch wanted ?? (hone_fast_bfloat16() != 0 ? .bfloat16 : .float32) {
    case .float32: return .float32
    case .bfloat16: return libraryTakesBFloat16() ? .bfloat16 : .float32
    }
  }

  private static var processorName: String {
    var name = [CChar](repeating: 0, count: 128)
    let length = unsafe name.withUnsafeMutableBufferPointer { unsafe hone_processor_name($0.baseAddress, $0.count) }
    return String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// The name of a build or choice without any library.
let portableLibraryName = "portable"

/// One variable of the environment, read without Foundation.
func environment(_ name: String) -> String? {
  guard let value = unsafe hone_environment(name) else { return nil }
  return unsafe String(cString: value)
}
