package import HoneAPI

/// An error that is an answer to the caller; every other error is a fault of Hone, of which the caller learns no more.
package protocol Refusable: Error {
  var refusal: Refusal { get }
}

extension Refusal: Refusable {
  package var refusal: Refusal { self }
}

extension RequestError: Refusable {
  package var refusal: Refusal { Refusal(self) }
}

extension Refusal {
  /// What the caller gets to see of an error.
  init(of error: any Error) {
    switch error {
    case let error as any Refusable: self = error.refusal
    case is CancellationError: self = .notReady("The server is stopping. Try again in a moment.", retryAfter: 2)
    default: self = .server("Something went wrong here. The server's log says what, under this x-request-id.")
    }
  }
}
