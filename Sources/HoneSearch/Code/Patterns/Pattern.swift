internal import CPCRE2

/// Why a pattern cannot be used, as facts.
package enum PatternError: Error, Equatable, Sendable {
  case tooLong(limit: Int)
  /// `offset`: characters before the place where PCRE stopped reading.
  case syntax(offset: Int, reason: String)
  /// Matching took more steps than a line is worth; `line` counts from 1, 0 where no line is meant.
  case tooHard(file: String, line: Int)
}

extension PatternError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLong(let limit): "pattern: expected at most \(limit) bytes, found more; shorten it"
    case .syntax(let offset, let reason):
      "pattern: expected a regular expression, found a mistake after \(offset) characters (\(reason)); mend it"
    case .tooHard(let file, let line):
      "pattern: expected an answer within \(Pattern.stepLimit) steps a line, found none for \(file), line \(line); "
        + "repeat less inside of what is repeated"
    }
  }
}

/// A compiled regular expression in PCRE2's syntax, matched line by line as `grep -P` does in a UTF-8 locale.
///
/// `\w`, `\d`, `\s` and `\b` know ASCII alone unless the pattern begins with `(*UCP)`; bytes that are not UTF-8 match
/// nothing. Steps, depth and memory are bounded, so that a hostile pattern ends in an error.
@safe package struct Pattern: ~Copyable {
  /// Backtracking steps that one line is worth: as many as grep and PCRE2 itself allow.
  package static let stepLimit = 10_000_000
  package static let longest = 1 << 16

  private let code: OpaquePointer

  /// - Throws: `PatternError.syntax`, `.tooLong`.
  package init(_ text: String, ignoresCase: Bool = false) throws(PatternError) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.longest else { throw .tooLong(limit: Self.longest) }
    let options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | (ignoresCase ? PCRE2_CASELESS : 0)
    var (error, offset): (Int32, Int) = (0, 0)
    let compiled = unsafe bytes.withUnsafeBufferPointer {
      unsafe pcre2_compile_8($0.baseAddress, $0.count, options, &error, &offset, nil)
    }
    guard let compiled = unsafe compiled else {
      let before = String(decoding: bytes.prefix(offset), as: UTF8.self)
      throw .syntax(offset: before.unicodeScalars.count, reason: Self.message(error))
    }
    unsafe pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE)  // where there is no compiler, it is interpreted
    unsafe code = compiled
  }

  deinit { unsafe pcre2_code_free_8(code) }

  private static func message(_ error: Int32) -> String {
    var text = [UInt8](repeating: 0, count: 256)
    let length = unsafe text.withUnsafeMutableBufferPointer {
      unsafe pcre2_get_error_message_8(error, $0.baseAddress, $0.count)
    }
    return String(decoding: text.prefix(max(0, Int(length))), as: UTF8.self)
  }

  /// The lines that match, as places in `text`, with their numbers from 1; at most `limit` of them.
  ///
  /// - Throws: `PatternError.tooHard` with `file` and the line.
  package borrowing func matchingLines(
    in text: [UInt8], file: String, limit: Int = .max
  ) throws(PatternError) -> [(number: Int, range: Range<Int>)] {
    guard let scratch = unsafe MatchScratch(code) else { throw .tooHard(file: file, line: 0) }
    var result: [(number: Int, range: Range<Int>)] = []
    var (start, number) = (0, 0)
    while start < text.count, result.count < limit {
      let end = text[start...].firstIndex(of: 0x0A) ?? text.count
      number += 1
      switch unsafe scratch.match(code, text, start..<end) {
      case .matched: result.append((number, start..<end))
      case .unmatched: break
      case .gaveUp: throw .tooHard(file: file, line: number)
      }
      start = end + 1
    }
    return result
  }
}

/// What one thread needs for matching, freed with it.
@safe private struct MatchScratch: ~Copyable {
  enum Answer { case matched, unmatched, gaveUp }

  private let data: OpaquePointer
  private let context: OpaquePointer
  private let stack: OpaquePointer?

  /// nil: no memory.
  init?(_ code: OpaquePointer) {
    guard let data = unsafe pcre2_match_data_create_from_pattern_8(code, nil) else { return nil }
    guard let context = unsafe pcre2_match_context_create_8(nil) else {
      unsafe pcre2_match_data_free_8(data)
      return nil
    }
    unsafe pcre2_set_match_limit_8(context, UInt32(Pattern.stepLimit))
    unsafe pcre2_set_depth_limit_8(context, 100_000)
    unsafe pcre2_set_heap_limit_8(context, 64 << 10)  // KiB
    unsafe stack = pcre2_jit_stack_create_8(32 << 10, 8 << 20, nil)
    if let stack = unsafe stack { unsafe pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
    unsafe self.data = data
    unsafe self.context = context
  }

  deinit {
    unsafe pcre2_match_data_free_8(data)
    unsafe pcre2_match_context_free_8(context)
    if let stack = unsafe stack { unsafe pcre2_jit_stack_free_8(stack) }
  }

  borrowing func match(_ code: OpaquePointer, _ text: [UInt8], _ line: Range<Int>) -> Answer {
    let status = unsafe text.withUnsafeBufferPointer { text in
      unsafe pcre2_match_8(
        code, text.baseAddress.map { unsafe $0 + line.lowerBound }, line.count, 0, 0, data, context)
    }
    if status >= 0 { return .matched }
    return status == PCRE2_ERROR_NOMATCH ? .unmatched : .gaveUp
  }
}
