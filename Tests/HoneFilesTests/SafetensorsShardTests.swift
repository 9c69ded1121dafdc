import Foundation
import HoneFiles
import Testing

/// A folder of two files of weights, and an index that names the given files.
private func withShards(_ map: [(key: String, value: JSONValue)], _ body: (URL) throws -> Void) throws {
  try withFolder { folder in
    try Safetensors.write([("a", [2], [1, 2])], to: folder.appendingPathComponent("one.safetensors"))
    try Safetensors.write([("b", [1], [3])], metadata: ["k": "v"], to: folder.appendingPathComponent("two.safetensors"))
    try Safetensors.write([("b", [1], [4])], to: folder.appendingPathComponent("again.safetensors"))
    try writeIndex(JSONValue.object([("weight_map", .object(map))]).text, folder)
    try body(folder)
  }
}

private func writeIndex(_ text: String, _ folder: URL) throws {
  try Data(text.utf8).write(to: folder.appendingPathComponent("model.safetensors.index.json"))
}

@Test func theFilesThatAnIndexNamesAreOne() throws {
  try withShards([
    ("a", .string("one.safetensors")), ("b", .string("two.safetensors")), ("c", .string("one.safetensors")),
  ]) { folder in
    let file = try Safetensors.open(folder: folder)
    #expect(file.names == ["a", "b"] && file.metadata == ["k": "v"])
    #expect(try file.floats("a") == [1, 2] && file.floats("b") == [3])
  }
}

@Test func aTensorInTwoFilesIsRefused() throws {
  try withShards([("a", .string("two.safetensors")), ("b", .string("again.safetensors"))]) { folder in
    #expect(throws: SafetensorsError.badTensor(file: "two.safetensors", tensor: "b", reason: "is there twice")) {
      try Safetensors.open(folder: folder)
    }
  }
}

@Test func aFileThatIsNamedButMissingIsNamedInTheError() throws {
  try withShards([("a", .string("none.safetensors"))]) { folder in
    let error = #expect(throws: SafetensorsError.self) { try Safetensors.open(folder: folder) }
    #expect(error?.description.hasPrefix("none.safetensors: ") == true)
  }
}

/// A slash followed by a combining accent is one character, and still a slash to the system.
@Test(arguments: [
  "../outside.safetensors", "/etc/passwd", "sub/one.safetensors", "sub/\u{301}one.safetensors", "..", ".hidden", "",
  ".\u{301}./one", "..\\one.safetensors", "one.safetensors\u{0}", "sub\\\u{301}one",
])
func anIndexCannotReachOutsideItsFolder(name: String) throws {
  try withShards([("a", .string(name))]) { folder in
    let error = #expect(throws: SafetensorsError.self) { try Safetensors.open(folder: folder) }
    guard case .badHeader = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

@Test(arguments: [
  "", "[]", "{}", #"{"weight_map":[]}"#, #"{"weight_map":{"a":1}}"#, #"{"weight_map":{"a":"one.safetensors"}"#,
])
func anIndexThatNamesNothingIsRefused(text: String) throws {
  try withShards([]) { folder in
    try writeIndex(text, folder)
    #expect(throws: SafetensorsError.self) { try Safetensors.open(folder: folder) }
  }
}
