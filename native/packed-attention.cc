// softmax(Q Kᵀ / sqrt(d)) V within each sequence of a packed batch, for the CPU. A core computes a head on its own, 32
// queries at a time, so that scores never leave its cache; and it pads a head's rows to multiples of 32, since oneDNN
// makes machine code for each new size of a product, which takes longer than such a product.
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "attention-passes.h"
#include "binding.h"
#include "fast-mask.h"
#include "numbers.h"
#include "parallel.h"
#include "tile-product.h"
#include "tiles.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// One head of one sequence: its rows and columns, and where its probabilities and its dropout's blocks begin.
struct Head {
  int64_t row, length, column, width, square, block;

  int64_t rows() const { return padded(length); }
  int64_t columns() const { return padded(width); }
};

/// All heads; those of one sequence lie far apart, as threads take neighbours, and should have equally much to do.
std::vector<Head> headsOf(const std::vector<int64_t>& lengths, int64_t heads, int64_t width) {
  std::vector<Head> all;
  int64_t square = 0, block = 0;
  for (int64_t head = 0; head < heads; ++head) {
    int64_t row = 0;
    for (const auto length : lengths) {
      all.push_back({row, length, head * width / heads, width / heads, square, block});
      row += length;
      square += padded(length) * padded(length);
      block += padded(length) / kTile * FastMask::blocks(kTile * padded(length));
    }
  }
  return all;
}

/// The columns of all heads' queries, keys and values, side by side in [tokens, 3 * width].
template <typename Stored>
struct Projected {
  Stored* data;
  int64_t width;

  int64_t stride() const { return 3 * width; }
  Stored* of(const Head& head, int64_t part) const { return data + head.row * stride() + part * width + head.column; }
};

/// A head's rows, padded, as the left factor of a product.
template <typename Element, typename Stored>
Buffer<Element> rowsOf(const Head& head, const Stored* first, int64_t stride) {
  Buffer<Element> rows(head.rows() * head.columns());
  gather<Stored, Element>(first, stride, head.length, head.width, rows);
  return rows;
}

template <typename Stored, typename Element>
void attend(const Head& head, const Projected<const Stored>& projected, const FastMask& mask, Element* probabilities, Stored* output) {
  const auto rows = head.rows(), columns = head.columns();
  const auto rowsOfPart = [&](int64_t part) { return rowsOf<Element>(head, projected.of(head, part), projected.stride()); };
  const auto query = rowsOfPart(0);
  const auto keys = transposedPairs(rowsOfPart(1), rows, columns);
  const auto values = paired(rowsOfPart(2), rows, columns);
  const auto scale = 1 / std::sqrt(static_cast<float>(head.width));
  const Buffer<float> scores(kTile * rows), attended(kTile * columns);
  const Buffer<Element> kept(kTile * rows);
  const auto blocks = FastMask::blocks(kTile * rows);
  const Buffer<uint16_t> numbers(FastMask::count(blocks));
  for (int64_t first = 0; first < rows; first += kTile) {
    tileProduct(kTile, rows, columns, query + first * columns, columns, keys, rows, scores, rows);
    const auto dropout = mask.rows(head.block + first / kTile * blocks, blocks, numbers);
    auto* saved = probabilities == nullptr ? nullptr : probabilities + head.square + first * rows;
    softmaxRows<Element>(scores, kTile, head.length, scale, dropout, saved, kept);
    tileProduct(kTile, columns, rows, kept, rows, values, columns, attended, columns);
    scatter<Stored>(attended, std::min(kTile, head.length - first), head.width,
                    output + (head.row + first) * projected.width + head.column, projected.width);
  }
}

template <typename Stored, typename Element>
void attendBackward(const Head& head, const Projected<const Stored>& projected, const Stored* outputGrad, const Element* probabilities,
                    float dropoutScale, const Projected<Stored>& projectedGrad) {
  const auto rows = head.rows(), columns = head.columns();
  const auto rowsOfPart = [&](int64_t part) { return rowsOf<Element>(head, projected.of(head, part), projected.stride()); };
  const auto grad = rowsOf<Element>(head, outputGrad + head.row * projected.width + head.column, projected.width);
  const auto keys = paired(rowsOfPart(1), rows, columns);
  const auto values = transposedPairs(rowsOfPart(2), rows, columns);
  const auto scale = 1 / std::sqrt(static_cast<float>(head.width));
  const Buffer<float> keptGrad(kTile * rows), queryGrad(kTile * columns);
  const Buffer<Element> scoreGrads(rows * rows), allKept(rows * rows), scratch(2 * kTile * rows);
  for (int64_t first = 0; first < rows; first += kTile) {
    tileProduct(kTile, rows, columns, grad + first * columns, columns, values, rows, keptGrad, rows);
    constexpr bool isPaired = !std::is_same_v<Element, float>;
    auto* const scoreGrad = isPaired ? scratch : scoreGrads + first * rows;
    auto* const kept = isPaired ? scratch + kTile * rows : allKept + first * rows;
    softmaxGradient<Element>(probabilities + head.square + first * rows, keptGrad, kTile, rows, scale, dropoutScale, scoreGrad, kept);
    if constexpr (isPaired) {
      pairRows(scoreGrad, rows, kTile, rows, scoreGrads + first * rows);
      pairRows(kept, rows, kTile, rows, allKept + first * rows);
    }
    tileProduct(kTile, columns, rows, scoreGrad, rows, keys, columns, queryGrad, columns);
    scatter<Stored>(queryGrad, std::min(kTile, head.length - first), head.width,
                    projectedGrad.of(head, 0) + first * projectedGrad.stride(), projectedGrad.stride());
  }
  // Both are sums over queries; transposed, their right factor is what the rows above leave.
  const Buffer<float> sums(columns * rows);
  const auto sumOverQueries = [&](const Element* left, const Element* right, int64_t part) {
    tileProduct(columns, rows, rows, transpose(left, columns, rows, columns), rows, right, rows, sums, rows);
    scatter<Stored>(transposedPairs(sums, columns, rows), head.length, head.width, projectedGrad.of(head, part), projectedGrad.stride());
  };
  sumOverQueries(rowsOfPart(0), scoreGrads, 1);
  sumOverQueries(grad, allKept, 2);
}

