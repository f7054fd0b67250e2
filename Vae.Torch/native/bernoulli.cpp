// log p(x) of independent Bernoullis from their log-odds, summed over the last axis, and its gradient in the same pass over the logits.
// softplus(l) = max(l, 0) + log(1 + t) with t = exp(-|l|), and the logarithms' sum is the logarithm of a product.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "vector_clones.h"
#include "vector_math.h"

namespace {

constexpr int64_t factors = 64; // of a product: up to 2^64, of at most 8e-6 relative error

// A row's log-probability, and where it is wanted its gradient d = x - sigmoid(l).
template <bool Gradient> inline __attribute__((always_inline)) float row(const float *x, const float *l, float *d, int64_t n) {
  float sum = 0;
  for (int64_t begin = 0; begin < n; begin += factors) {
    int64_t end = std::min(n, begin + factors);
    float product = 1;
#pragma omp simd reduction(+ : sum) reduction(* : product)
    for (int64_t i = begin; i < end; i++) {
      float t = exp_minus_abs(l[i]);
      sum += x[i] * l[i] - (l[i] > 0.0f ? l[i] : 0.0f);
      product *= 1.0f + t;
      if (Gradient) d[i] = x[i] - (l[i] >= 0.0f ? 1.0f : t) / (1.0f + t);
    }
    sum -= log_normal(product);
  }
  return sum;
}

VECTOR_CLONES float row_log_prob(const float *x, const float *l, int64_t n) { return row<false>(x, l, nullptr, n); }

VECTOR_CLONES float row_with_gradient(const float *x, const float *l, float *d, int64_t n) { return row<true>(x, l, d, n); }

// How many rows of logits in a row meet the same x: those of the axes just before the last in which x has length 1.
int64_t rows_for_each(const at::Tensor &x, const at::Tensor &logits) {
  int64_t rows = 1;
  for (int64_t i = 2; i <= x.dim() && x.size(-i) == 1; i++) rows *= logits.size(-i);
  return rows;
}

// The rows of logits go through those of x over and over, staying at each as long as it says: x: [B, D] or [B, 1, D], logits: [..., B, D] or [..., B, Y, D].
template <typename F> void for_rows(const at::Tensor &x, const at::Tensor &logits, F &&body) {
  int64_t d = logits.size(-1), rows = logits.numel() / std::max<int64_t>(1, d), examples = x.numel() / std::max<int64_t>(1, d);
  int64_t each = rows_for_each(x, logits);
  auto px = x.data_ptr<float>();
  auto pl = logits.data_ptr<float>();
  at::parallel_for(0, rows, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, d)), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) body(r, px + r / each % examples * d, pl + r * d, d);
  });
}

// The log-probabilities, and where `d` is given the gradient of each.
at::Tensor log_prob(const at::Tensor &x, const at::Tensor &logits, at::Tensor *d = nullptr) {
  TORCH_CHECK(x.scalar_type() == at::kFloat && logits.scalar_type() == at::kFloat, "x and logits must be float32");
  TORCH_CHECK(logits.dim() >= x.dim() && logits.size(-1) == x.size(-1), "x must have the shape of the last axes of logits");
  bool ones = true;
  for (int64_t i = 2; i <= x.dim(); i++) {
    ones = ones && x.size(-i) == 1;
    TORCH_CHECK(ones || x.size(-i) == logits.size(-i), "x must have the shape of the last axes of logits, or 1 in those before the last");
  }
  auto xs = x.contiguous(), ls = logits.contiguous();
  auto out = at::empty(ls.sizes().slice(0, ls.dim() - 1), ls.options());
  auto p = out.data_ptr<float>();
  if (!d) {
    for_rows(xs, ls, [&](int64_t r, const float *px, const float *pl, int64_t n) { p[r] = row_log_prob(px, pl, n); });
    return out;
  }
  *d = at::empty_like(ls);
  auto pd = d->data_ptr<float>();
  for_rows(xs, ls, [&](int64_t r, const float *px, const float *pl, int64_t n) { p[r] = row_with_gradient(px, pl, pd + r * n, n); });
  return out;
}

at::Tensor forward(const at::Tensor &x, const at::Tensor &logits) { return log_prob(x, logits); }

struct BernoulliLogProb : torch::autograd::Function<BernoulliLogProb> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &logits) {
    at::AutoDispatchBelowADInplaceOrView below;
    at::Tensor d;
    auto out = log_prob(x, logits, &d);
    context->save_for_backward({d});
    return out;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list grads) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "vae::bernoulli_log_prob has no second derivative");
    return {at::Tensor(), context->get_saved_variables()[0] * grads[0].unsqueeze(-1)};
  }
};

at::Tensor with_gradient(const at::Tensor &x, const at::Tensor &logits) {
  TORCH_CHECK(!x.requires_grad(), "has no gradient for x");
  if (at::GradMode::is_enabled() && logits.requires_grad()) return BernoulliLogProb::apply(x, logits);
  at::AutoDispatchBelowADInplaceOrView below;
  return log_prob(x, logits);
}

} // namespace

TORCH_LIBRARY_FRAGMENT(vae, m) { m.def("bernoulli_log_prob(Tensor x, Tensor logits) -> Tensor"); }
TORCH_LIBRARY_IMPL(vae, CPU, m) { m.impl("bernoulli_log_prob", forward); }
TORCH_LIBRARY_IMPL(vae, AutogradCPU, m) { m.impl("bernoulli_log_prob", with_gradient); }
