// x W^T + b, or max(x W^T + b, 0), as one operator: one node of the graph where libtorch has two or three, its products where they are the
// fastest, and what is left in one pass over the result.
#include "product.h"
#include "sparse.h"
#include "vector_clones.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <vector>

namespace {

// What takes no gradient may be data, which may be mostly zeros.
c10::intrusive_ptr<Sparse> without_zeros(const at::Tensor &x, const at::Tensor &rows, const at::Tensor &weight) {
  return weight.stride(1) == 1 && !x.requires_grad() ? sparse(rows) : c10::intrusive_ptr<Sparse>();
}

VECTOR_CLONES void finish_rows(float *y, const float *bias, int64_t rows, int64_t outputs, bool relu) {
  for (int64_t r = 0; r < rows; r++, y += outputs) {
    if (bias)
      for (int64_t i = 0; i < outputs; i++) y[i] += bias[i];
    if (relu)
      for (int64_t i = 0; i < outputs; i++) y[i] = y[i] < 0 ? 0 : y[i];
  }
}

// Some columns of the sum of g over its rows; with y, of g where y isn't 0 or less, which goes to `to`. Some rows at a time, so that many of them
// are no less exact.
VECTOR_CLONES void gradient_columns(const float *g, const float *y, float *to, float *sum, int64_t rows, int64_t outputs, int64_t begin, int64_t end) {
  constexpr int64_t at_once = 128;
  std::vector<float> some(end - begin);
  std::fill(sum + begin, sum + end, 0.f);
  for (int64_t first = 0; first < rows; first += at_once) {
    std::fill(some.begin(), some.end(), 0.f);
    for (int64_t row = first * outputs; row < std::min(first + at_once, rows) * outputs; row += outputs) {
      if (y)
        for (int64_t i = begin; i < end; i++) to[row + i] = y[row + i] <= 0 ? 0 : g[row + i];
      const float *from = y ? to : g;
      for (int64_t i = begin; i < end; i++) some[i - begin] += from[row + i];
    }
    for (int64_t i = begin; i < end; i++) sum[i] += some[i - begin];
  }
}

at::Tensor multiply(const at::Tensor &x, const at::Tensor &rows, const c10::intrusive_ptr<Sparse> &few, const at::Tensor &weight,
                    const c10::optional<at::Tensor> &bias, bool relu) {
  auto out = at::empty({rows.size(0), weight.size(0)}, x.options());
  if (few) sparse_product(out, *few, weight);
  else product(out, rows, weight.t());
  auto b = bias.has_value() && bias->defined() ? bias->contiguous() : at::Tensor();
  int64_t outputs = out.size(1);
  auto y = out.data_ptr<float>();
  if (b.defined() || relu)
    at::parallel_for(0, out.size(0), 1 + 32768 / std::max<int64_t>(1, outputs), [&](int64_t begin, int64_t end) {
      finish_rows(y + begin * outputs, b.defined() ? b.data_ptr<float>() : nullptr, end - begin, outputs, relu);
    });
  if (x.dim() == 2) return out;
  auto sizes = x.sizes().vec();
  sizes.back() = outputs;
  return out.view(sizes);
}

void check(const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias) {
  TORCH_CHECK(x.dim() >= 1 && weight.dim() == 2 && x.size(-1) == weight.size(1), "x ", x.sizes(), " has other inputs than the weight ", weight.sizes());
  TORCH_CHECK(x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat, "x and the weight must be float32");
  TORCH_CHECK(!bias.has_value() || !bias->defined() || (bias->dim() == 1 && bias->size(0) == weight.size(0) && bias->scalar_type() == at::kFloat),
              "the bias isn't ", weight.size(0), " numbers of float32");
}

at::Tensor forward(const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias, bool relu) {
  check(x, weight, bias);
  auto rows = rows_of(x);
  return multiply(x, rows, without_zeros(x, rows, weight), weight, bias, relu);
}

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                            const c10::optional<at::Tensor> &bias, bool relu) {
    at::AutoDispatchBelowADInplaceOrView below;
    check(x, weight, bias);
    auto rows = rows_of(x);
    auto few = without_zeros(x, rows, weight);
    auto out = multiply(x, rows, few, weight, bias, relu);
    context->save_for_backward(relu ? torch::autograd::variable_list{x, weight, out} : torch::autograd::variable_list{x, weight});
    context->saved_data["biased"] = bias.has_value() && bias->defined();
    if (few) context->saved_data["few"] = c10::IValue::make_capsule(few);
    return out;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list grads) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "vae::linear has no second derivative");
    auto saved = context->get_saved_variables();
    auto &x = saved[0], &weight = saved[1];
    auto g = rows_of(grads[0]).contiguous();
    at::Tensor dx, dw, db;
    bool relu = saved.size() > 2, wants_bias = context->saved_data["biased"].toBool() && context->needs_input_grad(2);
    if (relu || wants_bias) {
      int64_t rows = g.size(0), outputs = g.size(1);
      auto sum = at::empty({outputs}, g.options()), masked = relu ? at::empty_like(g) : g;
      auto from = g.data_ptr<float>(), to = masked.data_ptr<float>(), columns = sum.data_ptr<float>(), y = relu ? saved[2].data_ptr<float>() : nullptr;
      at::parallel_for(0, outputs, 16 + 32768 / std::max<int64_t>(1, rows),
                       [&](int64_t begin, int64_t end) { gradient_columns(from, y, to, columns, rows, outputs, begin, end); });
      g = masked;
      if (wants_bias) db = sum;
    }
    if (context->needs_input_grad(0)) {
      dx = at::empty({g.size(0), weight.size(1)}, g.options());
      product(dx, g, weight);
      if (x.dim() != 2) dx = dx.view(x.sizes());
    }
    if (context->needs_input_grad(1)) {
      dw = at::empty(weight.sizes(), g.options());
      if (auto few = context->saved_data.find("few"); few != context->saved_data.end())
        sparse_gradient(dw, g, *c10::static_intrusive_pointer_cast<Sparse>(few->second.toCapsule()));
      else
        product(dw, g.t(), rows_of(x));
    }
    return {dx, dw, db, at::Tensor()};
  }
};

at::Tensor with_gradient(const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias, bool relu) {
  return Linear::apply(x, weight, bias, relu);
}

} // namespace

TORCH_LIBRARY_FRAGMENT(vae, m) { m.def("linear(Tensor x, Tensor weight, Tensor? bias, bool relu) -> Tensor"); }
TORCH_LIBRARY_IMPL(vae, CPU, m) { m.impl("linear", forward); }
TORCH_LIBRARY_IMPL(vae, AutogradCPU, m) { m.impl("linear", with_gradient); }
