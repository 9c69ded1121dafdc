/// What is wrong with a model's files, as facts; the sentence is `description`.
package enum ModelError: Error, Equatable, Sendable {
  /// A field of the configuration has no usable value.
  case badConfig(file: String = "config.json", field: String, expected: String, found: String)
  /// A tensor that the configuration asks for is not there.
  case missingTensor(name: String, shape: [Int])
  /// A tensor has another shape than the configuration gives it.
  case wrongShape(name: String, expected: [Int], found: [Int])
  /// A weight is not a number, so every answer would be one neither.
  case notFinite(name: String)
}

extension ModelError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badConfig(let file, let field, let expected, let found):
      "\(file): expected \(field) to be \(expected), found \(found); get the model again or mend that field"
    case .missingTensor(let name, let shape):
      "model weights: expected a tensor '\(name)' of shape \(shape), found none; get the model again"
    case .wrongShape(let name, let expected, let found):
      "model weights: expected '\(name)' of shape \(expected), found \(found); the configuration and the weights are of different models"
    case .notFinite(let name):
      "model weights: '\(name)' holds values that are not finite numbers; get the model again"
    }
  }
}
