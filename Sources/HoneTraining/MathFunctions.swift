#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// e to the power of `x`.
func expDouble(_ x: Double) -> Double { exp(x) }

/// The natural logarithm of `x`.
func logDouble(_ x: Double) -> Double { log(x) }

/// The cosine of `x` radians.
func cosDouble(_ x: Double) -> Double { cos(x) }

/// `x` to the power of `y`.
func powDouble(_ x: Double, _ y: Double) -> Double { pow(x, y) }
