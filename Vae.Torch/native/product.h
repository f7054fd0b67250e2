// Products of matrices.
#pragma once
#include <ATen/ATen.h>

// out = a b, or out + a b where `add`: [M, K] x [K, N] -> [M, N], on every device and in every precision. By oneDNN on x86, where
// libtorch brings it and its BLAS isn't Intel's: OpenBLAS takes a tenth to a half more time when there are few rows.
void product(at::Tensor out, const at::Tensor &a, const at::Tensor &b, bool add = false);

// The rows of x, [..., D] -> [R, D], those of an expanded tensor too.
inline at::Tensor rows_of(const at::Tensor &x) {
  return x.dim() == 2 ? x : x.reshape({c10::multiply_integers(x.sizes().slice(0, x.dim() - 1)), x.size(-1)});
}

// out = bias in every row.
inline void begin_with(at::Tensor &out, const at::Tensor &bias) {
  TORCH_CHECK(bias.dim() == 1 && bias.size(0) == out.size(1) && bias.scalar_type() == out.scalar_type(), "the bias isn't ", out.size(1), " numbers of the weight's type");
  out.copy_(bias);
}
