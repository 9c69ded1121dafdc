internal import Foundation
internal import HoneData
internal import HoneFiles
internal import HoneModels
internal import HoneTokenizers
internal import HoneTraining

/// The examples of a run as ids, and what a person should know about them.
struct TuneData {
  private(set) var training: [TrainingExample] = []
  private(set) var validation: [TrainingExample] = []
  private(set) var labels: ClassLabels?
  private(set) var template = ModelInfo.Template()
  private(set) var warnings: [String] = []
  private(set) var trainingHash = ""
  private(set) var validationHash: String?

  private let tokenizer: Tokenizer
  private let contextLength: Int
  /// Whether the trainer takes parts of long prompts, so that these must not be cut before.
  private let variesPrompts: Bool

  init(_ request: TuneRequest, _ base: LoadedModel) throws {
    tokenizer = base.tokenizer
    contextLength = min(request.maxLength ?? Int.max, base.config.contextLength)
    variesPrompts = request.randomCrops || request.promptDropout ?? 0 > 0
    if let text = request.text {
      try loadTexts(text, seed: request.seed)
    } else if let file = request.trainingFile {
      try loadExamples(file, request)
    }
    guard !training.isEmpty else {
      throw HoneError(
        "expected at least one example to learn from, found none", remedy: "check the training file",
        parameter: "training_file")
    }
  }

  private var encode: ([String]) -> [[Int32]] {
    let tokenizer = tokenizer
    return { texts in texts.map { tokenizer.encode($0) } }
  }

  private mutating func loadExamples(_ file: URL, _ request: TuneRequest) throws {
    trainingHash = try sha256(of: file)
    let rows = try readTrainingRows(at: file)
    let (examples, pairs) = try tokenized(rows, file.lastPathComponent, cutsPrompts: !variesPrompts)
    training = examples
    var all = pairs
    if let validationFile = request.validationFile {
      validationHash = try sha256(of: validationFile)
      let (examples, pairs) = try tokenized(
        readTrainingRows(at: validationFile), validationFile.lastPathComponent, cutsPrompts: true)
      validation = examples
      all += pairs
    }
    template.separator = commonEnding(all.map(\.prompt))
    template.ending = commonEnding(all.map(\.completion))
    if request.computeClassificationMetrics { try makeLabels(all, request) } else { noteLabels(all) }
    if request.classWeights || request.balancedSampling { labelTraining(pairs) }
  }

  /// Rows as ids; warnings name what was cut or has nothing to learn.
  private mutating func tokenized(
    _ rows: [TrainingRow], _ file: String, cutsPrompts: Bool
  ) throws -> ([TrainingExample], [Example]) {
    var examples: [Example] = []
    var exampleLines: [Int] = []
    var conversations: [[ChatMessage]] = []
    var conversationLines: [Int] = []
    for row in rows {
      switch row {
      case .completion(let line, let prompt, let completion):
        examples.append(Example(prompt: prompt, completion: completion))
        exampleLines.append(line)
      case .chat(let line, let turns):
        conversations.append(turns.map { ChatMessage(role: $0.role, content: $0.content) })
        conversationLines.append(line)
      }
    }
    var result = try tokenize(
      examples, lines: exampleLines, contextLength: cutsPrompts ? contextLength : Int.max,
      endOfText: tokenizer.endOfText, encode: encode)
    if !cutsPrompts { try checkAnswersFit(result, file) }
    let chats = try tokenize(
      conversations: conversations, lines: conversationLines, contextLength: contextLength,
      endOfText: tokenizer.endOfText, encode: encode)
    result.examples += chats.examples
    result.cut += chats.cut
    result.empty += chats.empty
    warn(result, file, "at the front, so that the end of the prompt and the answer stay")
    return (result.examples.map(TrainingExample.init), examples)
  }

  /// Prompts that are cropped may have any length; an answer has to fit all the same.
  private mutating func checkAnswersFit(_ rows: TokenizedRows, _ file: String) throws {
    for row in rows.examples where row.tokens.count - row.completionStart > contextLength - 1 {
      throw DataError.completionTooLong(
        line: row.line, tokens: row.tokens.count - row.completionStart, contextLength: contextLength)
    }
    let long = rows.examples.filter { $0.tokens.count > contextLength }
    guard !long.isEmpty else { return }
    warnings.append(
      "\(file): \(long.count) examples are longer than \(contextLength) tokens; every epoch takes other parts of their "
        + "prompts (lines \(lineList(long.map(\.line))))")
  }

  private mutating func warn(_ rows: TokenizedRows, _ file: String, _ place: String) {
    if !rows.cut.isEmpty {
      let tokens = rows.cut.reduce(0) { $0 + $1.tokens }
      warnings.append(
        "\(file): \(rows.cut.count) examples are longer than \(contextLength) tokens and were cut \(place) "
          + "(\(tokens) tokens in all; lines \(lineList(rows.cut.map(\.line))))")
    }
    if !rows.empty.isEmpty {
      warnings.append("\(file): \(rows.empty.count) examples hold nothing to learn (lines \(lineList(rows.empty)))")
    }
  }

  /// The answers are a label set where there are few of them and each comes twice or more in the mean.
  private mutating func noteLabels(_ pairs: [Example]) {
    var seen = Set<[UInt8]>()
    for pair in pairs where seen.count <= 100 { seen.insert(pair.completion) }
    guard (2...100).contains(seen.count), pairs.count >= 2 * seen.count else { return }
    template.labels = seen.map { String(decoding: $0, as: UTF8.self) }.sorted()
  }

