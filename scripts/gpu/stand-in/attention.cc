// The fused attentions, of padded rows and of packed ones, whose backward pass draws the masks of the forward one once more.
#include <torch/library.h>

#include <cmath>

#include "operators.h"

namespace standIn {
namespace {

using at::Tensor;

/// Query, key and value, each [..., length, width]; `bias` is added to the scores.
struct Operands {
  Tensor query, key, value, bias;
  double scale;

  Tensor scores() const {
    const auto products = at::matmul(query.to(at::kFloat), key.to(at::kFloat).transpose(-1, -2)) * scale;
    return bias.defined() ? products + bias.to(at::kFloat) : products;
  }
};

struct Mask {
  double p;
  uint64_t seed, offset;

  Tensor of(const Tensor& scores) const {
    return p == 0 ? at::ones({}) : keptBy(generatorOf(seed, offset), scores.sizes(), p) / (1 - p);
  }
};

struct Attended {
  Tensor output, logSumExp;
};

Attended attend(const Operands& operands, const Mask& mask) {
  const auto scores = operands.scores();
  return {at::matmul(scores.softmax(-1) * mask.of(scores), operands.value.to(at::kFloat)), scores.logsumexp(-1)};
}

struct Gradients {
  Tensor query, key, value, scores;
};

Gradients differentiate(const Operands& operands, const Mask& mask, const Tensor& upstream) {
  const auto scores = operands.scores(), probabilities = scores.softmax(-1), kept = mask.of(scores), grad = upstream.to(at::kFloat);
  const auto byProbability = at::matmul(grad, operands.value.to(at::kFloat).transpose(-1, -2)) * kept;
  const auto byScore = probabilities * (byProbability - (byProbability * probabilities).sum(-1, true));
  return {at::matmul(byScore, operands.key.to(at::kFloat)) * operands.scale,
          at::matmul(byScore.transpose(-1, -2), operands.query.to(at::kFloat)) * operands.scale,
          at::matmul((probabilities * kept).transpose(-1, -2), grad), byScore};
}

double scaleOf(std::optional<double> given, const Tensor& query) {
  return given ? *given : 1 / std::sqrt(static_cast<double>(query.size(-1)));
}

/// One number, on the device while it is captured, where a kernel would write it.
Tensor number() {
  const auto options = at::TensorOptions().dtype(at::kLong);
  return at::empty({}, isCapturing(currentStream()) ? options.device(at::Device(at::kCUDA, 0)) : options);
}

/// The kernel gives a row as many sums as are 32 or a multiple.
int64_t roundedUp(int64_t length) { return (length + 31) / 32 * 32; }

// ---- padded rows: [batch, heads, length, width] ------------------------------------------------------------

Tensor headsLast(const Tensor& like) {
  return at::empty({like.size(0), like.size(2), like.size(1), like.size(3)}, like.options()).transpose(1, 2);
}

std::tuple<Tensor, Tensor, Tensor, Tensor> padded(const Tensor& query, const Tensor& key, const Tensor& value,
                                                  const std::optional<Tensor>& bias, bool keepsSums, double p, bool isCausal,
                                                  std::optional<double> scale) {
  TORCH_CHECK(!isCausal, "no causal attention here");
  const auto draw = p > 0 ? std::optional(Draw::take()) : std::nullopt;
  const auto output = headsLast(query), seed = number(), offset = number();
  const auto length = query.size(2);
  const auto sums = at::empty({query.size(0), query.size(1), keepsSums ? roundedUp(length) : 0}, query.options().dtype(at::kFloat));
  const Operands operands{onHost(query), onHost(key), onHost(value), bias ? onHost(*bias) : Tensor(), scaleOf(scale, query)};
  const auto to = onHost(output), sumsTo = onHost(sums), seedTo = onHost(seed), offsetTo = onHost(offset);
  compute([=] {
    const auto [seedNow, offsetNow] = draw ? draw->now() : std::pair<uint64_t, uint64_t>();
    seedTo.fill_(static_cast<int64_t>(seedNow));
    offsetTo.fill_(static_cast<int64_t>(offsetNow));
    const auto attended = attend(operands, {p, seedNow, offsetNow});
    to.copy_(attended.output);
    if (keepsSums) sumsTo.narrow(2, 0, length).copy_(attended.logSumExp);
  });
  return {output, sums, seed, offset};
}

std::tuple<Tensor, Tensor, Tensor, Tensor> paddedBackward(const Tensor& upstream, const Tensor& query, const Tensor& key,
                                                          const Tensor& value, const Tensor& bias, const Tensor&, const Tensor& sums,
                                                          const Tensor& seed, const Tensor& offset, double p, std::array<bool, 4> needs,
                                                          bool, std::optional<double> scale) {
  TORCH_CHECK(sums.size(2) >= query.size(2), "the forward pass kept no sums");
  const auto queryGrad = headsLast(query), keyGrad = headsLast(key), valueGrad = headsLast(value);
  const auto biasGrad = needs[3] && bias.defined() ? at::empty_like(bias) : Tensor();
  const Operands operands{onHost(query), onHost(key), onHost(value), onHost(bias), scaleOf(scale, query)};
  const Gradients to{onHost(queryGrad), onHost(keyGrad), onHost(valueGrad), onHost(biasGrad)};
  const auto grad = onHost(upstream), seedAt = onHost(seed), offsetAt = onHost(offset);
  compute([=] {
    const Mask mask{p, static_cast<uint64_t>(seedAt.item<int64_t>()), static_cast<uint64_t>(offsetAt.item<int64_t>())};
    const auto got = differentiate(operands, mask, grad);
    to.query.copy_(got.query);
    to.key.copy_(got.key);
    to.value.copy_(got.value);
    if (to.scores.defined()) to.scores.copy_(got.scores.sum_to_size(to.scores.sizes()));
  });
  return {queryGrad, keyGrad, valueGrad, biasGrad};
}

// ---- packed rows: [tokens, heads, width], each sequence on its own --------------------------------------------

struct Packed {
  Tensor query, key, value, boundaries;
  int64_t longest;
  double scale;

