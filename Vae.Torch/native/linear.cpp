// x W^T + b as one operator: one node of the graph where libtorch has two, and its products where they are the fastest.
#include "product.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

at::Tensor multiply(const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias) {
  TORCH_CHECK(x.dim() >= 1 && weight.dim() == 2 && x.size(-1) == weight.size(1), "x ", x.sizes(), " has other inputs than the weight ", weight.sizes());
  bool biased = bias.has_value() && bias->defined();
  auto sizes = x.sizes().vec();
  sizes.back() = weight.size(0);
  auto rows = rows_of(x);
  auto out = at::empty({rows.size(0), weight.size(0)}, x.options());
  if (biased) begin_with(out, *bias);
  product(out, rows, weight.t(), biased);
  return out.view(sizes);
}

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                            const c10::optional<at::Tensor> &bias) {
    at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({x, weight});
    context->saved_data["biased"] = bias.has_value() && bias->defined();
    return multiply(x, weight, bias);
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list grads) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "vae::linear has no second derivative");
    auto saved = context->get_saved_variables();
    auto &x = saved[0], &weight = saved[1];
    auto g = rows_of(grads[0]);
    at::Tensor dx, dw, db;
    if (context->needs_input_grad(0)) {
      dx = at::empty({g.size(0), weight.size(1)}, g.options());
      product(dx, g, weight);
      dx = dx.view(x.sizes());
    }
    if (context->needs_input_grad(1)) {
      dw = at::empty(weight.sizes(), g.options());
      product(dw, g.t(), rows_of(x));
    }
    if (context->saved_data["biased"].toBool() && context->needs_input_grad(2)) db = g.sum(0);
    return {dx, dw, db};
  }
};

at::Tensor with_gradient(const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias) {
  return Linear::apply(x, weight, bias);
}

} // namespace

TORCH_LIBRARY_FRAGMENT(vae, m) { m.def("linear(Tensor x, Tensor weight, Tensor? bias) -> Tensor"); }
TORCH_LIBRARY_IMPL(vae, CPU, m) { m.impl("linear", multiply); }
TORCH_LIBRARY_IMPL(vae, AutogradCPU, m) { m.impl("linear", with_gradient); }
