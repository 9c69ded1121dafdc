import Foundation
import HoneKernels
import Testing

#if os(Linux) || os(macOS)
  // The instruction set is chosen once, so each choice runs in a process of its own, which sets the environment first.

  /// What a process printed after `mark`, up to the end of the line.
  func printed(_ mark: String, in output: [UInt8]) -> String? {
    let mark = Array(mark.utf8)
    guard let start = output.indices.first(where: { output[$0...].starts(with: mark) }) else { return nil }
    return String(decoding: output[start...].dropFirst(mark.count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private let choices = ["portable", "neon", "avx2", "avx512", "avx512vnni"]

  /// What the loops run with beside each choice for the products.
  private let loopsBeside = [
    "portable": "portable", "neon": "portable", "avx2": "avx2", "avx512": "avx512", "avx512vnni": "avx512",
  ]

  /// The choices that this processor can run, the best one last; nil where the system does not say.
  private let runnable: [String]? = {
    #if arch(arm64)
      return ["portable", "neon"]
    #else
      guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") })
      else { return nil }
      let flags = Set(line.split(separator: " "))
      let sets: [(String, Set<Substring>)] = [
        ("portable", []), ("avx2", ["avx2", "fma"]), ("avx512", ["avx512f", "avx512bw", "avx512dq", "avx512vl"]),
        ("avx512vnni", ["avx512_vnni"]),
      ]
      return sets.prefix { $0.1.isSubset(of: flags) }.map(\.0)
    #endif
  }()

  @Test(arguments: choices)
  func everyLoopIsRightWithEveryChoiceOfKernels(choice: String) async throws {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      [choice = choice as String] in
      unsafe setenv("HONE_KERNELS", choice, 1)
      let complaints = everyLoop.flatMap { $0.complaints(seed: 11) }
      print("complaints:\(complaints.joined(separator: "; "))")
      exit(EXIT_SUCCESS)
    }
    #expect(try printed("complaints:", in: #require(result).standardOutputContent) == "")
  }

  @Test(
    .enabled(if: runnable != nil, "the system does not say what the processor can run"), arguments: choices + ["AVX2 "])
  func productsAndLoopsFollowTheSameChoice(choice: String) async throws {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      [choice = choice as String] in
      unsafe setenv("HONE_KERNELS", choice, 1)
      print("chosen:\(Engine.current.kernels) \(Engine.current.loops)")
      exit(EXIT_SUCCESS)
    }
    let chosen = try printed("chosen:", in: #require(result).standardOutputContent)
    // A name that means nothing, or nothing to this processor, leaves it its best choice.
    let runnable = try #require(runnable)
    let kernels = try runnable.contains(choice) ? choice : #require(runnable.last)
    #expect(try chosen == "\(kernels) \(#require(loopsBeside[kernels]))")
  }
#endif
