import ArgumentParser
import Foundation
import Hone

/// The flag that every command has.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object as the last line.")
  var json = false
}

/// Results go to standard output, everything else here.
func printError(_ text: String, terminator: String = "\n") {
  FileHandle.standardError.write(Data((text + terminator).utf8))
}

/// One JSON object on one line, keys sorted.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Runs a command; an error becomes one line of what is wrong and one of what to do, and exit status 1.
func reporting<Result>(_ body: () async throws -> Result) async throws -> Result {
  do {
    return try await body()
  } catch let error as HoneError {
    printError("error: \(error.message)\n       \(error.remedy)")
    throw ExitCode.failure
  } catch let error as ExitCode {
    throw error
  } catch let error as ValidationError {
    throw error
  } catch {
    printError("error: \(describe(error))")
    throw ExitCode.failure
  }
}

/// Rows as aligned columns; numbers to the right.
func printColumns(_ rows: [[String]]) {
  let count = rows.map(\.count).max() ?? 0
  let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
  let isNumeric = (0..<count).map { column in
    rows.count > 1 && rows.dropFirst().allSatisfy { column < $0.count && Double($0[column]) != nil }
  }
  for row in rows {
    let cells = row.enumerated().map { column, cell in
      let pad = String(repeating: " ", count: widths[column] - cell.count)
      return isNumeric[column] ? pad + cell : cell + pad
    }
    print(cells.joined(separator: "  ").trimmingSuffix(of: " "))
  }
}

extension String {
  fileprivate func trimmingSuffix(of character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }
}

/// Whether standard error is a terminal, so that progress may be drawn there.
var progressIsVisible: Bool { isatty(2) == 1 }
