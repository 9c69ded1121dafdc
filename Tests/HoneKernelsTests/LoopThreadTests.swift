import Foundation
import HoneKernels
import Testing

#if os(Linux) || os(macOS)
  // Threads are started once, so each number of them runs in a process of its own.

  /// The fingerprints of all loops, by name, in a process with these threads and this instruction set.
  private func fingerprints(threads: String, choice: String) async throws -> [String: String] {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      [threads = threads as String, choice = choice as String] in
      unsafe setenv("HONE_THREADS", threads, 1)
      unsafe setenv("HONE_KERNELS", choice, 1)
      let lines = everyLoop.map { "\($0.name)=\($0.fingerprint(seed: 12))" }
      print("fingerprints:threads=\(Engine.current.threads),\(lines.joined(separator: ","))")
      exit(EXIT_SUCCESS)
    }
    let output = try #require(result).standardOutputContent
    let line = try #require(printed("fingerprints:", in: output))
    let pairs = line.split(separator: ",").map { $0.split(separator: "=") }
    var found = Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) })
    #expect(found.removeValue(forKey: "threads") == threads)
    return found
  }

  @Test(arguments: ["portable", "avx2", "avx512"])
  func noLoopDependsOnTheNumberOfThreads(choice: String) async throws {
    let alone = try await fingerprints(threads: "1", choice: choice)
    #expect(Set(alone.keys) == Set(everyLoop.map(\.name)))
    for threads in ["2", "3", "5"] {
      let shared = try await fingerprints(threads: threads, choice: choice)
      let different = alone.keys.sorted().filter { alone[$0] != shared[$0] }
      #expect(different.isEmpty, "\(threads) threads: \(different)")
    }
  }
#endif
