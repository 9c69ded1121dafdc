public import ArgumentParser
import Foundation
public import Hone

struct CodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "code", abstract: "Find functions by what they do, and lines by regular expression.",
    discussion: """
      EXAMPLES
        hone code index ./Sources
        hone code search 'where are retries counted'
        hone code grep 'func \\w+Backoff'
      """,
    subcommands: [Index.self, Search.self, Grep.self, List.self, Remove.self, Path.self])

  struct Index: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "index", abstract: "Index the code under a folder, or bring its index up to date.",
      discussion: """
        Functions and types of Swift and Python are found by scanners of their own (exact as to comments, strings and
        indentation; no compiler's parser), those of other languages with braces by the heads before their braces, and
        scripts of other kinds as windows of 40 lines. Prose and data are found by `grep` alone. Skipped, and reported:
        what .gitignore matches, folders of tools and builds, links, binary files, files above 8 MiB.
        EXAMPLES
          hone code index ./Sources
          hone code index ~/src/requests --name requests --model all-MiniLM-L6-v2
        """)
    @Argument(help: "The folder.") var folder: String
    @Option(help: "What to call the index (default: as the folder).") var name: String?
    @Option(name: .shortAndLong, help: "The model of the vectors (default: the index's own, or hone-static).")
    var model: String?
    @Flag(help: "List what was skipped, and why.") var skipped = false
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let report = try await reporting {
        try Home().indexCode(URL(fileURLWithPath: folder, isDirectory: true), name: name, model: model) {
          if progressIsVisible { printError("\r\($1) of \($2) \($0)   ", terminator: "") }
        }
      }
      if progressIsVisible { printError("") }
      if let reason = report.rebuilt { printError("note: made from nothing: \(reason)") }
      if output.json { return try printJSON(report) }
      print(
        "\(report.name): \(report.files) files, \(report.functions) functions, \(report.types) types"
          + (report.windows > 0 ? ", \(report.windows) windows of lines" : ""))
      print(
        "\(report.filesRead) files read, \(report.filesKept) kept, \(report.filesRemoved) gone; "
          + String(format: "%.1f MB in %.1f s", Double(report.bytes) / 1e6, report.seconds))
      if skipped { printColumns(report.skippedPaths.map { [$0.path, $0.reason] }) }
      for (reason, count) in report.skipped.sorted(by: { $0.key < $1.key }) { print("skipped \(count): \(reason)") }
    }
  }

  struct Search: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "search", abstract: "The functions and types that answer a question.",
      discussion: """
        EXAMPLES
          hone code search 'where are retries counted'
          hone code search 'parse the header' -k 3 --path '*.py' --by words
        """)
    @Argument(help: "The question.") var question: String
    @Option(name: .customShort("k"), help: "How many answers.") var count = 10
    @Option(help: "The index (default: of the folder one is in, or the only one).") var index: String?
    @Option(help: "What decides: fused, words or meaning.") var by = CodeSearchMode.fused
    @Option(help: "Only files that match, as in .gitignore.") var path: String?
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let hits = try await reporting {
        try Home().searchCode(question, index: index, mode: by, limit: count, path: path) { printError("note: \($0)") }
      }
      if output.json { return try printJSON(["data": hits]) }
      for hit in hits {
        print("\(hit.path):\(hit.firstLine)-\(hit.lastLine)  \(hit.name)\(hit.changed ? "  (changed since)" : "")")
        print("    \(hit.signature)")
        if !hit.summary.isEmpty { print("    \(hit.summary)") }
      }
      if hits.contains(where: \.changed) { printError("note: files changed; bring the index up to date") }
    }
  }

  struct Grep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "grep", abstract: "The lines that a regular expression in Perl's syntax matches.",
      discussion: """
        Prints path:line:text, as `grep -P -n -r` does in a UTF-8 locale (\\w, \\d, \\s and \\b are of ASCII; (*UCP) before
        a pattern makes them Unicode's). Bytes that are not UTF-8 match nothing; files with a zero byte are left out.
        Files that changed since they were indexed are searched as they are now. Exit status 1: no line matches.
        EXAMPLES
          hone code grep 'func \\w+Backoff'
          hone code grep -i 'todo|fixme' --path '*.swift' -k 20
        """)
    @Argument(help: "The regular expression.") var pattern: String
    @Flag(name: .customShort("i"), help: "Upper and lower case are the same.") var ignoresCase = false
    @Option(help: "Only files that match, as in .gitignore.") var path: String?
    @Option(name: [.customShort("k"), .long], help: "Lines at most (default: all).") var limit: Int?
    @Option(help: "The index (default: of the folder one is in, or the only one).") var index: String?
    @OptionGroup var output: OutputOptions

    private struct Report: Encodable {
      let data: [CodeLine]
      let report: CodeGrepReport
    }

    func run() async throws {
      var lines: [CodeLine] = []
      let report = try await reporting {
        try Home().grepCode(
          pattern, index: index, ignoresCase: ignoresCase, path: path, limit: limit, tell: { printError("note: \($0)") }
        ) { found in
          if output.json { lines += found } else { printLines(found) }
        }
      }
      if output.json { try printJSON(Report(data: lines, report: report)) }
      if !report.complete { printError("note: there are more lines; --limit ended the search") }
      if report.lines == 0 { throw ExitCode.failure }
    }

    private func printLines(_ lines: [CodeLine]) {
      let data = lines.reduce(into: Data()) {
        $0.append(contentsOf: "\($1.path):\($1.line):".utf8)
        $0.append(contentsOf: $1.bytes + [0x0A])
      }
      FileHandle.standardOutput.write(data)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Every index of code.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let indexes = Home().listCodeIndexes()
      if output.json { return try printJSON(["data": indexes]) }
      printColumns(
        [["NAME", "FILES", "FUNCTIONS", "MB", "MODEL", "FOLDER"]]
          + indexes.map {
            ["\($0.name)", "\($0.files)", "\($0.functions)", "\($0.bytes / 1_000_000)", $0.model, $0.root]
          })
      for index in indexes { if let damage = index.damage { printError("note: \(index.name): \(damage)") } }
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rm", abstract: "Delete an index; the code stays.")
    @Argument(help: "The index.") var name: String

    func run() async throws {
      try await reporting { try Home().removeCodeIndex(name) }
      print("removed \(name)")
    }
  }

  struct Path: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "path", abstract: "The folder where indexes of code are kept.")

    func run() async throws { print(Home().codeIndexes.path) }
  }
}

extension CodeSearchMode: ExpressibleByArgument {}
