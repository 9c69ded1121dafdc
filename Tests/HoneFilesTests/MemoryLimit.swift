import Foundation

/// From here on this process may not hold more than `bytes` of writable memory: asking for more ends it.
///
/// Where the system does not keep such a limit, nothing is limited.
func limitMemory(bytes: Int) {
  #if canImport(Glibc)
    var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
    precondition(unsafe setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0)
  #endif
}
