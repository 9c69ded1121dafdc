import Foundation
import HoneFiles
import HoneTestSupport
import Testing

/// Pictures and the pixels that Pillow reads in them; `made.json` holds the command.
private func golden(_ name: String) throws -> [UInt8] {
  let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
  return [UInt8](try Data(contentsOf: folder.appending(path: "images/\(name)")))
}

private func largestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
  a.count == b.count ? zip(a, b).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) } : 256
}

/// libjpeg's decoders of different versions may differ by rounding.
@Test(
  arguments: ["colour", "fine", "progressive", "grey", "ink"] + (1...8).map { "turned-\($0)" })
func everyKindOfJPEGGivesItsPixels(name: String) throws {
  let image = try PixelImage(decoding: golden("\(name).jpg"), file: name)
  let isSideways = ["turned-5", "turned-6", "turned-7", "turned-8"].contains(name)
  #expect((image.width, image.height) == (isSideways ? (22, 29) : (29, 22)))
  #expect(largestDifference(image.pixels, try golden("\(name).rgb")) <= 1)
}

@Test(
  arguments: [
    "plain", "grey8", "grey1", "palette", "palette-alpha", "alpha", "alpha-interlaced", "interlaced", "deep",
    "deep-grey", "key", "turned",
  ])
func everyKindOfPNGGivesItsPixels(name: String) throws {
  let image = try PixelImage(decoding: golden("\(name).png"), file: name)
  #expect((image.width, image.height) == (name == "turned" ? (5, 9) : (29, 22)))
  #expect(image.pixels == (try golden("\(name).rgb")))
}

/// The picture of `images_golden.py`.
private func picture(width: Int, height: Int) -> PixelImage {
  var pixels: [UInt8] = []
  for row in 0..<height {
    for column in 0..<width {
      let noise = (row * 7919 + column * 104729 + row * column * 31) % 23
      let blue = (row / 5 + column / 7) % 2 * 200
      pixels.append(UInt8((row * 255 / height + noise) % 256))
      pixels.append(UInt8(column * 255 / width))
      pixels.append(UInt8((blue + noise) % 256))
    }
  }
  return PixelImage(width: width, height: height, pixels: pixels)
}

@Test(
  arguments: [("bilinear", ResizeFilter.bilinear), ("bicubic", .bicubic)],
  [(13, 29), (7, 7), (90, 31), (61, 20), (3, 47), (1, 1)])
func anotherSizeHasThePixelsOfPillow(filter: (String, ResizeFilter), size: (Int, Int)) throws {
  let image = picture(width: 61, height: 47).resized(width: size.0, height: size.1, filter.1)
  #expect((image.width, image.height) == size)
  #expect(image.pixels == (try golden("resized-\(filter.0)-\(size.0)x\(size.1).rgb")))
}

@Test func theMiddleIsCutOutAndPaddedWithBlack() {
  let image = picture(width: 10, height: 7)
  let middle = image.centre(width: 4, height: 9)
  for row in 0..<9 {
    for column in 0..<4 {
      let found = Array(middle.pixels[3 * (row * 4 + column)..<3 * (row * 4 + column) + 3])
      let place = 3 * ((row - 1) * 10 + column + 3)
      #expect(found == ((1..<8).contains(row) ? Array(image.pixels[place..<place + 3]) : [0, 0, 0]))
    }
  }
}

@Test(arguments: ["colour.jpg", "progressive.jpg", "ink.jpg", "plain.png", "palette.png", "alpha-interlaced.png"])
func aPictureThatIsCutOffSaysSo(name: String) throws {
  let bytes = try golden(name)
  for count in 12..<bytes.count - 2 {
    do {
      _ = try PixelImage(decoding: Array(bytes[..<count]), file: name)
      Issue.record("\(count) of \(bytes.count) bytes were enough")
    } catch {
      #expect(error == .truncated(file: name), "\(count) of \(bytes.count) bytes")
    }
  }
}

@Test func whatIsNoPictureIsNamed() {
  let kinds: [([UInt8], String)] = [
    ([], "an empty file"), (Array("GIF89a....".utf8), "GIF"), (Array("RIFF1234WEBPVP8 ".utf8), "WebP"),
    ([0, 0, 0, 24] + Array("ftypheic".utf8), "HEIC, AVIF or a video"), (Array("hello".utf8), "other bytes"),
  ]
  for (bytes, found) in kinds {
    #expect(throws: ImageError.unknownFormat(file: "f", found: found)) {
      try PixelImage(decoding: bytes, file: "f")
    }
  }
}

@Test func aPictureTooLargeIsRefusedByItsHeader() throws {
  let bytes = try golden("plain.png")
  #expect(throws: ImageError.tooLarge(file: "f", width: 29, height: 22, limit: 600)) {
    try PixelImage(decoding: bytes, file: "f", pixelLimit: 600)
  }
  // Sizes that the few bytes cannot hold, with a right checksum: nothing is allocated for them.
  #expect(throws: ImageError.tooLarge(file: "f", width: 60_000, height: 60_000, limit: PixelImage.pixelLimit)) {
    try PixelImage(decoding: TinyPNG(width: 60_000, height: 60_000, rows: []).bytes, file: "f")
  }
  #expect(throws: ImageError.truncated(file: "f")) {
    try PixelImage(decoding: TinyPNG(width: 9_000, height: 9_000, rows: []).bytes, file: "f")
  }
}

@Test func aPictureMadeByTheTestReadsBack() throws {
  let image = picture(width: 17, height: 9)
  let bytes = TinyPNG(width: 17, height: 9, rows: image.pixels).bytes
  #expect(try PixelImage(decoding: bytes, file: "f") == image)
}

private let kinds = ["colour.jpg", "progressive.jpg", "grey.jpg", "ink.jpg", "turned-6.jpg", "turned.png", "tiny.png"]

/// A damaged picture is refused with its typed error, or gives pixels of the size that it says.
@Test func damagedPicturesNeverTrapNorFillTheMemory() async throws {
  await #expect(processExitsWith: .success) {
    limitMemory(bytes: 1 << 30)
    var seeds: [[UInt8]] = []
    for kind in kinds {
      let made = TinyPNG(width: 11, height: 6, rows: picture(width: 11, height: 6).pixels).bytes
      seeds.append(kind == "tiny.png" ? made : try golden(kind))
    }
    var accepted = 0
    for seed in 0..<mutationCount {
      var seeded = Seeded(seed)
      let kind = seeded.number(0...seeds.count - 1)
      var bytes = seeded.damaged(seeds[kind])
      // Checksums that are right let the damage through to the next room.
      if seeded.flag(), kinds[kind].hasSuffix(".png") { bytes = TinyPNG.withChecksums(bytes) }
      guard let image = try? PixelImage(decoding: bytes, file: "f") else { continue }
      accepted += 1
      #expect(image.pixels.count == image.width * image.height * 3, "seed \(seed)")
    }
    #expect(accepted > 20, "too few of the damaged pictures are whole enough to be read: \(accepted)")
  }
}
