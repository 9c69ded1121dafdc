/// A spreadsheet's count of days as a date and time, or as a time of day within day 0. nil: outside the calendar.
///
/// Day 1 is 1 January 1900, or 2 January 1904. The first calendar holds a 29 February 1900 that never was:
/// its day 60, which is given as 28 February like day 59. Source: ECMA-376 part 1, 18.17.4.1.
func dateText(_ serial: Double, date1904: Bool) -> String? {
  guard serial >= 0, serial < (date1904 ? 2_957_004 : 2_958_466) else { return nil }
  let seconds = Int((serial * 86_400).rounded())
  let (day, rest) = (seconds / 86_400, seconds % 86_400)
  let time = "\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60))"
  if day == 0 { return time }
  let sinceEndOf1899 = date1904 ? day + 1462 : day < 60 ? day + 1 : day
  let (year, month, dayOfMonth) = civilDate(sinceEndOf1899 - 25_569)
  return "\(padded(year, 4))-\(padded(month))-\(padded(dayOfMonth)) \(time)"
}

private func padded(_ number: Int, _ width: Int = 2) -> String {
  String(repeating: "0", count: max(0, width - "\(number)".count)) + "\(number)"
}

/// Year, month and day of a number of days since 1970. Source: Hinnant 2014, days from civil, inverted.
private func civilDate(_ days: Int) -> (Int, Int, Int) {
  let z = days + 719_468
  let era = z / 146_097
  let dayOfEra = z - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shifted = (5 * dayOfYear + 2) / 153
  let month = shifted < 10 ? shifted + 3 : shifted - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
}
