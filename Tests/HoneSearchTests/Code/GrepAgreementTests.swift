import Foundation
import HoneTestSupport
import Testing

import HoneSearch

private let patterns: [String] = [
  "func \\w+Backoff", "retry", "Retry", "^import", "^\\s*$", "\\bclass\\b", "[a-z]+_[a-z]+\\(", "a|b|c", "(foo|bar)baz",
  "(?i)RETRY", "(?i:Retry)Count", "re(?i)TRY", "\\d{3}-\\d{4}", "x{0}y", "colou?r", "(ab)+", "(ab){2,}c", "(ab){2,3}",
  "a.c", ".", "", "$", "^", "\\.", "\\(self\\)", "\\Qa.b(c\\E", "\\Qab\\E+", "ab(?#note)+", "ab(?#note)*c",
  "[[:alpha:]]+\\d",
  "[^a-z]retry", "[rR]etry", "[r-t]etry", "(?<=max_)retry", "(?<!max_)retry", "retry(?=Count)", "retry(?!Count)",
  "(?:one|two|three)four", "(?>abc|ab)c", "(\\w)\\1", "(?<q>['\"]).*?\\k<q>", "(?P<n>a)(?P=n)", "(?|ab|cd)ef",
  "(\\((?:[^()]|(?1))*\\))", "(?R)?x", "\\x41", "\\x{e9}", "caf\\x{e9}", "é", "(?i)É", "(?i)CAFÉ", "ſ", "(?i)s",
  "(?i)kelvin",
  "K", "\\p{Lu}\\p{Ll}+", "\\pL+\\d", "\\P{L}", "\\R", "\\h+x", "\\tx", "x\\r$", "a\\Kb", "\\Aimport", "end\\z",
  "end\\Z",
  "\\bré", "\\w+é", "é\\b", "日本", "[日月]本", "日.語", ".{3}本", "😀", "😀+", "[😀-😂]", "(a|b)*c", "((a|b)+c){2}", "abc?d*e+",
  "(?s)a.b", "(?m)^retry$", "(?x) a  b # note", "(?U)a+b", "(*UCP)\\w+é", "(?^i:RETRY)", "(?i-s:retry)", "(?-i)retry",
  "a{,3}b",
  "a{2}{3}", "{", "}", "a{x}", "]", "[]a]+", "[^]a]", "[a\\]b]c", "[\\w.]+@", "[a-]c", "[-a]c", "\\$\\{", "\\\\n",
  "a\\|b",
  "(foo)?bar", "(foo|)bar", "(|foo)bar", "f(oo|u+)bar", "foo.*bar", "foo.+?bar", "foo\\s*\\(", "def \\w+\\(self", "=>",
  "->", "!=",
  "TODO|FIXME|XXX", "(?=.*foo)(?=.*bar)", "^(?!.*foo).*bar", "^.{40,}$", "[0-9a-f]{8}", "0x[0-9A-Fa-f]+", "\"[^\"]*\"",
  "'(?:[^'\\\\]|\\\\.)*'", "^\\s+return", "return$", "\\breturn\\b.*;", "(a(b(c(d)?)?)?)e", "xyz+", "(xyz)+", "x(yz)?w",
  "ab[cd]ef[gh]ij",
  "no_such_text_anywhere", "(?i)no_such", "aa*b", "a*?b", "a++b", "(?:a++|b)c", "a?+b", "\\N+x", "\\N{2}x",
  "\\e|\\f|\\a", "\\cA|x",
  "\\012|a", "\\o{101}", "\\g{-1}|a", "(a)\\g1", "(a)\\g{1}b", "(?<x>ab)\\g<x>", "(?'y'ab)(?&y)", "(?(?=a)ab|cd)",
  "(a)?(?(1)b|c)",
  "[\\Qa]\\E]", "[\\x41-\\x43]x", "[[:^alpha:]]x", "[[:digit:][:alpha:]]_", "(?i)[k]elvin", "(?i)[s]et", "straße",
  "(?i)STRASSE",
  "(?i)straße", "ab{1}c", "ab{1,1}c", "(?:ab){1}c", "(?:abc){0,1}d", "(?:abc){3}", "(?:abc){4}", "(?:abc){5}",
  "(?:abc){2,}", "a(*FAIL)|b",
  "ab(*ACCEPT)cd", "foo(*SKIP)(*F)|bar", "(?i)(?-i:Retry)", "((?i)re)try", "((?i)re|x)TRY", "a(?i)|B", "^#!", "\\x00",
  "\\xff", "[\\x80-\\xff]",
]

