// Products of matrices.
#pragma once
#include <ATen/ATen.h>

// out = a b, or out + a b where `add`: [M, K] x [K, N] -> [M, N], on every device and in every precision. By oneDNN where libtorch
// brings it and its BLAS isn't Intel's: OpenBLAS takes a tenth to a half more time when there are few rows.
void product(at::Tensor out, const at::Tensor &a, const at::Tensor &b, bool add = false);

// The rows of x, [..., D] -> [R, D], those of an expanded tensor too.
inline at::Tensor rows_of(const at::Tensor &x) { return x.reshape({-1, x.size(-1)}); }
