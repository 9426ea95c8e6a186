// Numbers as loops see them: float32, or bfloat16 by its bits, the upper half of a float's, so that the compiler vectorizes.
#pragma once

#include <c10/core/ScalarType.h>

#include <bit>
#include <cstdint>
#include <type_traits>

namespace qa {

/// Whether these are a type's numbers.
inline bool isFloatOrBfloat16(c10::ScalarType type) { return type == c10::kFloat || type == c10::kBFloat16; }

/// Calls compute(zero) with a zero of that type.
template <typename Compute>
void withElement(c10::ScalarType type, Compute compute) {
  if (type == c10::kFloat) compute(float{});
  else compute(uint16_t{});
}

inline float toFloat(float value) { return value; }
inline float toFloat(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

/// Rounded to the nearest, of two to the even one.
template <typename Element>
inline Element fromFloat(float value) {
  if constexpr (std::is_same_v<Element, float>) {
    return value;
  } else {
    const auto bits = std::bit_cast<uint32_t>(value);
    return static_cast<Element>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
  }
}

/// exp(x) for x up to 88, to two units in the last place; 0 below -87. The C library's does not vectorize.
inline float exponential(float x) {
  // x = n ln 2 + r; adding 1.5 * 2^23 rounds n to a whole number, which then stands in the lowest bits.
  const auto shifted = x * 1.44269504F + 12582912.0F;
  const auto n = shifted - 12582912.0F;
  const auto r = x - n * 0.693359375F + n * 2.12194440e-4F;
  auto series = 1.9875691500e-4F;
  series = series * r + 1.3981999507e-3F;
  series = series * r + 8.3334519073e-3F;
  series = series * r + 4.1665795894e-2F;
  series = series * r + 1.6666665459e-1F;
  series = series * r + 5.0000001201e-1F;
  const auto power = series * r * r + r + 1.0F;
  const auto scaled = std::bit_cast<float>(std::bit_cast<uint32_t>(power) + (std::bit_cast<uint32_t>(shifted) << 23));
  return x < -87.0F ? 0.0F : scaled;
}

}  // namespace qa
