import Credence
import Foundation

func time(_ name: String, _ body: () -> Void) {
  body()
  body()
  var times: [Double] = []
  let clock = ContinuousClock()
  let begin = clock.now
  while times.count < 200 && (times.count < 10 || begin.duration(to: clock.now) < .seconds(2)) {
    let t = clock.measure(body)
    times.append(Double(t.components.attoseconds) * 1e-15 + Double(t.components.seconds) * 1e3)
  }
  times.sort()
  print(name, "median", times[times.count / 2], "min", times[0], "n", times.count)
}
func random(_ shape: Shape, _ scale: Double = 1) -> DenseArray<Float> {
  DenseArray((0..<shape.count).map { _ in Float(scale * Double.random(in: -1...1)) }, shape: shape)
}
func mlp(_ dims: [Int], _ theta: Tensor, _ x: Tensor, _ activation: (Tensor) -> Tensor) -> Tensor {
  var h = x
  var offset = 0
  for l in 0..<dims.count - 1 {
    let w = theta.slice(axis: 0, offset..<offset + dims[l] * dims[l + 1]).reshaped([dims[l + 1], dims[l]])
    offset += dims[l] * dims[l + 1]
    let b = theta.slice(axis: 0, offset..<offset + dims[l + 1])
    offset += dims[l + 1]
    h = linear(h, weight: w, bias: b)
    if l < dims.count - 2 { h = activation(h) }
  }
  return h
}
func count(_ dims: [Int]) -> Int { (0..<dims.count - 1).reduce(0) { $0 + dims[$1] * dims[$1 + 1] + dims[$1 + 1] } }

for threads in [1, 2] {
  let pool = WorkerPool(threads: threads)
  let dims = [784, 800, 400, 10]
  let p = count(dims)
  let program = Program(inputs: [[p], [128, 784], [128]]) { t in
    let loss = softmaxCrossEntropy(logits: mlp(dims, t[0], t[1], relu), labels: t[2]).mean()
    return [loss, gradient(of: loss, withRespectTo: t[0])]
  }
  let plan = Plan(program)
  if threads == 1 { print(plan) }
  let e = Executor<Float>(plan, pool: pool)
  _ = e.input(0).update(fromContentsOf: random([p], 0.05).elements)
  _ = e.input(1).update(fromContentsOf: random([128, 784]).elements)
  time("map gradient \(threads)") { e.run() }
  let small = [13, 50, 1]
  let q = count(small)
  let sp = Plan(Program(inputs: [[q], [455, 13], [455]]) { t in
    let f = mlp(small, t[0], t[1], tanh).reshaped([455])
    let u = (t[2] - f).squared.sum() * 0.5 + t[0].squared.sum() * 0.5
    return [u, gradient(of: u, withRespectTo: t[0])]
  })
  if threads == 1 { print(sp) }
  let s = Executor<Float>(sp, pool: pool)
  _ = s.input(0).update(fromContentsOf: random([q], 0.3).elements)
  _ = s.input(1).update(fromContentsOf: random([455, 13]).elements)
  time("1000 small gradients \(threads)") { for _ in 0..<1000 { s.run() } }
  let tiny = [8, 50, 1]
  let r = count(tiny)
  let tp = Plan(Program(inputs: [[r], [32, 8], [32]]) { t in
    let f = mlp(tiny, t[0], t[1], relu).reshaped([32])
    let u = (t[2] - f).squared.mean()
    return [u, gradient(of: u, withRespectTo: t[0])]
  })
  let ti = Executor<Float>(tp, pool: pool)
  _ = ti.input(0).update(fromContentsOf: random([r], 0.3).elements)
  _ = ti.input(1).update(fromContentsOf: random([32, 8]).elements)
  time("22 tiny gradients \(threads)") { for _ in 0..<22 { ti.run() } }
}
