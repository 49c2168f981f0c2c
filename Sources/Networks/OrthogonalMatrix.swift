//  OrthogonalMatrix.swift — a matrix with orthonormal rows or columns, uniformly distributed.
//
//  Gram and Schmidt's process on vectors of independent normals, whose directions are uniform on the sphere, gives the
//  uniform (Haar) distribution, because it commutes with rotations. Each vector is projected twice: "twice is enough" for
//  orthogonality to rounding error. [Giraud 2005]  Cost: 4 m² n flops for m vectors of n ≥ m numbers.

/// Row-major. When rows ≤ columns the rows are orthonormal, otherwise the columns are.
func orthogonalMatrix(rows: Int, columns: Int, using generator: inout some RandomNumberGenerator) -> [Double] {
  let (count, length) = (min(rows, columns), max(rows, columns))
  var vectors: [[Double]] = []
  for _ in 0..<count {
    var vector = standardNormals(length, using: &generator)
    for _ in 0..<2 {
      for other in vectors {
        let projection = dot(vector, other)
        for index in 0..<length { vector[index] -= projection * other[index] }
      }
    }
    let norm = dot(vector, vector).squareRoot()
    vectors.append(vector.map { $0 / norm })
  }
  if rows <= columns { return Array(vectors.joined()) }
  return (0..<rows).flatMap { row in vectors.map { $0[row] } }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}
