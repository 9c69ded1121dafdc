import Foundation
import HoneFiles
import Testing

private func tensor(_ shape: String, _ offsets: String, dtype: String = "F32") -> String {
  #"{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
}

private func kind(_ error: SafetensorsError?) -> String {
  switch error {
  case .unreadable: "unreadable"
  case .truncated: "truncated"
  case .badHeader: "badHeader"
  case .badTensor: "badTensor"
  case nil: "none"
  }
}

/// Headers over 16 bytes of data, and the error that each must give.
private let headers: [(what: String, header: String, error: String)] = [
  ("empty", "", "badHeader"), ("not JSON", "{x}", "badHeader"), ("a list", "[]", "badHeader"),
  ("two objects", "{}{}", "badHeader"), ("no tensor for the data", "{}", "truncated"),
  ("a tensor that is a number", #"{"a":1}"#, "badTensor"), ("no members", #"{"a":{}}"#, "badTensor"),
  ("overlap", #"{"a":\#(tensor("[2]", "[0,8]")),"b":\#(tensor("[3]", "[4,16]"))}"#, "badTensor"),
  ("the same place twice", #"{"a":\#(tensor("[4]", "[0,16]")),"b":\#(tensor("[4]", "[0,16]"))}"#, "badTensor"),
  ("a gap", #"{"a":\#(tensor("[1]", "[0,4]")),"b":\#(tensor("[2]", "[8,16]"))}"#, "badTensor"),
  ("a gap at the start", #"{"a":\#(tensor("[3]", "[4,16]"))}"#, "badTensor"),
  ("data left over", #"{"a":\#(tensor("[3]", "[0,12]"))}"#, "truncated"),
  ("past the end", #"{"a":\#(tensor("[5]", "[0,20]"))}"#, "truncated"),
  ("far past the end", #"{"a":\#(tensor("[4]", "[0,9223372036854775807]"))}"#, "truncated"),
  ("beyond 64 bits", #"{"a":\#(tensor("[4]", "[0,9223372036854775808]"))}"#, "badTensor"),
  ("all of 64 bits", #"{"a":\#(tensor("[4]", "[0,18446744073709551615]"))}"#, "badTensor"),
  ("backwards", #"{"a":\#(tensor("[4]", "[16,0]"))}"#, "badTensor"),
  ("negative", #"{"a":\#(tensor("[4]", "[-16,0]"))}"#, "badTensor"),
  ("most negative", #"{"a":\#(tensor("[4]", "[-9223372036854775808,9223372036854775807]"))}"#, "badTensor"),
  ("a fraction", #"{"a":\#(tensor("[4]", "[0.0,16.0]"))}"#, "badTensor"),
  ("offsets as text", #"{"a":\#(tensor("[4]", #"["0","16"]"#))}"#, "badTensor"),
  ("one offset", #"{"a":\#(tensor("[4]", "[16]"))}"#, "badTensor"),
  ("three offsets", #"{"a":\#(tensor("[4]", "[0,8,16]"))}"#, "badTensor"),
  ("too few bytes for the shape", #"{"a":\#(tensor("[5]", "[0,16]"))}"#, "badTensor"),
  ("too many bytes for the shape", #"{"a":\#(tensor("[3]", "[0,16]"))}"#, "badTensor"),
  ("a shape of 2^64", #"{"a":\#(tensor("[4294967296,4294967296]", "[0,16]"))}"#, "badTensor"),
  ("a shape of 2^64 + 4", #"{"a":\#(tensor("[4,4611686018427387905]", "[0,16]"))}"#, "badTensor"),
  ("a size in bits of 2^64", #"{"a":\#(tensor("[576460752303423488]", "[0,16]"))}"#, "badTensor"),
  ("a size of 2^63", #"{"a":\#(tensor("[9223372036854775808]", "[0,16]"))}"#, "badTensor"),
  ("a negative size", #"{"a":\#(tensor("[-2,-2]", "[0,16]"))}"#, "badTensor"),
  ("a size of text", #"{"a":\#(tensor(#"["4"]"#, "[0,16]"))}"#, "badTensor"),
  ("a shape of null", #"{"a":\#(tensor("null", "[0,16]"))}"#, "badTensor"),
  ("an unknown dtype", #"{"a":\#(tensor("[4]", "[0,16]", dtype: "F31"))}"#, "badTensor"),
  ("a dtype in small letters", #"{"a":\#(tensor("[4]", "[0,16]", dtype: "f32"))}"#, "badTensor"),
  ("a name twice", #"{"a":\#(tensor("[2]", "[0,8]")),"a":\#(tensor("[2]", "[8,16]"))}"#, "badHeader"),
  (
    "a name twice, one of them empty", #"{"a":\#(tensor("[4]", "[0,16]")),"a":\#(tensor("[0]", "[16,16]"))}"#,
    "badHeader"
  ),
  ("metadata of another kind", #"{"__metadata__":[],"a":\#(tensor("[4]", "[0,16]"))}"#, "badHeader"),
  ("metadata that is not text", #"{"__metadata__":{"a":1},"a":\#(tensor("[4]", "[0,16]"))}"#, "badHeader"),
  ("deep nesting", #"{"a":\#(String(repeating: "[", count: 100_000))"#, "badHeader"),
]

@Test(arguments: headers.indices)
func aHeaderThatLiesIsRefused(index: Int) {
  let (what, header, expected) = headers[index]
  let error = #expect(throws: SafetensorsError.self, "\(what)") {
    try Safetensors(bytes: safetensorsBytes(header, data: [UInt8](repeating: 0, count: 16)), name: "file")
  }
  #expect(kind(error) == expected, "\(what): \(error?.description ?? "no error")")
  #expect(error?.description.contains("file") == true && error?.description.contains(";") == true)
}

private let goodHeader = #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#

@Test(
  arguments: [0, 1, 54, 56, 71, 72, 100_000_000, 100_000_001, 1 << 31, 1 << 32, 1 << 63, UInt64.max - 7, .max]
    as [UInt64])
func aHeaderLengthThatLiesIsRefused(length: UInt64) throws {
  let data = [UInt8](repeating: 0, count: 16)
  #expect(try Safetensors(bytes: safetensorsBytes(goodHeader, data: data), name: "file").floats("a") == [0, 0, 0, 0])
  #expect(throws: SafetensorsError.self) {
    try Safetensors(bytes: safetensorsBytes(goodHeader, data: data, length: length), name: "file")
  }
}

@Test func everyCutOfAFileIsRefused() {
  let whole = safetensorsBytes(goodHeader, data: [UInt8](repeating: 7, count: 16))
  for count in 0..<whole.count {
    #expect(throws: SafetensorsError.self, "\(count) bytes") {
      try Safetensors(bytes: Array(whole[..<count]), name: "file")
    }
  }
}

@Test func emptyArraysMayStandAnywhere() throws {
  let header =
    #"{"c":\#(tensor("[0]", "[16,16]")),"a":\#(tensor("[9223372036854775807,0]", "[0,0]")),"b":\#(tensor("[2,2]", "[0,16]"))}"#
  let file = try Safetensors(bytes: safetensorsBytes(header, data: [UInt8](repeating: 0, count: 16)), name: "file")
  #expect(file.names == ["c", "a", "b"])
  #expect(try file.floats("a") == [] && file.floats("c") == [])
  #expect(file.shape(of: "b") == [2, 2])
}

@Test func onlyAFileThatIsTooShortIsCalledCutShort() {
  let whole = safetensorsBytes(goodHeader, data: [UInt8](repeating: 0, count: 16))
  let short = #expect(throws: SafetensorsError.self) { try Safetensors(bytes: whole.dropLast(), name: "file") }
  let long = #expect(throws: SafetensorsError.self) { try Safetensors(bytes: whole + [0], name: "file") }
  #expect(short?.description.contains("cut short") == true)
  #expect(long?.description.contains("cut short") == false)
}