template <typename T>
T* dataOf(const Tensor& a) {
  return static_cast<T*>(a.mutable_data_ptr());
}

/// Calls `compute` for each head, with all threads; each of them computes a head on its own.
template <typename Compute>
void forEachHead(const std::vector<Head>& heads, Compute compute) {
  parallelFor(static_cast<int64_t>(heads.size()), 1, [&](int64_t begin, int64_t end) {
    for (auto index = begin; index < end; ++index) compute(heads[static_cast<size_t>(index)]);
    endTileProducts();
  });
}

struct PackedAttention : torch::autograd::Function<PackedAttention> {
  static Tensor forward(AutogradContext* context, const Tensor& projected, std::vector<int64_t> lengths, int64_t headCount, double p) {
    const auto width = projected.size(1) / 3;
    const auto heads = headsOf(lengths, headCount, width);
    const auto mask = FastMask::draw(p);
    const auto output = at::empty({projected.size(0), width}, projected.options());
    Tensor probabilities;
    withTypes(projected.scalar_type(), [&](auto stored, auto element, at::ScalarType type) {
      using Stored = decltype(stored);
      using Element = decltype(element);
      const auto& last = heads.back();
      if (projected.requires_grad()) probabilities = at::empty({last.square + last.rows() * last.rows()}, type);
      auto* saved = probabilities.defined() ? dataOf<Element>(probabilities) : nullptr;
      const Projected<const Stored> input{dataOf<Stored>(projected), width};
      forEachHead(heads, [&](const Head& head) {
        attend<Stored, Element>(head, input, mask, saved, dataOf<Stored>(output));
      });
    });
    context->save_for_backward({projected, probabilities});
    context->saved_data["lengths"] = lengths;
    context->saved_data["heads"] = headCount;
    context->saved_data["scale"] = static_cast<double>(mask.scale());
    return output;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &projected = saved[0], &probabilities = saved[1];
    const auto outputGrad = gradients[0].contiguous();
    const auto width = outputGrad.size(1);
    const auto heads = headsOf(context->saved_data["lengths"].toIntVector(), context->saved_data["heads"].toInt(), width);
    const auto scale = static_cast<float>(context->saved_data["scale"].toDouble());
    const auto projectedGrad = at::empty_like(projected);
    withTypes(projected.scalar_type(), [&](auto stored, auto element, at::ScalarType) {
      using Stored = decltype(stored);
      using Element = decltype(element);
      const Projected<const Stored> input{dataOf<Stored>(projected), width};
      const Projected<Stored> grad{dataOf<Stored>(projectedGrad), width};
      forEachHead(heads, [&](const Head& head) {
        attendBackward<Stored, Element>(head, input, dataOf<Stored>(outputGrad), dataOf<Element>(probabilities), scale, grad);
      });
    });
    return {projectedGrad, Tensor(), Tensor(), Tensor()};
  }
};

/// `projected` is [tokens, 3 * width]: queries, keys and values; of each, the heads side by side.
Tensor packedAttention(const Tensor& projected, std::vector<int64_t> lengths, int64_t heads, double p) {
  TORCH_CHECK(projected.is_cpu() && isFloatOrBfloat16(projected.scalar_type()) && projected.dim() == 2,
              "expected a float32 or bfloat16 matrix on the CPU, got ", projected.toString(), " of shape ", projected.sizes());
  const auto tokens = projected.size(0), columns = projected.size(1);
  TORCH_CHECK(heads > 0 && columns % (3 * heads) == 0, "expected heads that divide a third of ", columns, " columns, got ", heads);
  const auto fits = std::all_of(lengths.begin(), lengths.end(), [=](int64_t length) { return length > 0 && length <= tokens; });
  TORCH_CHECK(!lengths.empty() && fits && c10::sum_integers(lengths) == tokens, "expected sequences of one token or more, ", tokens,
              " in all, got ", at::IntArrayRef(lengths));
  return PackedAttention::apply(projected.contiguous(), lengths, heads, p);
}

}  // namespace

void definePackedAttention(Napi::Object& exports) { define(exports, "packedAttention", packedAttention); }

}  // namespace qa
