internal import Foundation
internal import HoneKernels

/// The vectors of a few fixed texts, kept in `hone.json` since the model came into the home: whoever reads the weights
/// later can tell whether they still give the same.
public struct EncoderProbe: Sendable, Codable, Equatable {
  public let texts: [String]
  /// In float32, of length 1. Shapes: (texts, dimensions).
  public let vectors: [[Float]]

  static let texts = [
    "The ferry leaves at seven.", "How do I get my money back?", "Zwölf Boxkämpfer jagen Viktor quer über den Deich",
    "num1 = 3.14159 # not quite pi",
  ]

  /// How far a number of a vector may be from it in float32, where another processor adds in another order.
  public static let tolerance: Float = 1e-5

  /// Asks a model, which must compute in float32.
  init(asking model: EmbeddingModel) throws {
    texts = Self.texts
    let result = try model.embed(texts)
    vectors = (0..<result.count).map { Array(result[$0]) }
  }

  /// The largest difference between these numbers and a model's, and the smallest cosine of two vectors.
  func distance(to model: EmbeddingModel) throws -> (difference: Float, cosine: Float) {
    let result = try model.embed(texts)
    var (difference, cosine): (Float, Float) = (0, 1)
    for (index, expected) in vectors.enumerated() {
      let found = Array(result[index])
      guard found.count == expected.count else { return (.infinity, -1) }
      var sum: Float = 0
      for (a, b) in zip(found, expected) {
        difference = max(difference, abs(a - b))
        sum += a * b
      }
      cosine = min(cosine, sum)
    }
    return (difference, cosine)
  }
}

/// What comparing a model with what was noted of it came to.
public struct Verification: Sendable, Codable {
  public let name: String
  /// The largest difference in float32: between numbers of vectors, or between log-probabilities.
  public let difference: Float
  public let tolerance: Float
  /// For encoders: the smallest cosine between a vector in the fast precision and the one noted.
  public let fastCosine: Float?
  public let isWhole: Bool

  enum CodingKeys: String, CodingKey {
    case name, difference, tolerance
    case fastCosine = "fast_cosine"
    case isWhole = "ok"
  }
}

extension Home {
  /// Asks a model what it was asked when it came into the home.
  ///
  /// - Throws: `HoneError` where nothing was noted of it then.
  public func verifyModel(_ name: String) throws -> Verification {
    if isEncoder(name) {
      let encoder = try loadEncoder(name)
      guard let probe = encoder.info.vectors else { throw nothingNoted(name) }
      let (difference, _) = try probe.distance(to: EmbeddingModel(encoder, .float32))
      let (_, cosine) = try probe.distance(to: EmbeddingModel(encoder, .fast))
      return Verification(
        name: name, difference: difference, tolerance: EncoderProbe.tolerance, fastCosine: cosine,
        isWhole: difference <= EncoderProbe.tolerance && cosine >= 0.9995)
    }
    if try imageEncoderNames().contains(name) { throw nothingNoted(name) }
    let model = try loadModel(name)
    guard let difference = try model.info.probe?.distance(to: model) else { throw nothingNoted(name) }
    return Verification(
      name: name, difference: difference, tolerance: ModelProbe.tolerance, fastCosine: nil,
      isWhole: difference <= ModelProbe.tolerance)
  }

  private func nothingNoted(_ name: String) -> HoneError {
    HoneError(
      "\(name): expected answers that were noted in hone.json, found none",
      remedy: "only models of texts that were trained or pulled by Hone can be verified")
  }

  /// Whether a name is that of a model that embeds.
  func isEncoder(_ name: String) -> Bool {
    guard let meant = try? encoderMeant(by: name).model else { return false }
    if meant == BuiltInEncoder.name, !hasFolder(meant) { return true }
    if meant.contains("/") { return ModelFolder(url: URL(fileURLWithPath: meant, isDirectory: true)).holdsEncoder }
    guard hasFolder(meant), let folder = try? folder(ofModel: meant) else { return false }
    return ModelFolder(url: folder).holdsEncoder
  }
}
