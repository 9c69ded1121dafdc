import HoneServer
import Testing

@Suite struct ConnectionClockTests {
  private let start = ContinuousClock.now
  private var clock = ConnectionClock(timeouts: Timeouts(), headLimit: 100)

  @Test mutating func anIdleConnectionCloses() {
    clock.waitForRequest(at: start)
    #expect(clock.isIdle)
    #expect(clock.expiry(at: start + .seconds(59)) == nil)
    #expect(clock.expiry(at: start + .seconds(60)) == .close)
    #expect(clock.expiry(at: start + .seconds(61)) == nil)
  }

  @Test mutating func aHeadIsTimedFromItsFirstByte() {
    clock.waitForRequest(at: start)
    _ = clock.received(1, at: start + .seconds(30))
    #expect(!clock.isIdle)
    // Byte after byte does not help.
    for second in 31..<40 { _ = clock.received(1, at: start + .seconds(second)) }
    #expect(clock.expiry(at: start + .seconds(39)) == nil)
    #expect(clock.expiry(at: start + .seconds(40)) == .fail(.slow(seconds: 10)))
  }

  @Test mutating func aHeadThatCameBeforeItsTurnIsTimed() {
    _ = clock.received(1, at: start)
    clock.waitForRequest(at: start)
    #expect(clock.expiry(at: start + .seconds(10)) == .fail(.slow(seconds: 10)))
  }

  @Test mutating func aHeadIsBoundedAndABodyIsNot() {
    clock.waitForRequest(at: start)
    let early = [clock.received(100, at: start), clock.received(50, at: start), clock.received(1, at: start)]
    #expect(early == [false, false, true])
    clock.receivedHead()
    let body = clock.received(1_000_000, at: start)
    #expect(!body)
  }

  @Test mutating func aBodyMayPauseButNotDrip() {
    clock.waitForBody(at: start)
    #expect(clock.expiry(at: start + .seconds(29)) == nil)
    var now = start + .seconds(29)
    var pieces = 0
    while pieces < 10 {
      clock.got(1, at: now)
      clock.waitForBody(at: now)
      if clock.expiry(at: now + .seconds(29)) != nil { break }
      now += .seconds(29)
      pieces += 1
    }
    #expect(pieces == 1)
  }

  @Test mutating func timeThatTheReaderTakesIsNotTheSenders() {
    clock.waitForBody(at: start)
    clock.got(1000, at: start + .seconds(1))
    #expect(clock.expiry(at: start + .seconds(1000)) == nil)
    clock.waitForBody(at: start + .seconds(1000))
    #expect(clock.expiry(at: start + .seconds(1029)) == nil)
  }

  @Test mutating func aWriteThatDoesNotEndCloses() {
    clock.beginWrite(at: start)
    clock.beginWrite(at: start + .seconds(10))
    clock.endWrite(at: start + .seconds(20))
    #expect(clock.expiry(at: start + .seconds(49)) == nil)
    #expect(clock.expiry(at: start + .seconds(50)) == .close)
    clock.endWrite(at: start + .seconds(51))
    #expect(clock.expiry(at: start + .seconds(500)) == nil)
  }

  @Test mutating func stoppingClosesWhatIsIdle() {
    let busy = clock.close()
    clock.waitForRequest(at: start)
    let idle = clock.close()
    #expect(!busy && idle && clock.isClosing)
  }
}