private func tree() throws -> CodeTree {
  let tree = try CodeTree([
    "a.swift": """
    import Foundation
    func retryBackoff(max_retry: Int) { retryCount += 1 }
    let s = "a.b(c" + 'x' // TODO: colour café CAFÉ cafe\u{301}
    \tx = 0xDEADbeef; 555-1234 \r
    foobar foo bar foobaz barbaz bar(self) ${x} a|b \\n
    """,
    "sub/b.py": """
    import re
    class Retry(object):
        def get_retry(self, retry): return retry
        def other(self): return "one" + 'it\\'s' # FIXME ſet set Kelvin kelvin K\u{212A} \u{212A}elvin

    onefour twofour threefour abab ababab ababc abcabcabc abcabcabcabc abcabcabcabcabc aab ab ac abc abbbc
    日本語 日本 月本 日x語 😀 😁😀😀 straße STRASSE Straße
    """,
    "sub/deep/c.txt": "no end of line",
    "empty.txt": "",
    "lines.txt": "\n\n\nretry\n\nRETRY\r\n\r\nend\n",
    "dots.c":
      "int main(void) { return (a->b != 3) ? f((x)(y)) : 0; }\nab\ncdef\nabef\nxyzzz xyzxyz xw xyzw abcegij abdefhij a{x} {} []\n",
  ])
  try tree.write("broken.txt", [0x61, 0xFF, 0x62, 0x0A] + Array("caf\u{E9} re".utf8) + [0xC3, 0x0A, 0xE2, 0x82, 0x0A])
  var random = Seeded(5)
  for number in 0..<40 {
    let lines = (0..<30).map { _ in
      String((0..<random.number(0...24)).map { _ in random.pick(Array("aabbcdefoorty_ ()éſK\"'123")) })
    }
    try tree.write("random/\(number).txt", Array((lines.joined(separator: "\n") + "\n").utf8))
  }
  return tree
}

private func isSameOrder(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

@Test func everyRegularExpressionFindsWhatGrepFinds() throws {
  guard let grep = SystemGrep() else {
    print("SKIPPED: no grep with -P on this machine; patterns were not compared with it")
    return
  }
  let tree = try tree()
  let index = try tree.index()
  var compared = 0
  for pattern in patterns {
    for ignoresCase in [false, true] {
      guard let expected = try grep.lines(pattern, in: tree.root, ignoresCase: ignoresCase) else {
        #expect(throws: PatternError.self, "\(pattern)") { try tree.grep(pattern, index, ignoresCase: ignoresCase) }
        continue
      }
      let found = try tree.grep(pattern, index, ignoresCase: ignoresCase)
      #expect(
        found.sorted(by: isSameOrder) == expected.sorted(by: isSameOrder), "\(pattern), ignores case: \(ignoresCase)")
      compared += 1
    }
  }
  #expect(compared > patterns.count)
}

/// A pattern of parts that are sure to occur somewhere, nested to `depth`.
private func randomPattern(_ random: inout Seeded, depth: Int = 3) -> String {
  let atoms = [
    "a", "b", "oo", "r", "t", "_", "é", ".", "\\w", "[ab]", "[^a]", "\\d", "foo", "ret", "ry", "\\b", "(?i)", "(?i:E)",
    "ſ", "\\s",
    "(?=a)", "[d-f]", "ort", "ty_",
  ]
  let repeats = ["", "", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "*?", "++", "{2,}"]
  return (0..<random.number(1...4)).map { _ in
    if depth > 0, random.chance(1, of: 4) {
      let inner = (0..<random.number(1...3)).map { _ in randomPattern(&random, depth: depth - 1) }
      return random.pick(["(", "(?:", "(?>"]) + inner.joined(separator: "|") + ")" + random.pick(repeats)
    }
    let atom = random.pick(atoms)
    return atom.hasPrefix("(?") || atom == "\\b" ? atom : atom + (atom.count == 1 ? random.pick(repeats) : "")
  }.joined()
}

/// What a search that reads every file finds; nil where the pattern is too hard for a line.
private func linesWithoutIndex(_ text: String, in tree: CodeTree, ignoresCase: Bool) throws -> [String]? {
  var lines: [String] = []
  for file in SourceTree(tree.root).files {
    let bytes = [UInt8](try Data(contentsOf: tree.root.appendingPathComponent(file.path)))
    let found = Result {
      try Pattern(text, ignoresCase: ignoresCase).matchingLines(in: bytes, file: file.path)
    }
    if case .failure(PatternError.tooHard) = found { return nil }
    lines += try found.get().map { "\(file.path):\($0.number):" + String(decoding: bytes[$0.range], as: UTF8.self) }
  }
  return lines
}

