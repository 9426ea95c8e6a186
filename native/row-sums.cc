#include "row-sums.h"

#include "numbers.h"
#include "vectorize.h"

namespace qa {

template <typename Stored>
QA_VECTORIZE void addRows(const Stored* rows, int64_t stride, int64_t count, int64_t width, float* sums) {
  // Four at a time: so the sums are read and written a quarter as often.
  const auto* const end = rows + count * stride;
  for (; rows + 3 * stride < end; rows += 4 * stride) {
    const auto *second = rows + stride, *third = second + stride, *fourth = third + stride;
    for (int64_t i = 0; i < width; ++i) sums[i] += (toFloat(rows[i]) + toFloat(second[i])) + (toFloat(third[i]) + toFloat(fourth[i]));
  }
  for (; rows < end; rows += stride) {
    for (int64_t i = 0; i < width; ++i) sums[i] += toFloat(rows[i]);
  }
}

template void addRows(const float*, int64_t, int64_t, int64_t, float*);
template void addRows(const uint16_t*, int64_t, int64_t, int64_t, float*);

}  // namespace qa
