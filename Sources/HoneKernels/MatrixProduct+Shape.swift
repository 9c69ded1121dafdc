/// One general product: `out (rows, columns) = left (rows, depth) · right (depth, columns)`.
///
/// A transposed operand is stored the other way round. Starts are offsets into the arrays, in values.
struct ProductShape {
  var rows: Int
  var columns: Int
  var depth: Int
  var transposeLeft = false
  var transposeRight = false
  var outStart = 0
  var leftStart = 0
  var rightStart = 0
}
