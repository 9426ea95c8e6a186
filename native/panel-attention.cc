#include "panel-attention.h"

#include <algorithm>
#include <type_traits>

#include "attention-passes.h"

namespace qa {
namespace {

/// A right factor in panels.
template <typename Panels>
class Packed {
 public:
  template <typename Stored>
  explicit Packed(const Right<Stored>& right)
      : words_(wordsOf<Panels>(right.depth)), panels_(panelsOf<Panels>(right.columns)), packed_(panels_ * Panels::kPanel * words_) {
    for (int64_t panel = 0; panel < panels_; ++panel) pack<Panels>(right, panel, packed_ + panel * Panels::kPanel * words_);
  }

  /// So many rows of a left factor times this: the columns that there are, and of the last panel's empty ones those below `width`.
  template <typename Left, typename Stored>
  void multiply(int64_t rows, Left left, int64_t width, Rows<Stored> output) const {
    multiplyPanels<Panels>(rows, words_, left, packed_, words_, std::min(width, panels_ * Panels::kPanel), {nullptr, 0}, output);
  }

 private:
  int64_t words_, panels_;
  Buffer<typename Panels::Word> packed_;
};

/// A head's rows as a right factor.
template <typename Panels, typename Stored>
Packed<Panels> asRight(const Head& head, Rows<const Stored> rows) {
  return Packed<Panels>(Right<Stored>{rows.data, head.length, head.width, rows.stride, 1});
}

/// And transposed.
template <typename Panels, typename Stored>
Packed<Panels> asTransposedRight(const Head& head, Rows<const Stored> rows) {
  return Packed<Panels>(Right<Stored>{rows.data, head.width, head.length, 1, rows.stride});
}

/// A head's rows as a left factor: where they are, or, where they are of another type or no whole words, copied.
template <typename Panels, typename Stored>
class LeftRows {
  using Word = typename Panels::Word;
  using Element = ElementOf<Panels>;
  static constexpr auto kDepth = kDepthOfWord<Panels>;

 public:
  LeftRows(const Head& head, Rows<const Stored> rows) : copy_(0) {
    if constexpr (std::is_same_v<Stored, Element>) {
      if (head.width % kDepth == 0) {
        words_ = {reinterpret_cast<const Word*>(rows.data), rows.stride / kDepth};
        return;
      }
    }
    copy_ = Buffer<Element>(head.rows() * head.columns());
    gather<Stored, Element>(rows.data, rows.stride, head.length, head.width, copy_);
    words_ = {reinterpret_cast<const Word*>(static_cast<const Element*>(copy_)), head.columns() / kDepth};
  }

  InRows<Word> from(int64_t row) const { return {words_.from(row)}; }

 private:
  Buffer<Element> copy_;
  Rows<const Word> words_{};
};

/// Rows that were computed, of `stride` elements, as a left factor.
template <typename Panels>
InRows<typename Panels::Word> asLeft(const ElementOf<Panels>* rows, int64_t stride) {
  return {{reinterpret_cast<const typename Panels::Word*>(rows), stride / kDepthOfWord<Panels>}};
}

/// Rows of a head, as they are computed block by block, to be multiplied transposed.
template <typename Panels>
class Transposed {
  using Word = typename Panels::Word;

 public:
  explicit Transposed(const Head& head) : words_(wordsOf<Panels>(head.length)), strips_(Strips<Word>::size(head.rows(), words_)) {}

  /// Takes `count` rows from `first`, which is even, on.
  void add(int64_t first, int64_t count, Rows<const ElementOf<Panels>> rows) const {
    packStrips<Panels>(rows, count, rows.stride, first / kDepthOfWord<Panels>, Strips<Word>{strips_, words_});
  }

  InStrips<Word> asLeft() const { return {{strips_, words_}}; }

