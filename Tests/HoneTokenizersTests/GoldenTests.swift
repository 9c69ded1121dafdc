import HoneTokenizers
import Testing

@Test(arguments: Golden.Form.allCases)
func idsAreThoseOfTheReference(_ form: Golden.Form) throws {
  let tokenizer = try Golden.tokenizer(form)
  let rows = try Golden.rows()
  #expect(rows.count >= 300)
  for row in rows {
    #expect(tokenizer.encode(row.text) == row.ids, "\(row.text.debugDescription)")
    #expect(tokenizer.encode(utf8: Array(row.text.utf8)) == row.ids, "\(row.text.debugDescription)")
    #expect(tokenizer.count(row.text) == row.ids.count, "\(row.text.debugDescription)")
  }
}

@Test(arguments: Golden.Form.allCases)
func idsOfTheReferenceBecomeTheTextAgain(_ form: Golden.Form) throws {
  let tokenizer = try Golden.tokenizer(form)
  for row in try Golden.rows() {
    // Strings that look alike are equal in Swift; their bytes tell more.
    #expect(Array(tokenizer.decode(row.ids).utf8) == Array(row.text.utf8), "\(row.text.debugDescription)")
    #expect(tokenizer.bytes(row.ids) == Array(row.text.utf8), "\(row.text.debugDescription)")
  }
}

@Test(arguments: Golden.Form.allCases)
func everyFormHasTheSameVocabulary(_ form: Golden.Form) throws {
  let tokenizer = try Golden.tokenizer(form)
  let first = try Golden.tokenizer()
  #expect(tokenizer.vocabSize == 600)
  #expect(tokenizer.endOfText == 0)
  for id in -1...Int32(600) { #expect(tokenizer.bytes(of: id) == first.bytes(of: id), "id \(id)") }
}
