import Foundation
import Testing

/// `Docs/commands.md` beside the package's manifest.
private let commandsPage = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Docs/commands.md")

@Test func theCommandsPageIsWhatTheProgramSays() throws {
  let page = try String(contentsOf: commandsPage, encoding: .utf8)
  let sections = page.components(separatedBy: "\n## hone").dropFirst()
  #expect(sections.count == 37)
  let bench = try Workbench()
  for section in sections {
    let parts = section.components(separatedBy: "\n```")
    let command = try #require(parts.first).trimmingCharacters(in: .whitespacesAndNewlines)
    let expected = try #require(parts.dropFirst().first).trimmingCharacters(in: .newlines)
    let found = try bench.run(
      command.split(separator: " ").map(String.init) + ["--help"], environment: ["COLUMNS": "100"])
    #expect(found.status == 0)
    #expect(
      found.out.trimmingCharacters(in: .newlines) == expected,
      "hone \(command): run `sh Tools/help.sh .build/release/hone`")
  }
}

@Test(arguments: [["tune", "--no-such-flag"], ["frobnicate"], ["complete", "--temperature", "warm"]])
func wrongUsageExitsWith64(arguments: [String]) throws {
  let result = try Workbench().run(arguments)
  #expect(result.status == 64)
  #expect(result.error.contains("Usage") || result.error.contains("USAGE"), "\(result.error)")
}
