// x (W * M)^T + b for a mask M of which whole blocks are zero: only the rectangles ("panels") of W that have something in them are
// multiplied, each straight into its place in the result. Where M is zero within a panel, W itself is made zero; its gradient is zero there too, so from
// then on a look at those places is enough. For every device and precision.
#include "product.h"
#include "vector_clones.h"

#include <ATen/core/grad_mode.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

// Of a panel: how many rows, where its columns begin, and how many, and where those of them lie that have zeros. Rows follow each other from the first.
struct Panel {
  int64_t rows, column, columns, partial, partials;
};

template <typename F> void for_panels(at::IntArrayRef panels, F &&body) {
  int64_t row = 0;
  for (size_t i = 0; i + 4 < panels.size(); i += 5) {
    Panel p{panels[i], panels[i + 1], panels[i + 2], panels[i + 3], panels[i + 4]};
    body(row, p);
    row += p.rows;
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
  TORCH_CHECK(panels.size() % 5 == 0, "a panel is five numbers");
  int64_t covered = 0;
  for_panels(panels, [&](int64_t, const Panel &p) {
    int64_t inputs = weight.size(1);
    TORCH_CHECK(p.rows >= 0 && p.column >= 0 && p.columns >= 0 && p.column + p.columns <= inputs && p.partial >= 0 && p.partials >= 0 &&
                    p.partial + p.partials <= inputs,
                "a panel reaches beyond the weight's ", inputs, " inputs");
    covered += p.rows;
  });
  TORCH_CHECK(covered == weight.size(0), "the panels have ", covered, " rows, the weight ", weight.size(0));
}

VECTOR_CLONES bool masked(const float *w, const float *mask, int64_t n) {
  int32_t differ = 0; // as wide as the numbers, so that it is vectorised
  for (int64_t i = 0; i < n; i++) differ |= w[i] != w[i] * mask[i] ? 1 : 0;
  return differ == 0;
}

// w = w * mask, where panels have zeros; what is so already isn't written, on a processor and in float32.
void apply_mask(const at::Tensor &w, const at::Tensor &mask, at::IntArrayRef panels) {
  auto plain = [](const at::Tensor &t) { return t.is_cpu() && t.scalar_type() == at::kFloat && t.is_contiguous(); };
  if (!plain(w) || !plain(mask)) {
    w.mul_(mask);
    return;
  }
  int64_t inputs = mask.size(1);
  for_panels(panels, [&](int64_t row, const Panel &p) {
    float *to = w.data_ptr<float>() + p.partial, *by = mask.data_ptr<float>() + p.partial;
    at::parallel_for(row, row + p.rows, 1 + 65536 / std::max<int64_t>(p.partials, 1), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin * inputs; r < end * inputs; r += inputs)
        if (!masked(to + r, by + r, p.partials))
          for (int64_t i = r; i < r + p.partials; i++) to[i] *= by[i];
    });
  });
}

at::Tensor multiply(const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias, at::IntArrayRef panels) {
  auto flat = rows_of(x);
  auto out = at::empty({flat.size(0), weight.size(0)}, x.options());
  bool biased = bias.has_value() && bias->defined();
  if (biased) begin_with(out, *bias);
  for_panels(panels, [&](int64_t row, const Panel &p) {
    product(band(out, row, p.rows), band(flat, p.column, p.columns), transposed(part(weight, row, p.rows, p.column, p.columns)), biased);
  });
  auto sizes = x.sizes().vec();
  sizes.back() = weight.size(0);
  return out.view(sizes);
}

at::Tensor forward(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &mask, const c10::optional<at::Tensor> &bias,
                   at::IntArrayRef panels) {
  check(x, weight, mask, panels);
  apply_mask(weight, mask, panels);
  return multiply(x, weight, bias, panels);
}

struct MaskedLinear : torch::autograd::Function<MaskedLinear> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &mask,
                            const c10::optional<at::Tensor> &bias, at::IntArrayRef panels) {
    at::AutoDispatchBelowADInplaceOrView below;
    check(x, weight, mask, panels);
    apply_mask(weight, mask, panels);
    context->save_for_backward({x, weight, mask});
    context->saved_data["panels"] = panels.vec();
    context->saved_data["has_bias"] = bias.has_value() && bias->defined();
    return multiply(x, weight, bias, panels);
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list grads) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "vae::masked_linear has no second derivative");
    at::AutoDispatchBelowADInplaceOrView below;
    auto saved = context->get_saved_variables();
    auto panels = context->saved_data["panels"].toIntVector();
    auto &x = saved[0], &weight = saved[1], &mask = saved[2];
    auto flat = rows_of(x), g = rows_of(grads[0]);
    at::Tensor dx, dw, db;
    if (context->needs_input_grad(0)) {
      dx = at::zeros_like(flat);
      for_panels(panels, [&](int64_t row, const Panel &p) {
        product(band(dx, p.column, p.columns), band(g, row, p.rows), part(weight, row, p.rows, p.column, p.columns), true);
      });
      dx = dx.view(x.sizes());
    }
    if (context->needs_input_grad(1)) {
      dw = at::zeros(mask.sizes(), x.options());
      for_panels(panels, [&](int64_t row, const Panel &p) {
        product(part(dw, row, p.rows, p.column, p.columns), transposed(band(g, row, p.rows)), band(flat, p.column, p.columns));
      });
      apply_mask(dw, mask, panels);
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
