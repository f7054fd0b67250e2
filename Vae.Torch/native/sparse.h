// Products with a matrix most of whose numbers are zero, such as a batch of binary images: 87 % of MNIST's pixels.
#pragma once
#include <ATen/ATen.h>
#include <ATen/core/ivalue.h>

#include <cstdint>
#include <memory>

// What isn't zero, in blocks of columns, and row after row in them: place counts the columns from the block's first.
struct Sparse : torch::CustomClassHolder {
  int64_t rows, columns;
  std::unique_ptr<int32_t[]> begin, place;
  std::unique_ptr<float[]> value;
};

// x, [R, C], without its zeros; nothing where there are too few zeros, or too few rows, for that to be faster.
c10::intrusive_ptr<Sparse> sparse(const at::Tensor &x);

// out = x weight^T, a zero in x times anything being nothing. weight: [O, C], float32, the numbers of a row side by side; out: [R, O], contiguous.
void sparse_product(at::Tensor &out, const Sparse &x, const at::Tensor &weight);

// out = g^T x. g: [R, O], out: [O, C], both contiguous.
void sparse_gradient(at::Tensor &out, const at::Tensor &g, const Sparse &x);
