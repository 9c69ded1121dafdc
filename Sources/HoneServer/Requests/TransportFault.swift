package import HoneAPI

/// Why a request never came in whole.
package enum TransportFault: Error, Equatable {
  /// The head, or the next piece of the body, did not come in time.
  case slow(seconds: Int)
  case headTooLarge
  /// So many Host headers; HTTP/1.1 has one.
  case hosts(Int)
  /// Bytes that are no HTTP, or an end too early.
  case broken
}

extension TransportFault: Refusable {
  package var refusal: Refusal {
    switch self {
    case .slow(let seconds):
      Refusal(408, .invalidRequest, "request: expected more of it within \(seconds) s, found nothing; send it again")
    case .headTooLarge:
      Refusal(431, .invalidRequest, "headers: expected fewer and shorter ones; send smaller headers")
    case .hosts(let count):
      Refusal(400, .invalidRequest, "header Host: expected one, found \(count); send the name that the server has")
    case .broken:
      Refusal(400, .invalidRequest, "request: expected HTTP/1.1, found something else or an early end; send it whole")
    }
  }
}