@Test func randomPatternsFindTheSameWithTheIndexAndWithout() throws {
  let tree = try tree()
  let index = try tree.index()
  let grep = SystemGrep()
  var (narrowed, hard) = (0, 0)
  let rounds = runsEverything ? 5000 : 400
  for seed in 0..<rounds {
    var random = Seeded(seed)
    let text = randomPattern(&random)
    let ignoresCase = random.flag()
    narrowed += TrigramNarrowing(pattern: text, ignoresCase: ignoresCase).narrows ? 1 : 0
    guard let all = try linesWithoutIndex(text, in: tree, ignoresCase: ignoresCase) else {
      hard += 1
      continue
    }
    let found = try tree.grep(text, index, ignoresCase: ignoresCase)
    #expect(found == all, "seed \(seed): \(text), ignores case: \(ignoresCase)")
    if seed % 8 == 0, let expected = try grep?.lines(text, in: tree.root, ignoresCase: ignoresCase) {
      #expect(found.sorted(by: isSameOrder) == expected.sorted(by: isSameOrder), "seed \(seed): \(text)")
    }
  }
  #expect(narrowed > 50 && hard < rounds / 100, "\(narrowed) patterns had trigrams, \(hard) were too hard")
}

@Test(arguments: ["(", "[a", "a{2", "*a", "(?<n", "\\", "(?P>x)", "a**", "(?z)", "\\C", "[[:foo:]]", "(?(1)a)"])
func aWrongPatternIsRefusedWithItsPlace(text: String) throws {
  do {
    _ = try Pattern(text).matchingLines(in: [], file: "")
    // Some of these stand for themselves.
    #expect(["a{2"].contains(text), "\(text) was taken")
  } catch {
    guard case PatternError.syntax(let offset, let reason) = error else { throw error }
    #expect(offset <= text.unicodeScalars.count && !reason.isEmpty)
  }
}

@Test(arguments: ["(a+)+$", "(a|aa)+$", "(.*)*b", "((a*)*)*c", "(?:(?:a|b)*?c?)*d", "^(([a-z])+.)+[A-Z]([a-z])+$"])
func aHostilePatternEndsInAnError(text: String) throws {
  let line = Array((String(repeating: "a", count: 4000) + "!").utf8)
  let clock = ContinuousClock()
  let time = clock.measure {
    do {
      let found = try Pattern(text).matchingLines(in: line, file: "f")
      #expect(found.isEmpty)
    } catch {
      #expect(error as? PatternError == .tooHard(file: "f", line: 1))
    }
  }
  #expect(time < .seconds(30))
}

@Test func deepAndLongPatternsEndInAnswersOrErrors() throws {
  let long = String(repeating: "(a|b)?", count: 2000)
  let texts = [
    String(repeating: "(", count: 10_000), String(repeating: "(", count: 200) + String(repeating: ")", count: 200),
    String(repeating: "a", count: 60_000),
    String(repeating: "(?:", count: 5000) + "x" + String(repeating: ")", count: 5000),
    long, String(repeating: "[abc]", count: 3000), String(repeating: "a|", count: 20_000), "(((a{1000}){1000}){1000})",
    String(repeating: "abc|", count: 10_000) + "d",
  ]
  for text in texts {
    _ = TrigramNarrowing(pattern: text, ignoresCase: false)
    do {
      _ = try Pattern(text).matchingLines(in: Array("aab\nb".utf8), file: "f")
    } catch PatternError.tooLong { Issue.record("\(text.prefix(20)) is not too long") } catch {}
  }
  #expect(throws: PatternError.tooLong(limit: Pattern.longest)) {
    _ = try Pattern(String(repeating: "a", count: 70_000)).matchingLines(in: [], file: "")
  }
}

@Test func aPatternIsNarrowedByWhatItMustContain() {
  func query(_ pattern: String, _ ignoresCase: Bool = false) -> TrigramQuery {
    TrigramQuery(pattern: pattern, ignoresCase: ignoresCase)
  }
  func admits(_ pattern: String, _ text: String, _ ignoresCase: Bool = false) -> Bool {
    let has = Set(trigrams(ofFolded: foldedForTrigrams(text.utf8)))
    return query(pattern, ignoresCase).admits { has.contains($0) }
  }
  #expect(query("ab") == .any && query("a.*b") == .any && query("(abc)?") == .any && query("\\w+") == .any)
  #expect(admits("func \\w+Backoff", "func x() ... retryBackoff") && !admits("func \\w+Backoff", "func backof"))
  #expect(!admits("func \\w+Backoff", "function Backoff"))
  #expect(admits("(foo|bar)baz", "xbarbaz") && !admits("(foo|bar)baz", "foo baz"))
  #expect(admits("[rR]etry", "RETRY") && !admits("[rR]etry", "reply"))
  #expect(!admits("(?:abc){2}", "abc") && admits("(?:abc){2}", "abcabc"))
  #expect(!admits("ab[cd]e", "ab ce") && admits("ab[cd]e", "abde"))
  #expect(query("(?i)éab") == .any && !admits("éab", "ab") && admits("(?i)kelvin", "\u{212A}elvin"))
  #expect(query("(*ACCEPT)abc") == .any && query("(?x)a b c") == .any)
}
