package import HoneAPI

/// All routes, and the one that a request means.
package struct RouteTable: Sendable {
  package let routes: [Route]
  private let places: [Int: [Int]]

  package init(_ routes: [Route]) {
    self.routes = routes
    places = Dictionary(grouping: routes.indices) { routes[$0].pattern.segments.count }
  }

  /// The route of a request and the values in its path; of several that match, the one that says the most. A HEAD is a
  /// GET whose body is not sent.
  ///
  /// Throws: 404 for a path that nobody knows, 405 for a method that the path does not know.
  package func find(_ method: String, _ target: RequestTarget) throws(Refusal) -> (Route, [String: String]) {
    let method = method == "HEAD" ? "GET" : method
    var best: (route: Route, values: [String: String])?
    var allowed: Set<Route.Method> = []
    for place in places[target.path.count] ?? [] {
      let route = routes[place]
      guard !route.surfaces.isDisjoint(with: target.surface.set), let values = route.pattern.match(target.path) else {
        continue
      }
      allowed.insert(route.method)
      guard route.method.rawValue == method else { continue }
      if let best, !route.pattern.isMoreExact(than: best.route.pattern) { continue }
      best = (route, values)
    }
    if let best { return best }
    guard allowed.isEmpty else {
      let names = Route.Method.allCases.filter(allowed.contains).map(\.rawValue)
      throw .method(
        "method: expected \(names.joined(separator: " or ")) on this path, found another; change the method",
        allow: names)
    }
    throw .notFound("Unknown request URL; nothing answers at this path. See /openapi.json for what does.")
  }
}