 private:
  int64_t words_;
  Buffer<Word> strips_;
};

}  // namespace

template <typename Panels, typename Stored>
void attendInPanels(const Head& head, const Projected<const Stored>& projected, const FastMask& mask, ElementOf<Panels>* probabilities,
                    Stored* output) {
  const auto rows = head.rows();
  const LeftRows<Panels, Stored> queries(head, projected.rowsOf(head, 0));
  const auto keys = asTransposedRight<Panels>(head, projected.rowsOf(head, 1)), values = asRight<Panels>(head, projected.rowsOf(head, 2));
  const Buffer<float> scores(kTile * rows);
  const Buffer<ElementOf<Panels>> kept(kTile * rows);
  const auto blocks = FastMask::blocks(kTile * rows);
  const Buffer<uint16_t> numbers(FastMask::count(blocks));
  const auto outputRows = attendedRows(head, output, projected.width);
  for (int64_t first = 0; first < head.length; first += kTile) {
    const auto count = std::min(kTile, head.length - first);
    keys.multiply(count, queries.from(first), rows, Rows<float>{scores, rows});
    const auto dropout = mask.rows(head.block + first / kTile * blocks, blocks, numbers);
    auto* const saved = probabilities == nullptr ? nullptr : probabilities + head.square + first * rows;
    softmaxRows<ElementOf<Panels>>(scores, count, head.length, head.scale(), dropout, saved, kept);
    values.multiply(count, asLeft<Panels>(kept, rows), head.width, outputRows.from(first));
  }
}

template <typename Panels, typename Stored>
void attendInPanelsBackward(const Head& head, const Projected<const Stored>& projected, const Stored* outputGrad,
                            const ElementOf<Panels>* probabilities, float dropoutScale, const Projected<Stored>& projectedGrad) {
  using Element = ElementOf<Panels>;
  const auto rows = head.rows(), length = head.length, width = head.width;
  const auto queryRows = projected.rowsOf(head, 0), keyRows = projected.rowsOf(head, 1), valueRows = projected.rowsOf(head, 2);
  const auto gradRows = attendedRows(head, outputGrad, projected.width);
  const LeftRows<Panels, Stored> grads(head, gradRows);
  const auto keys = asRight<Panels>(head, keyRows), values = asTransposedRight<Panels>(head, valueRows);
  const Buffer<float> keptGrad(kTile * rows);
  std::fill_n(static_cast<float*>(keptGrad), kTile * rows, 0.0F);
  const Buffer<Element> scoreGrad(kTile * rows), kept(kTile * rows);
  const Transposed<Panels> allScoreGrads(head), allKept(head);
  for (int64_t first = 0; first < length; first += kTile) {
    const auto count = std::min(kTile, length - first);
    values.multiply(count, grads.from(first), rows, Rows<float>{keptGrad, rows});
    const auto* const saved = probabilities + head.square + first * rows;
    softmaxGradient<Element>(saved, keptGrad, count, rows, head.scale(), dropoutScale, scoreGrad, kept);
    keys.multiply(count, asLeft<Panels>(scoreGrad, rows), width, projectedGrad.rowsOf(head, 0).from(first));
    allScoreGrads.add(first, count, {scoreGrad, rows});
    allKept.add(first, count, {kept, rows});
  }
  asRight<Panels>(head, queryRows).multiply(length, allScoreGrads.asLeft(), width, projectedGrad.rowsOf(head, 1));
  asRight<Panels>(head, gradRows).multiply(length, allKept.asLeft(), width, projectedGrad.rowsOf(head, 2));
}

#define QA_HEADS(Panels, Stored)                                                                                                   \
  template void attendInPanels<Panels>(const Head&, const Projected<const Stored>&, const FastMask&, ElementOf<Panels>*, Stored*); \
  template void attendInPanelsBackward<Panels>(const Head&, const Projected<const Stored>&, const Stored*,                         \
                                               const ElementOf<Panels>*, float, const Projected<Stored>&)

QA_HEADS(Avx2Panels, float);
QA_HEADS(Avx2Panels, uint16_t);
QA_HEADS(Avx512Panels, float);
QA_HEADS(Avx512PairPanels, uint16_t);

}  // namespace qa
