// Sums in as many parts as a vector has places: the compiler must not reorder a plain one.
#pragma once

#include <array>
#include <cstdint>
#include <numeric>

#include "vectorize.h"

namespace qa {

constexpr int64_t kLanes = 16;
using Lanes = std::array<float, kLanes>;

/// The sum of value(i) for i below `count`; its parts are added as `Sum`.
template <typename Sum = float, typename Value>
QA_ALWAYS_INLINE Sum sumUpTo(int64_t count, Value value) {
  Lanes lanes{};
  const auto whole = count / kLanes * kLanes;
  for (int64_t i = 0; i < whole; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += value(i + lane);
  }
  for (auto i = whole; i < count; ++i) lanes[i - whole] += value(i);
  return std::accumulate(lanes.begin(), lanes.end(), Sum{0});
}

}  // namespace qa
