// log p(x) of independent Bernoullis from their log-odds, summed over the last axis, with its gradient: one pass over the logits
// instead of five. softplus(l) = max(l, 0) + log1p(t) with t = exp(-|l|).
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "vector_clones.h"
#include "vector_math.h"

namespace {

VECTOR_CLONES float row_log_prob(const float *x, const float *l, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) sum += x[i] * l[i] - ((l[i] > 0.0f ? l[i] : 0.0f) + log1p_unit(exp_minus_abs(l[i])));
  return sum;
}

VECTOR_CLONES void row_gradient(const float *x, const float *l, float g, float *out, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    float t = exp_minus_abs(l[i]);
    float s = (l[i] >= 0.0f ? 1.0f : t) / (1.0f + t);
    out[i] = g * (x[i] - s);
  }
}

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

at::Tensor forward(const at::Tensor &x, const at::Tensor &logits) {
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
  for_rows(xs, ls, [&](int64_t r, const float *px, const float *pl, int64_t d) { p[r] = row_log_prob(px, pl, d); });
  return out;
}

at::Tensor gradient(const at::Tensor &grad, const at::Tensor &x, const at::Tensor &logits) {
  auto gs = grad.contiguous(), xs = x.contiguous(), ls = logits.contiguous();
  auto out = at::empty_like(ls);
  auto g = gs.data_ptr<float>();
  auto p = out.data_ptr<float>();
  for_rows(xs, ls, [&](int64_t r, const float *px, const float *pl, int64_t d) { row_gradient(px, pl, g[r], p + r * d, d); });
  return out;
}

struct BernoulliLogProb : torch::autograd::Function<BernoulliLogProb> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &logits) {
    at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({x, logits});
    return ::forward(x, logits);
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list grads) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "vae::bernoulli_log_prob has no second derivative");
    auto saved = context->get_saved_variables();
    return {at::Tensor(), gradient(grads[0], saved[0], saved[1])};
  }
};

at::Tensor with_gradient(const at::Tensor &x, const at::Tensor &logits) {
  TORCH_CHECK(!x.requires_grad(), "has no gradient for x");
  return BernoulliLogProb::apply(x, logits);
}

} // namespace

TORCH_LIBRARY_FRAGMENT(vae, m) { m.def("bernoulli_log_prob(Tensor x, Tensor logits) -> Tensor"); }
TORCH_LIBRARY_IMPL(vae, CPU, m) { m.impl("bernoulli_log_prob", forward); }
TORCH_LIBRARY_IMPL(vae, AutogradCPU, m) { m.impl("bernoulli_log_prob", with_gradient); }
