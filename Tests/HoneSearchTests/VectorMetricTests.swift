import HoneSearch
import Testing

@Test func nearerVectorsScoreHigher() {
  let (a, near, far): ([Float], [Float], [Float]) = ([1, 0], [0.9, 0.1], [0, 1])
  for metric in VectorMetric.allCases {
    #expect(metric.score(a, near) > metric.score(a, far), "\(metric)")
  }
  #expect(VectorMetric.l2.score([0, 3], [4, 0]) == -25)
  #expect(VectorMetric.dot.score([2, 3], [4, 5]) == 23)
  #expect(VectorMetric.cosine.score([3, 0], [5, 0]) == 1 && VectorMetric.cosine.score([0, 0], [1, 0]) == 0)
}
