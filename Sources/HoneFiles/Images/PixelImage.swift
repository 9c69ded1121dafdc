internal import CHoneImages
package import Foundation

/// A picture as red, green and blue bytes, the way up that it is looked at.
package struct PixelImage: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// Shapes: (height, width, 3).
  package let pixels: [UInt8]

  /// Pixels that a picture may have at most: more would be 300 MB.
  package static let pixelLimit = 100_000_000

  /// - Precondition: three bytes for each pixel.
  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * 3,
      "\(pixels.count) bytes for \(width) × \(height) pixels")
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// Reads a JPEG or PNG file.
  ///
  /// - Throws: `FileError`, `ImageError`.
  package init(contentsOf file: URL) throws {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw FileError.unreadable(path: file.path, reason: error.localizedDescription)
    }
    try self.init(decoding: [UInt8](data), file: file.lastPathComponent)
  }

  /// Reads a JPEG or PNG.
  ///
  /// Grey becomes three equal numbers. Ink (CMYK) becomes what it looks like, taken as Adobe's programs write it. Of 16 bits
  /// the upper 8 are kept. What shines through lies on white. Colour profiles are left alone: numbers are taken as sRGB.
  /// An orientation noted by the camera (EXIF) is carried out.
  ///
  /// `file`: what to call it in errors.
  package init(decoding bytes: [UInt8], file: String, pixelLimit: Int = PixelImage.pixelLimit) throws(ImageError) {
    let format = try ImageFormat(bytes, file: file)
    let facts = try Self.facts(bytes, format, file: file)
    let (width, height) = (Int(facts.width), Int(facts.height))
    guard width > 0, height > 0 else { throw .damaged(file: file, reason: "it has no pixels") }
    guard width <= pixelLimit / height else {
      throw .tooLarge(file: file, width: width, height: height, limit: pixelLimit)
    }
    // No file of this kind holds so much in so few bytes: the end is missing, or the sizes are a trap.
    guard Int(clamping: facts.raw_bytes) / format.mostRawBytesPerByte <= bytes.count else {
      throw .truncated(file: file)
    }
    let pixels = try Self.decoded(bytes, format, facts, file: file)
    let turn = ImageTurn(exifOf: bytes, format)
    let image = PixelImage(width: width, height: height, pixels: pixels)
    self = turn == .none ? image : image.turned(turn)
  }

  private static func facts(_ bytes: [UInt8], _ format: ImageFormat, file: String) throws(ImageError)
    -> hone_image_facts
  {
    var facts = hone_image_facts()
    let status = unsafe bytes.withUnsafeBufferPointer { bytes in
      switch format {
      case .jpeg: unsafe hone_jpeg_facts(bytes.baseAddress, bytes.count, &facts)
      case .png: unsafe hone_png_facts(bytes.baseAddress, bytes.count, &facts)
      }
    }
    try check(status, facts, file: file)
    return facts
  }

  private static func decoded(
    _ bytes: [UInt8], _ format: ImageFormat, _ facts: hone_image_facts, file: String
  ) throws(ImageError) -> [UInt8] {
    var facts = facts
    var status = HONE_IMAGE_OK
    let count = Int(facts.width) * Int(facts.height) * 3
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: count) { pixels, filled in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        switch format {
        case .jpeg:
          status = unsafe hone_jpeg_pixels(bytes.baseAddress, bytes.count, pixels.baseAddress, &facts)
        case .png:
          status = unsafe hone_png_pixels(bytes.baseAddress, bytes.count, pixels.baseAddress, &facts)
        }
      }
      filled = status == HONE_IMAGE_OK ? count : 0
    }
    try check(status, facts, file: file)
    return pixels
  }

  private static func check(
    _ status: hone_image_status, _ facts: hone_image_facts, file: String
  ) throws(ImageError) {
    var facts = facts
    let reason = unsafe withUnsafeBytes(of: &facts.reason) {
      unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    switch status {
    case HONE_IMAGE_OK: return
    case HONE_IMAGE_TRUNCATED: throw .truncated(file: file)
    case HONE_IMAGE_UNSUPPORTED: throw .unsupported(file: file, reason: reason)
    case HONE_IMAGE_NO_MEMORY: throw .noMemory(file: file)
    default: throw .damaged(file: file, reason: reason)
    }
  }
}

/// The kinds of pictures that are read.
enum ImageFormat: Equatable {
  case jpeg, png

  /// Knows the kind by its first bytes; names go for nothing.
  init(_ bytes: [UInt8], file: String) throws(ImageError) {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: Self.pngSignature) {
      self = .png
    } else {
      throw .unknownFormat(file: file, found: Self.name(bytes))
    }
  }

  static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Unpacked bytes that one byte of a file can stand for at most: deflate gives 1,032, and a progressive JPEG tells of
  /// 64 bytes with one bit.
  var mostRawBytesPerByte: Int { self == .jpeg ? 4096 : 1100 }

  private static func name(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "an empty file" }
    if bytes.starts(with: "GIF8".utf8) { return "GIF" }
    if bytes.starts(with: "BM".utf8) { return "BMP" }
    if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return "WebP" }
    if bytes.starts(with: [0x49, 0x49, 0x2A, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A]) { return "TIFF" }
    if bytes.dropFirst(4).starts(with: "ftyp".utf8) { return "HEIC, AVIF or a video" }
    if bytes.starts(with: "<svg".utf8) || bytes.starts(with: "<?xml".utf8) { return "SVG or XML" }
    if bytes.starts(with: [0xFF, 0xD8]) || Self.pngSignature.starts(with: bytes) { return "the first bytes alone" }
    return "other bytes"
  }
}
