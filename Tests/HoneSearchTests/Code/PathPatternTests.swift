import Testing

import HoneSearch

@Test(arguments: [
  ("*.py", "a/b.py", true), ("*.py", "a.pyc", false), ("a", "x/a/y", true), ("a/", "a", false), ("a/", "x/a/y", true),
  ("/a", "a/y", true), ("/a", "x/a", false), ("a/b", "a/b/c", true), ("a/b", "x/a/b", false), ("a/*", "a/b/c", true),
  ("a/*.c", "a/b/x.c", false), ("a/**/x.c", "a/b/c/x.c", true), ("a/**/x.c", "a/x.c", true), ("**/x", "p/q/x", true),
  ("**/x", "x", true), ("a/**", "a/b/c", true), ("a/**", "a", false), ("[a-c].txt", "b.txt", true),
  ("[!a-c].txt", "b.txt", false), ("[]].t", "].t", true), ("[a", "[a", true), ("a?c", "abc", true),
  ("a?c", "a/c", false),
  ("\\*.py", "*.py", true), ("\\*.py", "a.py", false), ("*a*b*", "xaxbx", true), ("", "a", false), ("日*", "日本", true),
])
func patternsForPathsFollowGitignore(pattern: String, path: String, expected: Bool) {
  #expect(PathPattern(pattern).matches(file: path) == expected, "\(pattern) on \(path)")
}

@Test func theLastRuleThatSpeaksDecides() {
  let file = IgnoreFile("# comment\n*.log\n!keep.log\nbuild/\n\\#odd\ntrail  \nkeep\\ \r\n")
  #expect(file.ignores("x.log", isFolder: false) == true && file.ignores("keep.log", isFolder: false) == false)
  #expect(file.ignores("build", isFolder: true) == true && file.ignores("build", isFolder: false) == nil)
  #expect(file.ignores("#odd", isFolder: false) == true && file.ignores("trail", isFolder: false) == true)
  #expect(file.ignores("keep ", isFolder: false) == true && file.ignores("other", isFolder: false) == nil)
}

@Test func aPatternOfManyStarsTakesNoLongTime() {
  let pattern = PathPattern(String(repeating: "*a", count: 500))
  let path = String(repeating: "a", count: 2000) + "b"
  var matches = true
  let time = ContinuousClock().measure { matches = pattern.matches(file: path) }
  #expect(!matches && time < .seconds(10))
}
