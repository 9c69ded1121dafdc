public import Foundation
internal import HoneFiles
internal import HoneKernels
internal import HoneStore

extension Home {
  /// The pictures that look most like one; copies of it, byte for byte, are left out.
  ///
  /// `filter`: which pictures are wanted, as in `folder = 'roses' and width >= 400`.
  /// - Throws: `HoneError`, and an error that says why the picture cannot be read.
  public func searchImages(
    like file: URL, collection name: String = Home.imageCollection, limit: Int = 10, filter: String? = nil
  ) throws -> [ImageHit] {
    let (collection, encoder) = try imageCollectionAndEncoder(name)
    let (vector, hash) = try vector(of: file, encoder)
    return try collection.nearestImages(vector, limit: limit, without: hash, filter: filter)
  }

  /// The pictures that a text describes; only with a model that reads texts too, such as CLIP.
  public func searchImages(
    _ text: String, collection name: String = Home.imageCollection, limit: Int = 10, filter: String? = nil
  ) throws -> [ImageHit] {
    let (collection, encoder) = try imageCollectionAndEncoder(name)
    guard let vector = try encoder.embed(texts: [text]).first else { return [] }
    return try collection.nearestImages(vector, limit: limit, without: nil, filter: filter)
  }

  /// What a picture is by the folders of its nearest neighbours, of which each has one vote. Copies of it do not vote.
  public func classifyImage(
    _ file: URL, collection name: String = Home.imageCollection, neighbours: Int = 5
  ) throws -> ImageClassification {
    let (collection, encoder) = try imageCollectionAndEncoder(name)
    let (vector, hash) = try vector(of: file, encoder)
    let hits = try collection.nearestImages(vector, limit: neighbours, without: hash, filter: nil)
    guard let result = ImageClassification(hits) else {
      throw HoneError("\(name): expected pictures to compare with, found none", remedy: "hone images index PHOTOS/")
    }
    return result
  }

  /// Asks pictures of a collection for their neighbours, each without itself and its copies: how often these name the
  /// picture's own folder. Of more than `most` pictures as many are asked, evenly chosen.
  public func checkImages(
    _ name: String = Home.imageCollection, neighbours: Int = 5, most: Int = 2000
  ) throws -> ImageCheck {
    let collection = try imageCollection(name)
    let ids = try collection.rows.ids()
    guard ids.count > 1 else {
      throw HoneError(
        "\(name): expected two pictures or more, found \(ids.count)", remedy: "hone images index PHOTOS/")
    }
    let asked = min(ids.count, max(1, most))
    let chosen = (0..<asked).map { ids[$0 * ids.count / asked] }
    let vectors = try collection.rows.vectors(chosen)
    let rows = try collection.rows.rows(chosen)
    var (right, same, compared) = (0, 0, 0)
    for id in chosen {
      try Task.checkCancellation()
      guard let vector = vectors[id], let fields = rows[id]?.fields else { continue }
      let own = fields["folder"]?.description ?? ""
      let hits = try collection.nearestImages(
        vector, limit: neighbours, without: fields["sha256"]?.description, filter: nil)
      right += ImageClassification(hits)?.label == own ? 1 : 0
      same += hits.count { $0.folder == own }
      compared += hits.count
    }
    let folders = try collection.imageFolders()
    return ImageCheck(
      collection: name, model: try collection.model, asked: asked, images: ids.count, folders: folders.count,
      neighbours: neighbours, accuracy: Double(right) / Double(asked),
      precision: compared > 0 ? Double(same) / Double(compared) : 0,
      chance: Double(folders.values.max() ?? 0) / Double(ids.count))
  }

  private func imageCollectionAndEncoder(_ name: String) throws -> (SearchCollection, ImageEncoder) {
    let collection = try imageCollection(name)
    let encoder = try imageEncoder(collection.model)
    try collection.check(encoder)
    return (collection, encoder)
  }

  private func vector(of file: URL, _ encoder: ImageEncoder) throws -> (vector: [Float], hash: String) {
    let bytes: [UInt8]
    do {
      bytes = try [UInt8](Data(contentsOf: file))
    } catch {
      throw HoneError("\(file.path): expected a picture, found no file that can be read", remedy: "check the path")
    }
    let image = try PixelImage(decoding: bytes, file: file.lastPathComponent)
    return (encoder.vectors([encoder.numbers(image)]).flatMap(\.self), sha256(of: bytes))
  }
}

extension SearchCollection {
  /// The nearest pictures; those of one content, by its SHA-256, are left out.
  func nearestImages(_ vector: [Float], limit: Int, without hash: String?, filter: String?) throws -> [ImageHit] {
    var options = SearchOptions()
    (options.legs, options.filter) = (.vectors, filter)
    options.topK = limit
    let total = try rows.count()
    while true {
      let found = try search(text: nil, vector: vector, options)
      let left = found.filter { hash == nil || $0.fields["sha256"] != hash.map { .text($0) } }
      // Copies may stand before all others: ask for more until enough are left.
      if left.count >= limit || found.count < options.topK || options.topK >= min(total, Self.mostRows) {
        return left.prefix(limit).map { ImageHit($0) }
      }
      options.topK = min(Self.mostRows, options.topK * 2 + 4)
    }
  }
}

extension ImageHit {
  init(_ hit: SearchHit) {
    func number(_ name: String) -> Int {
      if case .number(let value)? = hit.fields[name] { Int(exactly: value) ?? 0 } else { 0 }
    }
    self.init(
      path: hit.key, folder: hit.fields["folder"]?.description ?? "", width: number("width"), height: number("height"),
      similarity: hit.similarity ?? 0)
  }
}

extension ImageClassification {
  /// One vote for each neighbour; nil where there are none.
  init?(_ neighbours: [ImageHit]) {
    var (votes, nearness): ([String: Int], [String: Double]) = ([:], [:])
    for hit in neighbours {
      votes[hit.folder, default: 0] += 1
      nearness[hit.folder, default: 0] += hit.similarity
    }
    let best = votes.max { a, b in
      if a.value != b.value { return a.value < b.value }
      let (left, right) = (nearness[a.key] ?? 0, nearness[b.key] ?? 0)
      return left != right ? left < right : a.key > b.key
    }
    guard let best else { return nil }
    self.init(
      label: best.key, share: Double(best.value) / Double(neighbours.count), votes: votes, neighbours: neighbours)
  }
}
