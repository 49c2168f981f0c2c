import Arrays
import Foundation
import Probability
import Programs
import Testing

@Suite struct ParameterLayoutTests {
  private var layout: ParameterLayout {
    var layout = ParameterLayout()
    layout.append(name: "weight", shape: [3, 2], role: .weight, fanIn: 2, fanOut: 3)
    layout.append(name: "bias", shape: [3], role: .bias)
    layout.append(name: "scale", shape: [], role: .scale)
    return layout
  }

  @Test func slicesFollowEachOtherWithoutGaps() {
    #expect(layout.slices.map(\.range) == [0..<6, 6..<9, 9..<10])
    #expect(layout.count == 10)
    #expect(layout["bias"]?.offset == 6)
    #expect(layout["gain"] == nil)
  }

  @Test func aSliceIsRowMajorUnderItsShape() {
    let theta = DenseArray((0..<10).map(Double.init))
    let row = evaluate([theta]) { layout.tensor("weight", of: $0[0]).slice(axis: 0, 1..<2) }
    #expect(row == [2, 3])
  }

  @Test func aLayoutIsReadAsItWasWritten() throws {
    #expect(try JSONDecoder().decode(ParameterLayout.self, from: JSONEncoder().encode(layout)) == layout)
  }

  @Test(arguments: [
    #"[{"name":"a","shape":[-1],"role":"weight","fanIn":1,"fanOut":1}]"#,
    #"[{"name":"a","shape":[4294967296,4294967296],"role":"weight","fanIn":1,"fanOut":1}]"#,
    #"[{"name":"a","shape":[1],"role":"weight","fanIn":1,"fanOut":1},{"name":"a","shape":[1],"role":"bias","fanIn":1,"fanOut":1}]"#,
  ]) func brokenLayoutsAreErrors(_ text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ParameterLayout.self, from: Data(text.utf8)) }
  }

  @Test func aLogDensityComesWithItsGradient() {
    let standardNormal = LogDensity(dimension: 3) { $0.squared.sum() * -0.5 }
    let results = standardNormal.valueAndGradient.run([DenseArray([1.0, -2, 3])])
    #expect(results[0].elements == [-7])
    #expect(results[1].elements == [-1, 2, -3])
  }
}
