#include "tile-attention.h"

#include <algorithm>
#include <type_traits>

#include "attention-passes.h"
#include "tile-product.h"

namespace qa {
namespace {

/// A head's rows, padded, as the left factor of a product.
template <typename Element, typename Stored>
Buffer<Element> rowsOf(const Head& head, Rows<const Stored> from) {
  Buffer<Element> rows(head.rows() * head.columns());
  gather<Stored, Element>(from.data, from.stride, head.length, head.width, rows);
  return rows;
}

}  // namespace

template <typename Stored, typename Element>
void attendInTiles(const Head& head, const Projected<const Stored>& projected, const FastMask& mask, Element* probabilities,
                   Stored* output) {
  const auto rows = head.rows(), columns = head.columns();
  const auto rowsOfPart = [&](int64_t part) { return rowsOf<Element>(head, projected.rowsOf(head, part)); };
  const auto query = rowsOfPart(0);
  const auto keys = transposedPairs(rowsOfPart(1), rows, columns);
  const auto values = paired(rowsOfPart(2), rows, columns);
  const Buffer<float> scores(kTile * rows), attended(kTile * columns);
  const Buffer<Element> kept(kTile * rows);
  const auto blocks = FastMask::blocks(kTile * rows);
  const Buffer<uint16_t> numbers(FastMask::count(blocks));
  const auto outputRows = attendedRows(head, output, projected.width);
  for (int64_t first = 0; first < rows; first += kTile) {
    tileProduct(kTile, rows, columns, query + first * columns, columns, keys, rows, scores, rows);
    const auto dropout = mask.rows(head.block + first / kTile * blocks, blocks, numbers);
    auto* saved = probabilities == nullptr ? nullptr : probabilities + head.square + first * rows;
    softmaxRows<Element>(scores, kTile, head.length, head.scale(), dropout, saved, kept);
    tileProduct(kTile, columns, rows, kept, rows, values, columns, attended, columns);
    scatter<Stored>(attended, std::min(kTile, head.length - first), head.width, outputRows.at(first), outputRows.stride);
  }
}

template <typename Stored, typename Element>
void attendInTilesBackward(const Head& head, const Projected<const Stored>& projected, const Stored* outputGrad,
                           const Element* probabilities, float dropoutScale, const Projected<Stored>& projectedGrad) {
  const auto rows = head.rows(), columns = head.columns();
  const auto rowsOfPart = [&](int64_t part) { return rowsOf<Element>(head, projected.rowsOf(head, part)); };
  const auto grad = rowsOf<Element>(head, attendedRows(head, outputGrad, projected.width));
  const auto keys = paired(rowsOfPart(1), rows, columns);
  const auto values = transposedPairs(rowsOfPart(2), rows, columns);
  const Buffer<float> keptGrad(kTile * rows), queryGrad(kTile * columns);
  const Buffer<Element> scoreGrads(rows * rows), allKept(rows * rows), scratch(2 * kTile * rows);
  for (int64_t first = 0; first < rows; first += kTile) {
    tileProduct(kTile, rows, columns, grad + first * columns, columns, values, rows, keptGrad, rows);
    constexpr bool isPaired = !std::is_same_v<Element, float>;
    auto* const scoreGrad = isPaired ? scratch : scoreGrads + first * rows;
    auto* const kept = isPaired ? scratch + kTile * rows : allKept + first * rows;
    const auto* const saved = probabilities + head.square + first * rows;
    softmaxGradient<Element>(saved, keptGrad, kTile, rows, head.scale(), dropoutScale, scoreGrad, kept);
    if constexpr (isPaired) {
      pairRows(scoreGrad, rows, kTile, rows, scoreGrads + first * rows);
      pairRows(kept, rows, kTile, rows, allKept + first * rows);
    }
    tileProduct(kTile, columns, rows, scoreGrad, rows, keys, columns, queryGrad, columns);
    scatter<Stored>(queryGrad, std::min(kTile, head.length - first), head.width, projectedGrad.rowsOf(head, 0).at(first),
                    projectedGrad.stride());
  }
  // Both are sums over queries; transposed, their right factor is what the rows above leave.
  const Buffer<float> sums(columns * rows);
  const auto sumOverQueries = [&](const Element* left, const Element* right, int64_t part) {
    tileProduct(columns, rows, rows, transpose(left, columns, rows, columns), rows, right, rows, sums, rows);
    scatter<Stored>(transposedPairs(sums, columns, rows), head.length, head.width, projectedGrad.rowsOf(head, part).data,
                    projectedGrad.stride());
  };
  sumOverQueries(rowsOfPart(0), scoreGrads, 1);
  sumOverQueries(grad, allKept, 2);
}

#define QA_HEADS(Stored, Element)                                                                                    \
  template void attendInTiles(const Head&, const Projected<const Stored>&, const FastMask&, Element*, Stored*);      \
  template void attendInTilesBackward(const Head&, const Projected<const Stored>&, const Stored*, const Element*, float, \
                                      const Projected<Stored>&)

QA_HEADS(float, float);
QA_HEADS(uint16_t, float);
QA_HEADS(uint16_t, uint16_t);

}  // namespace qa
