import Foundation
import HoneAPI
import Testing

/// The body of a request with one field replaced, or taken away.
private func body(_ kind: RequestKind, _ field: String, _ json: String?) throws -> [UInt8] {
  var object = try #require(JSONSerialization.jsonObject(with: Data(kind.body.utf8)) as? [String: Any])
  object[field] = nil
  let rest = String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
  guard let json else { return Array(rest.utf8) }
  return Array("{\"\(field)\":\(json)\(object.isEmpty ? "}" : "," + rest.dropFirst())".utf8)
}

@Test(arguments: RequestKind.all)
private func aFieldTakesItsKindsOfValueAndNoOther(_ kind: RequestKind) throws {
  for (field, kinds) in kind.takes {
    for probe in probes {
      let place: Comment = "\(field): \(probe.json)"
      do {
        _ = try kind.read(body(kind, field, probe.json))
        #expect(kinds.contains(probe.name), place)
      } catch let error as RequestError {
        #expect(!kinds.contains(probe.name), "\(field): \(probe.json) gave \(error)")
        let parameter = try #require(error.parameter, place)
        let isInside = parameter.hasPrefix(field + "[") || parameter.hasPrefix(field + ".")
        #expect(parameter == field || isInside, "\(field): \(probe.json) gave \(parameter)")
        #expect(error.description.contains("expected"), place)
        #expect(!error.description.contains("says a lot"), place)
      }
    }
  }
}

@Test(arguments: RequestKind.all)
private func aFieldThatMustBeThereIsMissedWhenAbsentOrNull(_ kind: RequestKind) throws {
  for field in kind.takes.keys {
    for json in [nil, "null"] {
      do {
        _ = try kind.read(body(kind, field, json))
        #expect(!kind.required.contains(field), "\(field)")
      } catch let error as RequestError {
        #expect(kind.required.contains(field), "\(field)")
        guard case .missing(field, let expected) = error else {
          Issue.record("\(field) gave \(error)")
          continue
        }
        #expect(!expected.isEmpty)
      }
    }
  }
}

@Test(arguments: RequestKind.all)
private func aFieldNobodyKnowsIsNoted(_ kind: RequestKind) throws {
  #expect(try kind.read(Array(kind.body.utf8)).unknownFields == [])
  let twice = try kind.read(body(kind, "zebra", "[1,{\"model\":2}],\"aardvark\":null"))
  #expect(twice.unknownFields == ["aardvark", "zebra"])
}

@Test(arguments: RequestKind.all)
private func aRequestIsAnObject(_ kind: RequestKind) {
  for json in ["[]", "[{}]", "\"a\"", "1", "true", "null"] {
    let error = #expect(throws: RequestError.self) { try kind.read(Array(json.utf8)) }
    guard case .wrong(nil, "an object", _) = error else {
      Issue.record("\(json) gave \(String(describing: error))")
      continue
    }
  }
}

@Test(arguments: RequestKind.all)
private func whatIsReadIsWrittenAndReadAgain(_ kind: RequestKind) throws {
  func expectRoundTrip(_ request: some RequestBody) throws {
    let copy = try type(of: request).init(body: Array(JSONEncoder().encode(request)))
    #expect(copy == request)
  }
  try expectRoundTrip(kind.read(Array(kind.body.utf8)))
}
