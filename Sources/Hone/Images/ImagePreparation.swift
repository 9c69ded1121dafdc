internal import Foundation
internal import HoneFiles
internal import HoneModels

/// How a picture becomes the numbers that a model takes.
struct ImagePreparation: Sendable, Equatable {
  /// What is done first to reach the size.
  enum Sizing: Sendable, Equatable {
    /// The middle square, then that size.
    case middleSquare(Int)
    /// The shorter side so long.
    case shortSide(Int)
    /// That width and height, whatever the shape.
    case stretch(width: Int, height: Int)
    case none
  }

  var sizing: Sizing
  var filter: ResizeFilter
  /// Rows and columns that are cut out of the middle at the end; nil: none are.
  var crop: (width: Int, height: Int)?
  /// A number is multiplied with this, the mean is taken away, and the rest divided by the spread.
  var scale: Float
  var mean: [Float]  // (3)
  var spread: [Float]  // (3)

  static func == (a: ImagePreparation, b: ImagePreparation) -> Bool { a.facts == b.facts }

  /// Everything that decides about the numbers, in words.
  var facts: [String] {
    ["\(sizing)", "\(filter)", crop.map { "\($0.width)x\($0.height)" } ?? "", "\(scale)", "\(mean)", "\(spread)"]
  }

  /// For networks that take numbers from −1 to 1.
  static func plain(size: Int) -> ImagePreparation {
    ImagePreparation(
      sizing: .middleSquare(size), filter: .bilinear, crop: nil, scale: 1 / 127.5, mean: [1, 1, 1], spread: [1, 1, 1])
  }

  /// How many times as long as the other a side may be where both are made smaller together; of a longer one the middle
  /// counts.
  private static let longest = 64

  /// The picture in its size.
  func sized(_ image: PixelImage) -> PixelImage {
    var image = image
    switch sizing {
    case .middleSquare(let size):
      let side = min(image.width, image.height)
      image = image.centre(width: side, height: side).resized(width: size, height: size, filter)
    case .shortSide(let size):
      let short = min(image.width, image.height)
      if max(image.width, image.height) / Self.longest > short {
        image = image.centre(
          width: min(image.width, short * Self.longest), height: min(image.height, short * Self.longest))
      }
      image = image.resized(shortSide: size, filter)
    case .stretch(let width, let height): image = image.resized(width: width, height: height, filter)
    case .none: break
    }
    return crop.map { image.centre(width: $0.width, height: $0.height) } ?? image
  }

  /// The numbers of a picture. Shapes: result (height, width, 3).
  func numbers(_ image: PixelImage) -> [Float] {
    let pixels = sized(image).pixels
    var tables: [[Float]] = []
    for part in 0..<3 { tables.append((0..<256).map { (Float($0) * scale - mean[part]) / spread[part] }) }
    var result = [Float](repeating: 0, count: pixels.count)
    for place in stride(from: 0, to: pixels.count, by: 3) {
      for part in 0..<3 { result[place + part] = tables[part][Int(pixels[place + part])] }
    }
    return result
  }
}

extension ImagePreparation {
  /// Reads `preprocessor_config.json` of a model that takes squares of a size.
  ///
  /// - Throws: `HoneError` for what would give other numbers.
  init(preprocessorJSON bytes: [UInt8], size: Int) throws {
    guard let fields = try? JSONValue(parsing: bytes), case .object = fields else {
      throw Self.fail("a JSON object", "something else")
    }
    func flag(_ name: String) -> Bool { fields[name] != .bool(false) }
    func number(_ value: JSONValue?) -> Float? { value.flatMap { Float($0.text) } }
    self = .plain(size: size)
    (sizing, filter) = (.none, .bicubic)
    if flag("do_resize") {
      switch fields["resample"]?.integer ?? 3 {
      case 2: filter = .bilinear
      case 3: filter = .bicubic
      case let other: throw Self.fail("resample to be 2 (bilinear) or 3 (bicubic)", "\(other)")
      }
      let wanted = fields["size"]
      if let side = wanted?["shortest_edge"]?.integer ?? wanted?.integer {
        sizing = .shortSide(try Self.checked(side, "size"))
      } else if let width = wanted?["width"]?.integer, let height = wanted?["height"]?.integer {
        sizing = .stretch(width: try Self.checked(width, "size"), height: try Self.checked(height, "size"))
      } else {
        throw Self.fail("size with shortest_edge, or width and height", wanted?.text ?? "nothing")
      }
    }
    if flag("do_center_crop") {
      let wanted = fields["crop_size"]
      guard let width = wanted?["width"]?.integer ?? wanted?.integer,
        let height = wanted?["height"]?.integer ?? wanted?.integer
      else { throw Self.fail("crop_size with width and height", wanted?.text ?? "nothing") }
      crop = (try Self.checked(width, "crop_size"), try Self.checked(height, "crop_size"))
    }
    scale = flag("do_rescale") ? number(fields["rescale_factor"]) ?? 1 / 255 : 1
    let isNormalised = flag("do_normalize")
    mean = isNormalised ? fields["image_mean"]?.array?.compactMap { number($0) } ?? [] : [0, 0, 0]
    spread = isNormalised ? fields["image_std"]?.array?.compactMap { number($0) } ?? [] : [1, 1, 1]
    guard mean.count == 3, spread.count == 3, scale.isFinite, mean.allSatisfy(\.isFinite),
      spread.allSatisfy({ $0.isFinite && $0 > 0 })
    else { throw Self.fail("image_mean and image_std of three numbers, the latter above 0", "others") }
    let result: (Int, Int)? =
      switch (crop, sizing) {
      case (let crop?, _): (crop.width, crop.height)
      case (nil, .stretch(let width, let height)): (width, height)
      default: nil
      }
    guard let result, result == (size, size) else {
      throw Self.fail("pictures of \(size) × \(size) in the end, as the model takes", "others")
    }
  }

  private static func checked(_ size: Int, _ field: String) throws -> Int {
    guard (1...4096).contains(size) else { throw fail("\(field) from 1 to 4096", "\(size)") }
    return size
  }

  private static func fail(_ expected: String, _ found: String) -> HoneError {
    HoneError(
      "preprocessor_config.json: expected \(expected), found \(found)", remedy: "get the model again, or mend the file")
  }
}
