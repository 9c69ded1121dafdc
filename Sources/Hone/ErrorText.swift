internal import Foundation

/// What to tell a person about any error that a call of Hone throws, on one line.
public func describe(_ error: any Error) -> String {
  if error is CancellationError { return "stopped" }
  if let described = error as? any CustomStringConvertible, !(error is CocoaError) { return described.description }
  return error.localizedDescription
}
