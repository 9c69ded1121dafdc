internal import CHoneKernels

/// Lets bytes that are read here and there lie in large pages, of which the processor finds more without looking them
/// up. They stay as they are; where the system has no such pages, nothing happens.
///
/// For arrays of some MB that do not grow any more.
package func useLargePages(_ bytes: RawSpan) {
  unsafe bytes.withUnsafeBytes { unsafe hone_use_large_pages($0.baseAddress, $0.count) }
}
