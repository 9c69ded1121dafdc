import HoneJobs
import Testing

@Test(arguments: [
  (JobStatus.validatingFiles, "validating_files", "pending", "notRunning"),
  (.queued, "queued", "pending", "notRunning"),
  (.running, "running", "running", "running"),
  (.paused, "paused", "pending", "notRunning"),
  (.succeeded, "succeeded", "succeeded", "succeeded"),
  (.failed, "failed", "failed", "failed"),
  (.cancelled, "cancelled", "cancelled", "canceled"),
])
func eachSurfaceHasItsWordForAStatus(status: JobStatus, current: String, older: String, azure: String) {
  #expect(status.name(in: .current) == current)
  #expect(status.name(in: .older) == older)
  #expect(status.name(in: .azure2022) == azure)
}

@Test func onlyThreeStatusesAreAnEnd() {
  #expect(Set(JobStatus.allCases.filter(\.hasEnded)) == [.succeeded, .failed, .cancelled])
}
