// x (W * M)^T + b for a mask M of which whole blocks are zero: only the rectangles ("panels") of W that have something in them are
// multiplied, each straight into its place in the result. For every device and precision.
#include "product.h"

#include <ATen/core/grad_mode.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

// The numbers of a panel: how many rows, where its columns begin, and how many. Rows follow each other from the first.
template <typename F> void for_panels(at::IntArrayRef panels, F &&body) {
  int64_t row = 0;
  for (size_t i = 0; i + 2 < panels.size(); i += 3) {
    body(row, panels[i], panels[i + 1], panels[i + 2]);
    row += panels[i];
  }
}

// A rectangle of a matrix as one view, where narrowing twice would make six.
at::Tensor part(const at::Tensor &t, int64_t row, int64_t rows, int64_t column, int64_t columns) {
  return t.as_strided({rows, columns}, t.strides(), t.storage_offset() + row * t.stride(0) + column * t.stride(1));
}

// All rows of some columns, and the same with rows for columns.
at::Tensor band(const at::Tensor &t, int64_t column, int64_t columns) { return part(t, 0, t.size(0), column, columns); }
at::Tensor transposed(const at::Tensor &t) { return t.as_strided({t.size(1), t.size(0)}, {t.stride(1), t.stride(0)}); }

void check(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &mask, at::IntArrayRef panels) {
  TORCH_CHECK(weight.dim() == 2 && mask.sizes() == weight.sizes(), "weight and mask must have the same two axes");
  TORCH_CHECK(x.dim() >= 1 && x.size(-1) == weight.size(1), "x has ", x.size(-1), " inputs, the weight ", weight.size(1));
  int64_t covered = 0;
  for_panels(panels, [&](int64_t, int64_t rows, int64_t, int64_t) { covered += rows; });
  TORCH_CHECK(covered == weight.size(0), "the panels have ", covered, " rows, the weight ", weight.size(0));
}

// out = values * mask where panels are; elsewhere nothing is written.
void apply_mask(at::Tensor out, const at::Tensor &values, const at::Tensor &mask, at::IntArrayRef panels) {
  auto plain = [](const at::Tensor &t) { return t.is_cpu() && t.scalar_type() == at::kFloat && t.is_contiguous(); };
  if (!plain(out) || !plain(values) || !plain(mask)) {
    at::mul_out(out, values, mask);
    return;
  }
  int64_t inputs = mask.size(1);
  float *to = out.data_ptr<float>(), *from = values.data_ptr<float>(), *by = mask.data_ptr<float>();
  for_panels(panels, [&](int64_t row, int64_t rows, int64_t column, int64_t columns) {
    at::parallel_for(row, row + rows, 1 + 65536 / std::max<int64_t>(columns, 1), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++)
        for (int64_t i = r * inputs + column; i < r * inputs + column + columns; i++) to[i] = from[i] * by[i];
    });
  });
}

// Outside of the panels they are whatever was there.
at::Tensor live_weights(const at::Tensor &weight, const at::Tensor &mask, at::IntArrayRef panels) {
  auto live = at::empty(weight.sizes(), weight.options());
  apply_mask(live, weight, mask, panels);
  return live;
}

at::Tensor multiply(const at::Tensor &x, const at::Tensor &live, const c10::optional<at::Tensor> &bias, at::IntArrayRef panels,
                    int64_t outputs) {
  auto flat = rows_of(x);
  auto out = at::empty({flat.size(0), outputs}, x.options());
  bool biased = bias.has_value() && bias->defined();
  if (biased) begin_with(out, *bias);
  for_panels(panels, [&](int64_t row, int64_t rows, int64_t column, int64_t columns) {
    product(band(out, row, rows), band(flat, column, columns), transposed(part(live, row, rows, column, columns)), biased);
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
    context->save_for_backward({x, mask, live});
    context->saved_data["panels"] = panels.vec();
    context->saved_data["has_bias"] = bias.has_value() && bias->defined();
    return multiply(x, live, bias, panels, weight.size(0));
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list grads) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "vae::masked_linear has no second derivative");
    at::AutoDispatchBelowADInplaceOrView below;
    auto saved = context->get_saved_variables();
    auto panels = context->saved_data["panels"].toIntVector();
    auto &x = saved[0], &mask = saved[1], &live = saved[2];
    auto flat = rows_of(x), g = rows_of(grads[0]);
    at::Tensor dx, dw, db;
    if (context->needs_input_grad(0)) {
      dx = at::zeros_like(flat);
      for_panels(panels, [&](int64_t row, int64_t rows, int64_t column, int64_t columns) {
        product(band(dx, column, columns), band(g, row, rows), part(live, row, rows, column, columns), true);
      });
      dx = dx.view(x.sizes());
    }
    if (context->needs_input_grad(1)) {
      dw = at::zeros(mask.sizes(), x.options());
      for_panels(panels, [&](int64_t row, int64_t rows, int64_t column, int64_t columns) {
        product(part(dw, row, rows, column, columns), transposed(band(g, row, rows)), band(flat, column, columns));
      });
      apply_mask(dw, dw, mask, panels);
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
