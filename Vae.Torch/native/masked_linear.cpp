// x (W * M)^T + b for a mask M of which whole blocks are zero: only the rectangles ("panels") of W that have something in them are
// multiplied, each straight into its place in the result. For every device and precision.
#include "product.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

// The numbers of a panel: how many rows, where its columns begin, and how many. Rows follow each other from the first.
template <typename F> void for_panels(at::IntArrayRef panels, F &&body) {
  int64_t row = 0;
  for (size_t i = 0; i + 2 < panels.size(); i += 3) {
    body(i / 3, row, panels[i], panels[i + 1], panels[i + 2]);
    row += panels[i];
  }
}

at::Tensor part(const at::Tensor &t, int64_t row, int64_t rows, int64_t column, int64_t columns) {
  return t.narrow(0, row, rows).narrow(1, column, columns);
}

void check(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &mask, at::IntArrayRef panels) {
  TORCH_CHECK(weight.dim() == 2 && mask.sizes() == weight.sizes(), "weight and mask must have the same two axes");
  TORCH_CHECK(x.dim() >= 1 && x.size(-1) == weight.size(1), "x has ", x.size(-1), " inputs, the weight ", weight.size(1));
  int64_t covered = 0;
  for_panels(panels, [&](size_t, int64_t, int64_t rows, int64_t, int64_t) { covered += rows; });
  TORCH_CHECK(covered == weight.size(0), "the panels have ", covered, " rows, the weight ", weight.size(0));
}

std::vector<at::Tensor> live_weights(const at::Tensor &weight, const at::Tensor &mask, at::IntArrayRef panels) {
  std::vector<at::Tensor> live;
  for_panels(panels, [&](size_t, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    live.push_back(at::mul(part(weight, row, rows, column, columns), part(mask, row, rows, column, columns)));
  });
  return live;
}

at::Tensor multiply(const at::Tensor &x, const std::vector<at::Tensor> &live, const c10::optional<at::Tensor> &bias, at::IntArrayRef panels,
                    int64_t outputs) {
  auto flat = rows_of(x);
  auto out = at::empty({flat.size(0), outputs}, x.options());
  bool biased = bias.has_value() && bias->defined();
  if (biased) begin_with(out, *bias);
  for_panels(panels, [&](size_t i, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    product(out.narrow(1, row, rows), flat.narrow(1, column, columns), live[i].t(), biased);
  });
  auto sizes = x.sizes().vec();
  sizes.back() = outputs;
  return out.view(sizes);
}

at::Tensor forward(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &mask, const c10::optional<at::Tensor> &bias,
                   at::IntArrayRef panels) {
  check(x, weight, mask, panels);
  return multiply(x, live_weights(weight, mask, panels), bias, panels, weight.size(0));
}

struct MaskedLinear : torch::autograd::Function<MaskedLinear> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &mask,
                            const c10::optional<at::Tensor> &bias, at::IntArrayRef panels) {
    at::AutoDispatchBelowADInplaceOrView below;
    check(x, weight, mask, panels);
    auto live = live_weights(weight, mask, panels);
    torch::autograd::variable_list saved{x, mask};
    saved.insert(saved.end(), live.begin(), live.end());
    context->save_for_backward(std::move(saved));
    context->saved_data["panels"] = panels.vec();
    context->saved_data["has_bias"] = bias.has_value() && bias->defined();
    return multiply(x, live, bias, panels, weight.size(0));
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list grads) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "vae::masked_linear has no second derivative");
    auto saved = context->get_saved_variables();
    auto panels = context->saved_data["panels"].toIntVector();
    auto &x = saved[0], &mask = saved[1];
    auto flat = rows_of(x), g = rows_of(grads[0]);
    at::Tensor dx, dw, db;
    if (context->needs_input_grad(0)) {
      dx = at::zeros_like(flat);
      for_panels(panels, [&](size_t i, int64_t row, int64_t rows, int64_t column, int64_t columns) {
        product(dx.narrow(1, column, columns), g.narrow(1, row, rows), saved[2 + i], true);
      });
      dx = dx.view(x.sizes());
    }
    if (context->needs_input_grad(1)) {
      dw = at::zeros(mask.sizes(), x.options());
      for_panels(panels, [&](size_t, int64_t row, int64_t rows, int64_t column, int64_t columns) {
        auto place = part(dw, row, rows, column, columns);
        product(place, g.narrow(1, row, rows).t(), flat.narrow(1, column, columns));
        place.mul_(part(mask, row, rows, column, columns));
      });
    }
    if (context->saved_data["has_bias"].toBool() && context->needs_input_grad(3)) db = g.sum(0);
    return {dx, dw, at::Tensor(), db, at::Tensor()};
  }
};

at::Tensor with_gradient(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &mask, const c10::optional<at::Tensor> &bias,
                         at::IntArrayRef panels) {
  return MaskedLinear::apply(x, weight, mask, bias, panels);
}

} // namespace

TORCH_LIBRARY_FRAGMENT(vae, m) { m.def("masked_linear(Tensor x, Tensor weight, Tensor mask, Tensor? bias, int[] panels) -> Tensor"); }
TORCH_LIBRARY_IMPL(vae, CompositeExplicitAutograd, m) { m.impl("masked_linear", forward); }
TORCH_LIBRARY_IMPL(vae, Autograd, m) { m.impl("masked_linear", with_gradient); }
