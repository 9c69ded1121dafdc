internal import Foundation

/// Seconds since 1970.
package let wallClock: @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }

/// A new id of a reply, such as `cmpl-…`.
func newID(_ prefix: String) -> String {
  let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
  return prefix + String((0..<28).map { _ in letters[Int.random(in: letters.indices)] })
}
