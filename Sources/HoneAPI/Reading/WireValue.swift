/// A value that a request may hold, and what to call it when something else stands in its place.
///
/// `init(from:)` throws `RequestError`, or the decoder's own error, which then becomes `wrong` with `expectation`.
protocol WireValue: Decodable {
  /// As it fits behind "expected": `an integer`.
  static var expectation: String { get }
}

extension String: WireValue { static var expectation: String { "a string" } }
extension Bool: WireValue { static var expectation: String { "true or false" } }
extension Int: WireValue { static var expectation: String { "an integer" } }
extension Int32: WireValue { static var expectation: String { "a token id" } }
extension Double: WireValue { static var expectation: String { "a number" } }

/// One of a few words.
protocol WireWord: WireValue, CaseIterable, RawRepresentable<String> {}

extension WireWord {
  static var expectation: String {
    let words = allCases.map { "\"\($0.rawValue)\"" }
    return words.count == 1 ? words.joined() : "one of \(words.joined(separator: ", "))"
  }
}

/// A list whose elements are all of one kind.
struct WireList<Element: WireValue>: WireValue {
  static var expectation: String { "a list" }

  let elements: [Element]

  init(from decoder: any Decoder) throws {
    guard var list = try? decoder.unkeyedContainer() else { throw decoder.wrong(Self.expectation) }
    var elements: [Element] = []
    elements.reserveCapacity(list.count ?? 0)
    while !list.isAtEnd {
      do { elements.append(try list.decode(Element.self)) } catch let error as RequestError { throw error } catch {
        let place = (decoder.codingPath.parameter ?? "body") + "[\(list.currentIndex)]"
        let found = (try? list.decode(Found.self)) ?? .null
        throw RequestError.wrong(parameter: place, expected: Element.expectation, found: found.description)
      }
    }
    self.elements = elements
  }
}

/// An object whose names are the caller's own, so that errors name the object only.
struct WireMap<Value: WireValue>: WireValue {
  static var expectation: String { "an object" }

  let values: [String: Value]

  init(from decoder: any Decoder) throws {
    guard let object = try? decoder.container(keyedBy: WireKey.self) else { throw decoder.wrong(Self.expectation) }
    var values: [String: Value] = [:]
    for key in object.allKeys {
      do { values[key.stringValue] = try object.decode(Value.self, forKey: key) } catch {
        let found = (try? object.decode(Found.self, forKey: key)) ?? .null
        throw RequestError.wrong(
          parameter: decoder.codingPath.parameter, expected: "an object in which every value is \(Value.expectation)",
          found: found.description)
      }
    }
    self.values = values
  }
}

/// An object of which nothing but its kind is asked.
struct WireAny: WireValue {
  static var expectation: String { "a value" }

  let found: Found

  init(from decoder: any Decoder) { found = Found(from: decoder) }
}
