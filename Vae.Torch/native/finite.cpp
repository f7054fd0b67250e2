// Whether every number of some tensors is finite, and how long all of them together are as a vector: one pass, no temporaries.
#include "shim.h"
#include "vector_clones.h"

#include <ATen/Parallel.h>
#include <ATen/record_function.h>
#include <atomic>
#include <cmath>
#include <cstring>
#include <vector>

namespace {

// NaN and infinity have every bit of the exponent set, and so, but for the sign, are the largest of all as whole numbers.
VECTOR_CLONES bool finite(const float *p, int64_t n) {
  int32_t largest = 0;
#pragma omp simd reduction(max : largest)
  for (int64_t i = 0; i < n; i++) {
    int32_t bits;
    std::memcpy(&bits, p + i, 4);
    bits &= 0x7fffffff;
    largest = bits > largest ? bits : largest;
  }
  return largest < 0x7f800000;
}

VECTOR_CLONES double squares(const float *p, int64_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) sum += double(p[i]) * p[i];
  return sum;
}

constexpr int64_t Chunk = 1 << 15;

} // namespace

// The root of the sum of all squares, in float64; a NaN or an infinity among them makes it one. The same for any number of threads.
VT_EXPORT int vt_norm(const Handle *tensors, int n, double *result) {
  return vt_guarded([&] {
    RECORD_FUNCTION("vae::norm", c10::ArrayRef<const c10::IValue>());
    double sum = 0;
    for (int i = 0; i < n; i++) {
      auto tensor = vt_borrow(tensors[i]);
      if (tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous()) {
        auto p = tensor.data_ptr<float>();
        int64_t size = tensor.numel();
        std::vector<double> parts((size + Chunk - 1) / Chunk);
        at::parallel_for(0, parts.size(), 1, [&](int64_t begin, int64_t end) {
          for (int64_t k = begin; k < end; k++) parts[k] = squares(p + k * Chunk, std::min(Chunk, size - k * Chunk));
        });
        for (double part : parts) sum += part;
      } else {
        sum += tensor.to(at::kDouble).square().sum().item<double>();
      }
    }
    *result = std::sqrt(sum);
  });
}

VT_EXPORT int vt_all_finite(const Handle *tensors, int n, int *result) {
  return vt_guarded([&] {
    RECORD_FUNCTION("vae::all_finite", c10::ArrayRef<const c10::IValue>());
    std::atomic<bool> ok{true};
    for (int i = 0; i < n && ok; i++) {
      auto tensor = vt_borrow(tensors[i]);
      if (tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous()) {
        auto p = tensor.data_ptr<float>();
        at::parallel_for(0, tensor.numel(), Chunk, [&](int64_t begin, int64_t end) {
          if (!finite(p + begin, end - begin)) ok = false;
        });
      } else {
        ok = at::isfinite(tensor).all().item<bool>();
      }
    }
    *result = ok ? 1 : 0;
  });
}
