import Foundation
import HoneKernels
import HoneSearch
import Testing

#if os(Linux) || os(macOS)
  // Threads are started once, so each number of them runs in a process of its own.

  /// The bytes of an index's file, as a checksum.
  private func fingerprint(_ metric: VectorMetric) throws -> UInt32 {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("hone-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    var index = try sampleIndex(3_000, dimensions: 20, metric: metric)
    try index.insert(clusteredRows(100, dimensions: 20, seed: 8), rows: (5_000..<5_100).map { UInt32($0) })
    try index.save(to: file)
    let bytes = [UInt8](try Data(contentsOf: file))
    return unsafe crc32c(bytes.span.bytes)
  }

  @Test func anIndexIsTheSameBytesForAnyNumberOfThreads() async throws {
    var seen: Set<String> = []
    for threads in ["1", "2", "3", "5"] {
      let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        [threads = threads as String] in
        unsafe setenv("HONE_THREADS", threads, 1)
        let prints = try VectorMetric.allCases.map { "\(try fingerprint($0))" }
        print("fingerprint:\(prints.joined(separator: ","));")
        exit(Engine.current.threads == Int(threads) ? EXIT_SUCCESS : EXIT_FAILURE)
      }
      let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
      let start = try #require(output.range(of: "fingerprint:"))
      seen.insert(String(output[start.upperBound...].prefix { $0 != ";" }))
    }
    #expect(seen.count == 1, "\(seen)")
  }
#endif