  private mutating func makeLabels(_ pairs: [Example], _ request: TuneRequest) throws {
    let set = LabelSet(pairs, encode: encode)
    let names = set.labels.map(\.text)
    guard names.count >= 2 else {
      throw HoneError(
        "classification: expected at least two different completions, found \(names.count)",
        remedy: "give examples of every class", parameter: "training_file")
    }
    if let expected = request.classCount, expected != names.count {
      throw HoneError(
        "classification_n_classes: expected the number of different completions, \(names.count), found \(expected)",
        remedy: "mend the number, or the labels: \(names.prefix(20).joined(separator: ","))",
        parameter: "classification_n_classes")
    }
    var positive: Int?
    if let name = request.positiveClass {
      guard names.count == 2 else {
        throw HoneError(
          "classification_positive_class: goes with two classes, found \(names.count)",
          remedy: "give classification_n_classes instead", parameter: "classification_positive_class")
      }
      positive =
        names.firstIndex(of: name)
        ?? names.firstIndex {
          $0.trimmingCharacters(in: .whitespacesAndNewlines) == name.trimmingCharacters(in: .whitespacesAndNewlines)
        }
      guard positive != nil else {
        throw HoneError(
          "classification_positive_class: expected one of \(names), found '\(name)'",
          remedy: "write it as it stands in the file, with its leading space",
          parameter: "classification_positive_class")
      }
    }
    for collision in set.collisions {
      warnings.append(
        "the labels \(collision.labels.map(\.debugDescription).joined(separator: ", ")) begin with the same token; "
          + "metrics score them whole, and one generated token does not tell them apart")
    }
    labels = ClassLabels(names: names, tokens: set.labels.map(\.tokens), positive: positive, betas: request.betas)
    template.labels = names
    let index = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    func labelled(_ examples: [TrainingExample]) -> [TrainingExample] {
      examples.map { example in
        var example = example
        let answer = example.completions.last.map { tokenizer.decode(Array(example.tokens[$0])) }
        example.label = answer.flatMap { index[$0] }
        return example
      }
    }
    training = labelled(training)
    validation = labelled(validation)
  }

  /// Classes for weights and sampling where no metrics are asked for: the distinct answers.
  private mutating func labelTraining(_ pairs: [Example]) {
    guard labels == nil else { return }
    var classes: [[Int32]: Int] = [:]
    for index in training.indices {
      let answer = training[index].completions.last.map { Array(training[index].tokens[$0]) } ?? []
      let label = classes[answer] ?? classes.count
      classes[answer] = label
      training[index].label = label
    }
  }

  private mutating func loadTexts(_ source: TuneRequest.TextSource, seed: UInt64) throws {
    var texts: [String] = []
    for file in source.files { texts += try readTexts(file, column: source.column) }
    trainingHash = sha256(of: try source.files.map { try sha256(of: $0) }.joined().utf8.map { $0 })
    let split = textSplit(count: texts.count, fraction: source.validFraction, seed: seed)
    let limit = min(source.maxLength, contextLength)
    let long = source.splitsLongTexts ? LongText.pieces : .cut
    func examples(_ indexes: [Int]) throws -> TokenizedRows {
      try tokenize(
        texts: indexes.map { texts[$0] }, lines: indexes.map { $0 + 1 }, maxLength: limit,
        endOfText: tokenizer.endOfText, long: long, encode: encode)
    }
    let (train, valid) = (try examples(split.training), try examples(split.validation))
    training = train.examples.map(TrainingExample.init)
    validation = valid.examples.map(TrainingExample.init)
    let cut = train.cut + valid.cut
    if !cut.isEmpty {
      warnings.append(
        "\(cut.count) of \(texts.count) texts are longer than \(limit) tokens; the \(cut.reduce(0) { $0 + $1.tokens }) "
          + "tokens beyond that are not used (--long split uses them)")
    }
  }
}

extension TrainingExample {
  init(_ example: TokenizedExample) {
    self.init(
      tokens: example.tokens, completions: example.learned.map { max(1, $0.lowerBound)..<max(1, $0.upperBound) },
      line: example.line)
  }
}

/// At most ten numbers, and how many more.
func lineList(_ lines: [Int]) -> String {
  let shown = lines.sorted().prefix(10).map(String.init).joined(separator: ", ")
  return lines.count > 10 ? "\(shown) and \(lines.count - 10) more" : shown
}

/// The longest text that all of several texts end with, of at most 40 characters; nil where there is none.
private func commonEnding(_ texts: [[UInt8]]) -> String? {
  guard let first = texts.first, texts.count > 1 else { return nil }
  var ending = Array(first.suffix(40))
  for text in texts {
    var count = 0
    while count < min(ending.count, text.count), ending[ending.count - 1 - count] == text[text.count - 1 - count] {
      count += 1
    }
    ending = Array(ending.suffix(count))
  }
  while let byte = ending.first, byte & 0xC0 == 0x80 { ending.removeFirst() }
  return ending.isEmpty ? nil : String(decoding: ending, as: UTF8.self)
}

/// Which texts train and which validate: a seeded shuffle, the given share of them for validation.
private func textSplit(count: Int, fraction: Double, seed: UInt64) -> (training: [Int], validation: [Int]) {
  let shuffled = shuffledIndexes(count, seed: seed)
  let valid = Int((Double(count) * fraction).rounded())
  return (shuffled.dropLast(valid).sorted(), shuffled.suffix(valid).sorted())
}
