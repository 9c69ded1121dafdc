internal import Foundation
internal import HoneAnalysis
internal import HoneFiles
internal import HoneKernels
internal import HoneModels
internal import HoneTokenizers
internal import HoneTraining

extension Home {
  /// Fits vectors to a task, and keeps the result as a model of its own, `MODEL+SUFFIX`.
  ///
  /// Examples are divided first; what is reported is told of the held-out ones, with everything that could be chosen
  /// (thresholds, the probe) chosen on the others.
  /// - Throws: `HoneError` for too few examples or classes; `CancellationError`.
  public func customize(
    _ request: CustomizeRequest, onEvent: (CustomizeEvent) throws -> Void = { _ in }
  ) throws -> CustomizeReport {
    let base = try encoderMeant(by: request.model).model
    guard !base.contains("/") else {
      throw HoneError(
        "model: expected a model of the home, found a path", remedy: "get it first: hone pull NAME --from \(base)",
        parameter: "model")
    }
    let slug = nameSlug(request.suffix, limit: 40)
    guard !slug.isEmpty else {
      throw HoneError("name: expected letters or digits, found '\(request.suffix)'", remedy: "choose another name")
    }
    let name = "\(base)+\(slug)"
    try checkIsNew(name)
    let encoder = try loadEncoder(base)
    guard request.method == .encoder else { return try customize(request, encoder, base: base, name: name, onEvent) }
    // An unfinished run of the same request goes on where it was.
    try makeFolders()
    let folder = jobs.appendingPathComponent("customize-\(request.fingerprint(encoder).prefix(16))", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let lock = try FileLock(at: folder.appendingPathComponent("lock"))
    defer { lock.release() }
    let report = try customize(
      request, encoder, base: base, name: name, checkpoint: folder.appendingPathComponent("checkpoint"), onEvent)
    try? FileManager.default.removeItem(at: folder)
    return report
  }

  private func customize(
    _ request: CustomizeRequest, _ encoder: LoadedEncoder, base: String, name: String, checkpoint: URL? = nil,
    _ onEvent: (CustomizeEvent) throws -> Void
  ) throws -> CustomizeReport {
    var random = RandomGenerator(seed: request.seed)
    switch request.examples {
    case .labels(let texts, let labels):
      return try customize(request, encoder, base: base, name: name, texts, labels, checkpoint, &random, onEvent)
    case .pairs(let first, let second, let isPositive):
      let pairs = TextPairs(first: first, second: second, isPositive: isPositive)
      return try customize(request, encoder, base: base, name: name, pairs, checkpoint, &random, onEvent)
    }
  }

  // MARK: labels

  private func customize(
    _ request: CustomizeRequest, _ encoder: LoadedEncoder, base: String, name: String, _ texts: [String],
    _ labels: [String], _ checkpoint: URL?, _ random: inout RandomGenerator, _ onEvent: (CustomizeEvent) throws -> Void
  ) throws -> CustomizeReport {
    var training = (texts: texts, labels: labels)
    var heldOut = (texts: [String](), labels: [String]())
    if case .labels(let otherTexts, let otherLabels)? = request.heldOut {
      heldOut = (otherTexts, otherLabels)
    } else {
      let split = heldOutSplit(labels: labels, share: request.heldOutShare, using: &random)
      training = (split.training.map { texts[$0] }, split.training.map { labels[$0] })
      heldOut = (split.heldOut.map { texts[$0] }, split.heldOut.map { labels[$0] })
    }
    let names = Array(Set(training.labels)).sorted()
    guard names.count > 1, training.labels.count > names.count, !heldOut.texts.isEmpty else {
      throw HoneError(
        "examples: expected two classes or more with several texts each, found \(names.count) classes and \(texts.count) texts",
        remedy: "give more examples", parameter: "label")
    }
    let classes = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    let trainingIDs = training.labels.map { classes[$0] ?? 0 }
    let heldOutIDs = heldOut.labels.map { classes[$0] ?? -1 }
    func accuracy(_ model: EmbeddingModel) throws -> Share {
      let probe = LogisticRegression(
        try model.embed(training.texts).values, labels: trainingIDs, inputs: model.dimensions, classes: names.count,
        inverseRegularization: 10)
      let found = probe.classify(try model.embed(heldOut.texts).values)
      return Share(zip(found, heldOutIDs).count { $0 == $1 }, of: heldOutIDs.count)
    }
    let before = try accuracy(EmbeddingModel(encoder))
    let begin = ContinuousClock.now
    let groups = trainingIDs.map(Int.init)
    let tuned: LoadedEncoder
    switch request.method {
    case .encoder:
      tuned = try tunedEncoder(request, encoder, training.texts, groups, checkpoint, onEvent)
    case .matrix:
      let vectors = try EmbeddingModel(encoder).embed(training.texts).values
      let (first, second, marks) = Self.pairs(groups: groups, &random)
      tuned = try projected(request, encoder, vectors, first, second, marks, onEvent)
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    let after = try accuracy(EmbeddingModel(tuned))
    let report = CustomizeReport(
      model: name, before: before, after: after, measure: "probe", thresholds: [],
      trainingExamples: training.texts.count, histograms: [],
      cutTexts: request.method == .encoder ? tokens(of: training.texts, encoder).cut : 0, seconds: seconds)
    try keep(tuned, as: name, base: base, request, report)
    return report
  }

  /// Pairs of texts of one class, and as many of two.
  private static func pairs(
    groups: [Int], _ random: inout RandomGenerator
  ) -> (first: [Int], second: [Int], isPositive: [Bool]) {
    let members = Dictionary(grouping: groups.indices) { groups[$0] }
    var (first, second, marks): ([Int], [Int], [Bool]) = ([], [], [])
    for index in groups.indices {
      for _ in 0..<4 {
        guard let mate = members[groups[index]]?.randomElement(using: &random), mate != index else { continue }
        let stranger = Int.random(in: groups.indices, using: &random)
        first += [index]
        second += [mate]
        marks += [true]
        guard groups[stranger] != groups[index] else { continue }
        first += [index]
        second += [stranger]
        marks += [false]
      }
    }
    return (first, second, marks)
  }

  /// An encoder tuned so that texts of one group are near each other.
  private func tunedEncoder(
    _ request: CustomizeRequest, _ encoder: LoadedEncoder, _ texts: [String], _ groups: [Int],
    _ checkpoint: URL?, _ onEvent: (CustomizeEvent) throws -> Void
  ) throws -> LoadedEncoder {
    let tokens = self.tokens(of: texts, encoder).tokens
    let members = Dictionary(grouping: groups.indices) { groups[$0] }
    var options = ContrastiveOptions()
    (options.epochs, options.batchSize) = (max(2, min(20, 2000 / max(1, texts.count))), 64)
    return try tuned(encoder, request, options, pairsPerEpoch: texts.count, checkpoint, onEvent) { random in
      groups.indices.shuffled(using: &random).map { index in
        var mate = index
        for _ in 0..<8 where mate == index {
          mate = members[groups[index]]?.randomElement(using: &random) ?? index
        }
        return TokenPair(first: tokens[index], second: tokens[mate], group: groups[index])
      }
    }
  }

  // MARK: pairs

  private func customize(
    _ request: CustomizeRequest, _ encoder: LoadedEncoder, base: String, name: String, _ given: TextPairs,
    _ checkpoint: URL?, _ random: inout RandomGenerator, _ onEvent: (CustomizeEvent) throws -> Void
  ) throws -> CustomizeReport {
    var (training, heldOut) = (given, TextPairs())
    if case .pairs(let first, let second, let marks)? = request.heldOut {
      heldOut = TextPairs(first: first, second: second, isPositive: marks)
    } else {
      let split = heldOutSplit(given.count, share: request.heldOutShare, using: &random)
      (training, heldOut) = (given.part(split.training), given.part(split.heldOut))
    }
    // Negatives are made after the split, so that no held-out pair is learned from, and only where none are given.
    if request.syntheticNegatives > 0, !given.isPositive.contains(false) {
      let all = training
      training = training.addingNegatives(request.syntheticNegatives, besides: heldOut, using: &random)
      heldOut = heldOut.addingNegatives(request.syntheticNegatives, besides: all, using: &random)
    }
    guard training.count >= 4, heldOut.count >= 2, Set(training.isPositive).count == 2 else {
      throw HoneError(
        "examples: expected pairs that belong together and pairs that do not, found \(training.count) for training",
        remedy: "give more pairs", parameter: "label")
    }
    func cosines(_ model: EmbeddingModel, _ pairs: TextPairs) throws -> [Float] {
      let (a, b) = (try model.embed(pairs.first), try model.embed(pairs.second))
      return (0..<pairs.count).map { zip(a[$0], b[$0]).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    func measured(_ model: EmbeddingModel) throws -> (share: Share, threshold: Double, bins: [[Int]]) {
      let threshold = bestThreshold(try cosines(model, training), training.isPositive)
      let found = try cosines(model, heldOut)
      let right = zip(found, heldOut.isPositive).count { (Double($0) >= threshold) == $1 }
      var bins = [[Int]](repeating: [Int](repeating: 0, count: 20), count: 2)
      for (cosine, mark) in zip(found, heldOut.isPositive) {
        bins[mark ? 0 : 1][min(19, max(0, Int((cosine + 1) * 10)))] += 1
      }
      return (Share(right, of: found.count), threshold, bins)
    }
    let model = EmbeddingModel(encoder)
    let before = try measured(model)
    let texts = Array(Set(training.first + training.second)).sorted()
    let rows = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1, $0) })
    let begin: ContinuousClock.Instant
    let tuned: LoadedEncoder
    switch request.method {
    case .matrix:
      let vectors = try model.embed(texts).values
      begin = .now
      tuned = try projected(
        request, encoder, vectors, training.first.map { rows[$0] ?? 0 }, training.second.map { rows[$0] ?? 0 },
        training.isPositive, onEvent)
    case .encoder:
      begin = .now
      tuned = try tunedEncoder(request, encoder, pairs: training, checkpoint, onEvent)
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    let after = try measured(EmbeddingModel(tuned))
    let report = CustomizeReport(
      model: name, before: before.share, after: after.share, measure: "threshold",
      thresholds: [before.threshold, after.threshold], trainingExamples: training.count,
      histograms: before.bins + after.bins,
      cutTexts: request.method == .encoder ? tokens(of: training.first + training.second, encoder).cut : 0,
      seconds: seconds)
    try keep(tuned, as: name, base: base, request, report)
    return report
  }

  private func tunedEncoder(
    _ request: CustomizeRequest, _ encoder: LoadedEncoder, pairs: TextPairs, _ checkpoint: URL?,
    _ onEvent: (CustomizeEvent) throws -> Void
  ) throws -> LoadedEncoder {
    let (first, second) = (tokens(of: pairs.first, encoder).tokens, tokens(of: pairs.second, encoder).tokens)
    let all = pairs.isPositive.indices.map { index in
      TokenPair(first: first[index], second: second[index], label: pairs.isPositive[index] ? 1 : 0, group: index)
    }
    var options = ContrastiveOptions()
    (options.loss, options.learningRate) = (.cosine, 3e-5)
    return try tuned(encoder, request, options, pairsPerEpoch: all.count, checkpoint, onEvent) {
      all.shuffled(using: &$0)
    }
  }

  // MARK: both

  /// What a model with layers sees of texts: the tokens that fit its window, and those around them.
  private func tokens(of texts: [String], _ encoder: LoadedEncoder) -> (tokens: [[Int32]], cut: Int) {
    let tokenizer = encoder.tokenizer
    let room = encoder.settings.window - tokenizer.prefix.count - tokenizer.suffix.count
    var cut = 0
    let tokens = texts.map { text in
      let all = tokenizer.encode(encoder.settings.lowercases ? text.lowercased() : text)
      if all.count > room { cut += 1 }
      return tokenizer.prefix + all.prefix(room) + tokenizer.suffix
    }
    return (tokens, cut)
  }

  /// The encoder after training on pairs, other ones or in another order in every epoch. What the request names stands
  /// above `options`.
  private func tuned(
    _ encoder: LoadedEncoder, _ request: CustomizeRequest, _ options: ContrastiveOptions, pairsPerEpoch: Int,
    _ checkpoint: URL?, _ onEvent: (CustomizeEvent) throws -> Void, pairs: (inout RandomGenerator) -> [TokenPair]
  ) throws -> LoadedEncoder {
    guard case .bert(let weights, let config) = encoder.network else {
      throw HoneError(
        "\(request.model): expected an encoder with layers, found a static model",
        remedy: "use --method matrix, or name an encoder", parameter: "model")
    }
    var options = options
    options.epochs = request.epochs ?? options.epochs
    options.batchSize = request.batchSize ?? options.batchSize
    options.learningRate = request.learningRate ?? options.learningRate
    options.seed = request.seed
    var trainer = ContrastiveTrainer(
      weights, config, pooling: encoder.settings.pooling, pairsPerEpoch: pairsPerEpoch, options: options)
    if let checkpoint, let state = ContrastiveState(contentsOf: checkpoint), trainer.restore(state) {
      try onEvent(.resumed(step: state.step))
    }
    var saved = ContinuousClock.now
    while trainer.epoch < options.epochs {
      let epoch = trainer.epoch
      var random = RandomGenerator(seed: request.seed &+ UInt64(epoch) &+ 17)
      let loss = try trainer.run(pairs(&random)) { trainer, total, loss in
        let stops = Result {
          try Task.checkCancellation()
          try onEvent(.step(trainer.step, of: total, loss: loss))
        }
        if let checkpoint, (try? stops.get()) == nil || ContinuousClock.now - saved >= request.checkpointInterval {
          try trainer.state.save(to: checkpoint)
          saved = .now
        }
        try stops.get()
      }
      try onEvent(.epoch(epoch + 1, loss: loss))
    }
    var tuned = encoder
    tuned.network = .bert(trainer.weights, config)
    return tuned
  }

  /// The encoder with a matrix behind it. Shapes: vectors (texts, dimensions).
  private func projected(
    _ request: CustomizeRequest, _ encoder: LoadedEncoder, _ vectors: [Float], _ first: [Int], _ second: [Int],
    _ isPositive: [Bool], _ onEvent: (CustomizeEvent) throws -> Void
  ) throws -> LoadedEncoder {
    let inputs = encoder.dimensions
    func rows(_ indexes: [Int]) -> [Float] { indexes.flatMap { vectors[$0 * inputs..<($0 + 1) * inputs] } }
    let labels = isPositive.map { Float($0 ? 1 : -1) }
    let options = try chosen(request, inputs: inputs, rows(first), rows(second), labels)
    var trainer = ProjectionTrainer(inputs: inputs, options: options)
    try trainer.run(rows(first), rows(second), labels: labels) { epoch, loss in
      try Task.checkCancellation()
      try onEvent(.epoch(epoch, loss: loss))
      return true
    }
    var tuned = encoder
    tuned.projection = EncoderProjection(matrix: trainer.matrix, inputs: trainer.inputs, outputs: trainer.outputs)
    return tuned
  }

  /// The settings that tell a fifth of the training pairs apart best when learned from the others; what the request
  /// names is taken as it is. No epoch at all is one of the settings: not every task needs a matrix.
  private func chosen(
    _ request: CustomizeRequest, inputs: Int, _ first: [Float], _ second: [Float], _ labels: [Float]
  ) throws -> ProjectionOptions {
    var candidates: [ProjectionOptions] = []
    for (epochs, rate) in [(0, 1e-4), (10, 1e-4), (10, 3e-4), (10, 1e-3), (30, 1e-3)] as [(Int, Float)] {
      for dropout in [0, 0.2] as [Float] where epochs > 0 || dropout == 0 {
        var options = ProjectionOptions()
        options.epochs = request.epochs ?? epochs
        options.learningRate = request.learningRate ?? rate
        options.batchSize = request.batchSize ?? options.batchSize
        options.dropout = dropout
        options.seed = request.seed
        if !candidates.contains(options) { candidates.append(options) }
      }
    }
    guard labels.count >= 20 else { return candidates[min(1, candidates.count - 1)] }
    var random = RandomGenerator(seed: request.seed &+ 5)
    let split = heldOutSplit(labels.count, share: 0.2, using: &random)
    func part(_ rows: [Int]) -> (first: [Float], second: [Float], labels: [Float]) {
      (
        rows.flatMap { first[$0 * inputs..<($0 + 1) * inputs] },
        rows.flatMap { second[$0 * inputs..<($0 + 1) * inputs] },
        rows.map { labels[$0] }
      )
    }
    let (training, validation) = (part(split.training), part(split.heldOut))
    var best: (options: ProjectionOptions, right: Int)?
    for options in candidates {
      try Task.checkCancellation()
      var trainer = ProjectionTrainer(inputs: inputs, options: options)
      try trainer.run(training.first, training.second, labels: training.labels) { _, _ in true }
      func cosines(_ first: [Float], _ second: [Float]) -> [Float] {
        let (a, b) = (trainer.project(first), trainer.project(second))
        return stride(from: 0, to: a.count, by: trainer.outputs).map { start in
          (start..<start + trainer.outputs).reduce(0) { $0 + a[$1] * b[$1] }
        }
      }
      let threshold = bestThreshold(cosines(training.first, training.second), training.labels.map { $0 > 0 })
      let right = zip(cosines(validation.first, validation.second), validation.labels)
        .count { (Double($0) >= threshold) == ($1 > 0) }
      if right > best?.right ?? -1 { best = (options, right) }
    }
    return best?.options ?? candidates[0]
  }

  /// Writes a copy of the base model with the new weights, or the matrix beside the old ones.
  private func keep(
    _ tuned: LoadedEncoder, as name: String, base: String, _ request: CustomizeRequest, _ report: CustomizeReport
  ) throws {
    try makeFolders()
    try replaceDirectory(at: models.appendingPathComponent(name, isDirectory: true)) { target in
      let folder = ModelFolder(url: target)
      if hasFolder(base) {
        try copyEncoder(from: self.folder(ofModel: base), to: target)
      } else {
        try BuiltInEncoder.write(to: target)
      }
      if request.method == .encoder, case .bert(let weights, let config) = tuned.network {
        for file in try FileManager.default.contentsOfDirectory(atPath: target.path)
        where file.hasSuffix(".safetensors") || file == "model.safetensors.index.json" {
          try FileManager.default.removeItem(at: folder.file(file))
        }
        try Safetensors.write(
          weights.tensors(of: config).map { (name: $0.tensor.name, shape: $0.tensor.shape, values: $0.values) },
          metadata: ["format": "pt"], to: folder.file(ModelFolder.weightsName))
      }
      if let projection = tuned.projection {
        try Safetensors.write(
          [(name: "projection", shape: [projection.inputs, projection.outputs], values: projection.matrix)],
          to: folder.file(ModelFolder.projectionName))
      }
      var info = tuned.info
      info.name = name
      info.parent = base
      info.created = Int(Date().timeIntervalSince1970)
      info.hyperparameters["method"] = request.method.rawValue
      info.hyperparameters["seed"] = "\(request.seed)"
      if tuned.projection != nil {
        var before = tuned
        before.projection = nil
        info.takesVectorsOf = EmbeddingModel(before).fingerprint
      }
      info.metrics = ["held_out_accuracy_before": report.before.value, "held_out_accuracy": report.after.value]
      info.fingerprint = try folder.weightsFingerprint()
      info.vectors = try EncoderProbe(asking: EmbeddingModel(tuned, .float32))
      try encodeJSON(info).write(to: folder.file(ModelFolder.infoName))
    }
  }
}