  /// Calls `work` with a sequence's operands, its number, its first token and how many it has.
  template <typename Work>
  void eachSequence(const Work& work) const {
    const auto* starts = boundaries.const_data_ptr<int32_t>();
    for (int64_t index = 0; index + 1 < boundaries.numel(); ++index) {
      const int64_t start = starts[index], count = starts[index + 1] - starts[index];
      TORCH_CHECK(start >= 0 && count > 0 && count <= longest && start + count <= query.size(0), "a sequence of ", count, " from ", start);
      work(Operands{part(query, start, count), part(key, start, count), part(value, start, count), {}, scale}, index, start, count);
    }
  }

  static Tensor part(const Tensor& all, int64_t start, int64_t count) { return all.narrow(0, start, count).transpose(0, 1); }
};

/// What no kernel writes is no number.
void forget(const Tensor& tensor) { tensor.fill_(std::nan("")); }

void packedGradients(const Packed& packed, const Tensor& upstream, const std::function<Mask(int64_t)>& maskOf, const Tensor& query,
                     const Tensor& key, const Tensor& value) {
  for (const auto& grad : {query, key, value}) forget(grad);
  packed.eachSequence([&](const Operands& operands, int64_t index, int64_t start, int64_t count) {
    const auto got = differentiate(operands, maskOf(index), Packed::part(upstream, start, count));
    Packed::part(query, start, count).copy_(got.query);
    Packed::part(key, start, count).copy_(got.key);
    Packed::part(value, start, count).copy_(got.value);
  });
}

/// [1, tokens, heads, width], without dropout.
std::tuple<Tensor, Tensor, Tensor, Tensor, c10::SymInt, c10::SymInt> efficient(
    const Tensor& query, const Tensor& key, const Tensor& value, const std::optional<Tensor>&, const std::optional<Tensor>& boundaries,
    const std::optional<Tensor>&, std::optional<c10::SymInt> longest, std::optional<c10::SymInt>, double p, int64_t, bool keepsSums,
    std::optional<double> scale, const std::optional<Tensor>&, std::optional<int64_t>) {
  TORCH_CHECK(p == 0 && boundaries->scalar_type() == at::kInt, "packed sequences, without dropout");
  const auto most = longest->expect_int();
  const auto output = at::empty(query.sizes(), query.options());
  const auto sums =
      at::empty({boundaries->size(0) - 1, query.size(2), keepsSums ? roundedUp(most) : 0}, query.options().dtype(at::kFloat));
  const Packed packed{onHost(query)[0], onHost(key)[0], onHost(value)[0], onHost(*boundaries), most, scaleOf(scale, query)};
  const auto to = onHost(output)[0], sumsTo = onHost(sums);
  compute([=] {
    forget(to);
    packed.eachSequence([&](const Operands& operands, int64_t index, int64_t start, int64_t count) {
      const auto attended = attend(operands, {});
      Packed::part(to, start, count).copy_(attended.output);
      if (keepsSums) sumsTo[index].narrow(1, 0, count).copy_(attended.logSumExp);
    });
  });
  return {output, sums, number(), number(), most, most};
}

std::tuple<Tensor, Tensor, Tensor, Tensor> efficientBackward(
    const Tensor& upstream, const Tensor& query, const Tensor& key, const Tensor& value, const std::optional<Tensor>&, const Tensor&,
    const std::optional<Tensor>& boundaries, const std::optional<Tensor>&, c10::SymInt longest, c10::SymInt, const Tensor& sums, double,
    const Tensor&, const Tensor&, int64_t, bool, std::optional<double> scale, std::optional<int64_t>, std::optional<int64_t>,
    bool sharesMemory) {
  TORCH_CHECK(sums.size(2) > 0, "the forward pass kept no sums");
  const auto side = at::empty({query.size(0), query.size(1), 3, query.size(2), query.size(3)}, query.options());
  const auto gradOf = [&](const Tensor& like, int64_t index) {
    return sharesMemory ? side.select(2, index) : at::empty(like.sizes(), like.options());
  };
  const auto queryGrad = gradOf(query, 0), keyGrad = gradOf(key, 1), valueGrad = gradOf(value, 2);
  const Packed packed{onHost(query)[0], onHost(key)[0], onHost(value)[0], onHost(*boundaries), longest.expect_int(),
                      scaleOf(scale, query)};
  const auto grad = onHost(upstream)[0], toQuery = onHost(queryGrad)[0], toKey = onHost(keyGrad)[0], toValue = onHost(valueGrad)[0];
  compute([=] { packedGradients(packed, grad, [](int64_t) { return Mask{}; }, toQuery, toKey, toValue); });
  return {queryGrad, keyGrad, valueGrad, Tensor()};
}

/// A mask of its own for each sequence.
Mask flashMask(double p, const Tensor& random, int64_t index) {
  const auto* numbers = random.const_data_ptr<uint64_t>();
  return {p, numbers[0], numbers[1] + (static_cast<uint64_t>(index) << 32)};
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> flash(
    const Tensor& query, const Tensor& key, const Tensor& value, const std::optional<Tensor>& boundaries, const std::optional<Tensor>&,
    c10::SymInt longest, c10::SymInt, double p, bool, bool, std::optional<double> scale, std::optional<c10::SymInt>,
    std::optional<c10::SymInt>, const std::optional<Tensor>&, const std::optional<Tensor>&) {
  TORCH_CHECK(query.scalar_type() == at::kBFloat16 && query.size(2) % 8 == 0, "bfloat16, heads of a multiple of eight");
  const auto draw = Draw::take();
  const auto output = at::empty(query.sizes(), query.options());
  const auto sums = at::empty({query.size(1), query.size(0)}, query.options().dtype(at::kFloat));
  const auto random = at::empty({2}, query.options().dtype(at::kUInt64));
  const Packed packed{onHost(query), onHost(key), onHost(value), onHost(*boundaries), longest.expect_int(), scaleOf(scale, query)};
  const auto to = onHost(output), sumsTo = onHost(sums), randomTo = onHost(random);
  compute([=] {
    const auto [seed, offset] = draw.now();
    randomTo.mutable_data_ptr<uint64_t>()[0] = seed;
    randomTo.mutable_data_ptr<uint64_t>()[1] = offset;
    forget(to);
    packed.eachSequence([&](const Operands& operands, int64_t index, int64_t start, int64_t count) {
      const auto attended = attend(operands, flashMask(p, randomTo, index));
      Packed::part(to, start, count).copy_(attended.output);
      sumsTo.narrow(1, start, count).copy_(attended.logSumExp);
    });
  });
  return {output, sums, random, at::empty({}, random.options()), at::empty({0}, query.options())};
}

std::tuple<Tensor, Tensor, Tensor> flashBackward(const Tensor& upstream, const Tensor& query, const Tensor& key, const Tensor& value,
                                                 const Tensor&, const Tensor&, const Tensor& boundaries, const Tensor&,
                                                 c10::SymInt longest, c10::SymInt, double p, bool, const Tensor& random, const Tensor&,
                                                 std::optional<double> scale, std::optional<c10::SymInt>, std::optional<c10::SymInt>) {
  const auto queryGrad = at::empty_like(query), keyGrad = at::empty_like(query), valueGrad = at::empty_like(query);
  const Packed packed{onHost(query), onHost(key), onHost(value), onHost(boundaries), longest.expect_int(), scaleOf(scale, query)};
  const auto grad = onHost(upstream), randomAt = onHost(random);
  const auto toQuery = onHost(queryGrad), toKey = onHost(keyGrad), toValue = onHost(valueGrad);
  compute([=] {
    packedGradients(packed, grad, [&](int64_t index) { return flashMask(p, randomAt, index); }, toQuery, toKey, toValue);
  });
  return {queryGrad, keyGrad, valueGrad};
}

TORCH_LIBRARY_IMPL(aten, CUDA, library) {
  library.impl("_scaled_dot_product_efficient_attention", padded);
  library.impl("_scaled_dot_product_efficient_attention_backward", paddedBackward);
  library.impl("_efficient_attention_forward", efficient);
  library.impl("_efficient_attention_backward", efficientBackward);
  library.impl("_flash_attention_forward", flash);
  library.impl("_flash_attention_backward", flashBackward);
}

}  // namespace
}  // namespace standIn
