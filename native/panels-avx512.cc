#include "panel-target.h"

#define QA_TARGET QA_FOR("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma")

#include "panel-kernel.h"
#include "panel-packing.h"

namespace qa {

template void pack<Avx512Panels>(const Right<float>&, int64_t, float*);
template void multiplyPanel<Avx512Panels>(int64_t, int64_t, InRows<float>, const float*, int64_t, Rows<const float>, Rows<float>);
template void multiplyPanel<Avx512Panels>(int64_t, int64_t, InStrips<float>, const float*, int64_t, Rows<const float>, Rows<float>);
template void pack<Avx512PairPanels>(const Right<uint16_t>&, int64_t, Pair*);
template void multiplyPanel<Avx512PairPanels>(int64_t, int64_t, InRows<Pair>, const Pair*, int64_t, Rows<const float>, Rows<uint16_t>);
template void multiplyPanel<Avx512PairPanels>(int64_t, int64_t, InStrips<Pair>, const Pair*, int64_t, Rows<const float>, Rows<float>);
template void multiplyPanel<Avx512PairPanels>(int64_t, int64_t, InRows<Pair>, const Pair*, int64_t, Rows<const float>, Rows<float>);
template void multiplyPanel<Avx512PairPanels>(int64_t, int64_t, InStrips<Pair>, const Pair*, int64_t, Rows<const float>, Rows<uint16_t>);
template void packStrips<Avx512Panels>(Rows<const float>, int64_t, int64_t, int64_t, Strips<float>);
template void packStrips<Avx512PairPanels>(Rows<const uint16_t>, int64_t, int64_t, int64_t, Strips<Pair>);

}  // namespace qa
