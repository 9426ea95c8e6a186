#include "mersenne-twister.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <mutex>
#include <vector>

#include "vectorize.h"

namespace qa {
namespace {

// The generator is MT19937 (Matsumoto and Nishimura 1998). LibTorch draws from it a number at a time; here a whole
// state is advanced and tempered in loops without branches, which the compiler vectorizes.
constexpr int kState = 624, kShift = 397;
using Words = std::array<uint32_t, kState>;

inline uint32_t twisted(uint32_t current, uint32_t next, uint32_t shifted) {
  const auto mixed = (current & 0x80000000U) | (next & 0x7fffffffU);
  return shifted ^ (mixed >> 1) ^ ((next & 1U) * 0x9908b0dfU);
}

QA_VECTORIZE void advance(uint32_t* s) {
  for (int i = 0; i < kState - kShift; ++i) s[i] = twisted(s[i], s[i + 1], s[i + kShift]);
  for (int i = kState - kShift; i < kState - 1; ++i) s[i] = twisted(s[i], s[i + 1], s[i + kShift - kState]);
  s[kState - 1] = twisted(s[kState - 1], s[0], s[kShift - 1]);
}

QA_VECTORIZE void temper(const uint32_t* state, uint32_t* words) {
  for (int i = 0; i < kState; ++i) {
    auto y = state[i];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    words[i] = y ^ (y >> 18);
  }
}

/// A double of [0, 1) is 53 bits of two words; it lies below the probability where these lie below `threshold`.
inline bool isBelow(uint32_t high, uint32_t low, int64_t threshold) {
  return static_cast<int64_t>((static_cast<uint64_t>(high & 0x1fffffU) << 32) | low) < threshold;
}

QA_VECTORIZE void compare(const uint32_t* words, int64_t pairs, int64_t threshold, uint8_t* mask) {
  for (int64_t i = 0; i < pairs; ++i) mask[i] = isBelow(words[2 * i], words[2 * i + 1], threshold);
}

/// The twister's own order: two words an element, one state after the other.
void drawFromTwister(uint8_t* mask, int64_t count, int64_t threshold, at::CPUGeneratorImpl& generator) {
  auto engine = generator.engine();
  auto data = engine.data();
  Words words;
  temper(data.state_.data(), words.data());
  // `left_ - 1` words of this state are unused.
  int position = kState + 1 - data.left_;
  const auto refill = [&] {
    advance(data.state_.data());
    temper(data.state_.data(), words.data());
    position = 0;
  };
  const auto next = [&] {
    if (position == kState) refill();
    return words[static_cast<size_t>(position++)];
  };
  for (int64_t done = 0; done < count;) {
    const auto pairs = std::min<int64_t>(count - done, (kState - position) / 2);
    compare(words.data() + position, pairs, threshold, mask + done);
    position += static_cast<int>(2 * pairs);
    done += pairs;
    if (done == count) break;
    // A pair that spans two states, or begins one.
    const auto high = next(), low = next();
    mask[done++] = isBelow(high, low, threshold);
  }
  data.left_ = kState + 1 - position;
  data.next_ = static_cast<uint32_t>(position);
  engine.set_data(data);
  generator.set_engine(engine);
}

void drawWithTorch(uint8_t* mask, int64_t count, double keep, const at::Generator& generator) {
  // Float32, as LibTorch's dropout draws: another type may draw other numbers.
  const auto drawn = at::empty({count}).bernoulli_(keep, generator);
  at::from_blob(mask, {count}, at::kByte).copy_(drawn);
}

int64_t thresholdOf(double keep) { return static_cast<int64_t>(std::ceil(std::ldexp(keep, 53))); }

/// LibTorch draws otherwise on Intel's processors, through MKL. Tried once a process: a fact of build and machine.
bool torchDrawsFromTwister() {
  static const bool same = [] {
    constexpr int64_t count = 1000;
    constexpr double keep = 0.7;
    std::vector<uint8_t> theirs(count), ours(count);
    const auto generator = at::detail::createCPUGenerator(1), own = at::detail::createCPUGenerator(1);
    drawWithTorch(theirs.data(), count, keep, generator);
    drawFromTwister(ours.data(), count, thresholdOf(keep), *at::check_generator<at::CPUGeneratorImpl>(own));
    return theirs == ours;
  }();
  return same;
}

}  // namespace

void bernoulliMask(uint8_t* mask, int64_t count, double keep, at::Generator generator) {
  if (!torchDrawsFromTwister()) return drawWithTorch(mask, count, keep, generator);
  auto* impl = at::check_generator<at::CPUGeneratorImpl>(generator);
  const std::lock_guard<std::mutex> lock(impl->mutex_);
  drawFromTwister(mask, count, thresholdOf(keep), *impl);
}

}  // namespace qa
