#include "panel-target.h"

#define QA_TARGET QA_FOR("avx2,fma")

#include "panel-kernel.h"
#include "panel-packing.h"

namespace qa {

template void pack<Avx2Panels>(const Right<float>&, int64_t, float*);
template void pack<Avx2Panels>(const Right<uint16_t>&, int64_t, float*);
template void multiplyPanel<Avx2Panels>(int64_t, int64_t, InRows<float>, const float*, int64_t, Rows<const float>, Rows<float>);
template void multiplyPanel<Avx2Panels>(int64_t, int64_t, InStrips<float>, const float*, int64_t, Rows<const float>, Rows<float>);
template void multiplyPanel<Avx2Panels>(int64_t, int64_t, InRows<float>, const float*, int64_t, Rows<const float>, Rows<uint16_t>);
template void multiplyPanel<Avx2Panels>(int64_t, int64_t, InStrips<float>, const float*, int64_t, Rows<const float>, Rows<uint16_t>);
template void packStrips<Avx2Panels>(Rows<const float>, int64_t, int64_t, int64_t, Strips<float>);
template void packStrips<Avx2Panels>(Rows<const uint16_t>, int64_t, int64_t, int64_t, Strips<float>);

}  // namespace qa
