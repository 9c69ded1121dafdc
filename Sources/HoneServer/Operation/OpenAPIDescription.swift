internal import HoneAPI

/// The description of the API in the form of OpenAPI 3.1, made from the route table.
struct OpenAPIDescription: Reply {
  let routes: [Route]
  let version: String

  func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }

  private var document: Node {
    .object([
      ("openapi", .text("3.1.0")),
      ("info", .object([("title", .text("Hone")), ("version", .text(version))])),
      ("paths", .object(paths)),
      (
        "components",
        .object([
          ("securitySchemes", .object(Self.schemes)), ("schemas", .object([("Error", Self.errorSchema)])),
        ])
      ),
    ])
  }

  /// Every path once, with its methods, sorted.
  private var paths: [(String, Node)] {
    var methods: [String: [(String, Node)]] = [:]
    for route in routes {
      for prefix in route.surfaces.prefixes {
        methods[prefix + route.pattern.text, default: []]
          .append((route.method.rawValue.lowercased(), operation(route, isAzure: prefix == "/openai")))
      }
    }
    return methods.sorted { $0.key < $1.key }.map { ($0.key, .object($0.value)) }
  }

  private func operation(_ route: Route, isAzure: Bool) -> Node {
    let inPath = route.pattern.parameters.map { Self.parameter($0, in: "path", isRequired: true) }
    let inQuery = (route.query + (isAzure ? ["api-version"] : []))
      .map { Self.parameter($0, in: "query", isRequired: false) }
    var members: [(String, Node)] = [("summary", .text(route.summary)), ("parameters", .array(inPath + inQuery))]
    let type: String? =
      switch route.body {
      case .none: nil
      case .json: "application/json"
      case .multipart: "multipart/form-data"
      }
    if let type {
      let content = Node.object([(type, .object([("schema", .object([("type", .text("object"))]))]))])
      members.append(("requestBody", .object([("content", content)])))
    }
    members.append(("responses", responses(route)))
    let keys = Self.schemes.map { Node.object([($0.0, .array([]))]) }
    members.append(("security", .array(route.scope == nil ? [] : keys)))
    if let scope = route.scope { members.append(("x-scope", .text(scope.rawValue))) }
    return .object(members)
  }

  private func responses(_ route: Route) -> Node {
    var good: [(String, Node)] = [("description", .text("Success"))]
    if !route.replyFields.isEmpty {
      let fields = route.replyFields
      let schema = Node.object([
        ("type", .text("object")), ("required", .array(fields.map(Node.text))),
        ("properties", .object(fields.map { ($0, .object([])) })),
      ])
      good.append(("content", .object([("application/json", .object([("schema", schema)]))])))
    }
    let reference = Node.object([("$ref", .text("#/components/schemas/Error"))])
    let bad = Node.object([
      ("description", .text("Refused")),
      ("content", .object([("application/json", .object([("schema", reference)]))])),
    ])
    return .object([("200", .object(good)), ("default", bad)])
  }

  private static func parameter(_ name: String, in place: String, isRequired: Bool) -> Node {
    .object([
      ("name", .text(name)), ("in", .text(place)), ("required", .flag(isRequired)),
      ("schema", .object([("type", .text("string"))])),
    ])
  }

  private static let schemes: [(String, Node)] = [
    ("bearer", .object([("type", .text("http")), ("scheme", .text("bearer"))])),
    ("apiKey", .object([("type", .text("apiKey")), ("in", .text("header")), ("name", .text("api-key"))])),
  ]

  private static let errorSchema: Node = {
    let text = Node.object([("type", .text("string"))])
    let textOrNull = Node.object([("type", .array([.text("string"), .text("null")]))])
    let fault = Node.object([
      ("type", .text("object")),
      ("required", .array(["message", "type", "param", "code"].map(Node.text))),
      (
        "properties",
        .object([("message", text), ("type", text), ("param", textOrNull), ("code", textOrNull)])
      ),
    ])
    return .object([
      ("type", .text("object")), ("required", .array([.text("error")])), ("properties", .object([("error", fault)])),
    ])
  }()
}

/// A JSON value whose members keep their order.
private indirect enum Node: Encodable, Sendable {
  case text(String)
  case flag(Bool)
  case array([Node])
  case object([(String, Node)])

  private struct Name: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .text(let text):
      var value = encoder.singleValueContainer()
      try value.encode(text)
    case .flag(let flag):
      var value = encoder.singleValueContainer()
      try value.encode(flag)
    case .array(let elements):
      var array = encoder.unkeyedContainer()
      for element in elements { try array.encode(element) }
    case .object(let members):
      var object = encoder.container(keyedBy: Name.self)
      for (name, value) in members { try object.encode(value, forKey: Name(stringValue: name)) }
    }
  }
}
