#include "attention-passes.h"

#include <algorithm>
#include <limits>

#include "lanes.h"
#include "numbers.h"
#include "tiles.h"
#include "vectorize.h"

namespace qa {

template <typename Element>
QA_VECTORIZE void softmaxRows(float* scores, int64_t rows, int64_t length, float scale, const RowDropout& dropout,
                              Element* probabilities, Element* kept) {
  const auto width = padded(length);
  const auto* numbers = dropout.numbers;
  const auto keep = dropout.keep;
  for (int64_t row = 0; row < rows; ++row, scores += width, kept += width) {
    std::fill(scores + length, scores + width, -std::numeric_limits<float>::infinity());
    Lanes lanes;
    lanes.fill(-std::numeric_limits<float>::infinity());
    for (int64_t i = 0; i < width; i += kLanes) {
      for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] = lanes[lane] < scores[i + lane] ? scores[i + lane] : lanes[lane];
    }
    const auto most = *std::max_element(lanes.begin(), lanes.end());
    const auto sum = sumUpTo(width, [&](int64_t i) { return scores[i] = exponential((scores[i] - most) * scale); });
    const auto share = 1.0F / sum;
    if (numbers == nullptr) {
      for (int64_t i = 0; i < width; ++i) kept[i] = fromFloat<Element>(scores[i] * share);
      if (probabilities != nullptr) probabilities = std::copy(kept, kept + width, probabilities);
      continue;
    }
    const auto keptShare = share * dropout.scale;
    for (int64_t i = 0; i < width; ++i) kept[i] = fromFloat<Element>(numbers[i] < keep ? scores[i] * keptShare : 0.0F);
    if (probabilities != nullptr) {
      for (int64_t i = 0; i < width; ++i) {
        probabilities[i] = fromFloat<Element>(numbers[i] < keep ? scores[i] * share : scores[i] * -share);
      }
      probabilities += width;
    }
    numbers += width;
  }
}

template <typename Element>
QA_VECTORIZE void softmaxGradient(const Element* probabilities, float* keptGrad, int64_t rows, int64_t width, float scale,
                                  float dropoutScale, Element* scoreGrad, Element* kept) {
  for (int64_t row = 0; row < rows; ++row, probabilities += width, keptGrad += width, scoreGrad += width, kept += width) {
    // Apart from the sum: written into memory in it, they would keep it from becoming vector instructions.
    for (int64_t i = 0; i < width; ++i) {
      const auto signedShare = toFloat(probabilities[i]);
      const auto isKept = (std::bit_cast<uint32_t>(signedShare) >> 31) == 0;
      kept[i] = fromFloat<Element>(isKept ? signedShare * dropoutScale : 0.0F);
      keptGrad[i] = isKept ? keptGrad[i] * dropoutScale : 0.0F;
    }
    const auto mean = sumUpTo(width, [&](int64_t i) { return toFloat(probabilities[i]) * keptGrad[i]; });
    for (int64_t i = 0; i < width; ++i) {
      const auto share = std::bit_cast<float>(std::bit_cast<uint32_t>(toFloat(probabilities[i])) & 0x7fffffffU);
      scoreGrad[i] = fromFloat<Element>(share * (keptGrad[i] - mean) * scale);
    }
  }
}

template void softmaxRows(float*, int64_t, int64_t, float, const RowDropout&, float*, float*);
template void softmaxRows(float*, int64_t, int64_t, float, const RowDropout&, uint16_t*, uint16_t*);
template void softmaxGradient(const float*, float*, int64_t, int64_t, float, float, float*, float*);
template void softmaxGradient(const uint16_t*, float*, int64_t, int64_t, float, float, uint16_t*, uint16_t*);

}  // namespace qa
