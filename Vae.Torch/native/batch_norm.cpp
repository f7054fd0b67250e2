// elu(batch_norm(x)) of images in one visit to each channel, forward and back: a channel's numbers stay in the second-level cache between its
// statistics and its values. The value before the ELU isn't kept: the gradient finds its slope, 1 or y + 1, from y.
// Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1; Clevert et al. 2016, arXiv:1511.07289, eq. 1.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>

#include "vector_clones.h"
#include "vector_math.h"

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

namespace {

VECTOR_CLONES float row_sum(const float *x, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) sum += x[i];
  return sum;
}

VECTOR_CLONES float row_squares(const float *x, float mean, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
  return sum;
}

VECTOR_CLONES void row_elu(const float *x, float mean, float scale, float bias, float *y, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    float v = (x[i] - mean) * scale + bias, negative = exp_minus_abs(v) - 1.0f;
    y[i] = v > 0.0f ? v : v <= 0.0f ? negative : v; // NaN stays NaN
  }
}

struct Sums {
  float slope = 0, product = 0;
};

// gv = the gradient before the ELU; its sum, and that of its product with x - mean.
VECTOR_CLONES Sums row_back(const float *x, float mean, const float *y, const float *gy, float *gv, int64_t n) {
  float slope = 0, product = 0;
#pragma omp simd reduction(+ : slope, product)
  for (int64_t i = 0; i < n; i++) {
    float g = y[i] > 0.0f ? gy[i] : gy[i] * (y[i] + 1.0f);
    gv[i] = g;
    slope += g;
    product += g * (x[i] - mean);
  }
  return {slope, product};
}

// g = scale gv - offset - (x - mean) tilt
VECTOR_CLONES void row_gradient(const float *x, float mean, float scale, float offset, float tilt, float *g, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) g[i] = scale * g[i] - offset - (x[i] - mean) * tilt;
}

struct Shape {
  int64_t images, channels, size;

  explicit Shape(const at::Tensor &x) : images(x.size(0)), channels(x.size(1)), size(x.size(2) * x.size(3)) {}
  int64_t at(int64_t image, int64_t channel) const { return (image * channels + channel) * size; }
  double count() const { return double(images * size); }

  template <typename F> void for_channels(const F &body) const {
    at::parallel_for(0, channels, std::max<int64_t>(1, 32768 / std::max<int64_t>(1, images * size)), [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; c++) body(c);
    });
  }
};

// y, and the mean and 1 / sqrt(variance + eps) that it was made with.
std::tuple<at::Tensor, at::Tensor, at::Tensor> forward(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                                                       const at::Tensor &running_mean, const at::Tensor &running_var, bool training,
                                                       double momentum, double eps) {
  TORCH_CHECK(x.dim() == 4, "[N, C, H, W] is expected");
  for (const auto &t : {x, weight, bias, running_mean, running_var}) TORCH_CHECK(t.scalar_type() == at::kFloat && t.is_contiguous(), "contiguous float32 is expected");
  for (const auto &t : {weight, bias, running_mean, running_var}) TORCH_CHECK(t.numel() == x.size(1), "a number for each channel is expected");
  Shape shape(x);
  TORCH_CHECK(!training || shape.count() > 1, "a batch of one number per channel has no variance");
  auto y = at::empty(x.sizes(), x.options());
  auto mean = at::empty({shape.channels}, x.options()), inverse = at::empty({shape.channels}, x.options());
  auto px = x.data_ptr<float>(), py = y.data_ptr<float>(), pm = mean.data_ptr<float>(), pi = inverse.data_ptr<float>();
  auto pw = weight.data_ptr<float>(), pb = bias.data_ptr<float>(), rm = running_mean.data_ptr<float>(), rv = running_var.data_ptr<float>();
  shape.for_channels([&](int64_t c) {
    double m = rm[c], variance = rv[c];
    if (training) {
      double sum = 0, squares = 0;
      for (int64_t i = 0; i < shape.images; i++) sum += row_sum(px + shape.at(i, c), shape.size);
      m = sum / shape.count();
      for (int64_t i = 0; i < shape.images; i++) squares += row_squares(px + shape.at(i, c), float(m), shape.size);
      variance = squares / shape.count();
      rm[c] = float((1 - momentum) * rm[c] + momentum * m);
      rv[c] = float((1 - momentum) * rv[c] + momentum * squares / (shape.count() - 1));
    }
    pm[c] = float(m);
    pi[c] = float(1 / std::sqrt(variance + eps));
    for (int64_t i = 0; i < shape.images; i++) row_elu(px + shape.at(i, c), pm[c], pw[c] * pi[c], pb[c], py + shape.at(i, c), shape.size);
  });
  return {y, mean, inverse};
}

struct BatchNormElu : Function<BatchNormElu> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                            const at::Tensor &running_mean, const at::Tensor &running_var, bool training, double momentum, double eps) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto images = x.contiguous();
    auto [y, mean, inverse] = ::forward(images, weight, bias, running_mean, running_var, training, momentum, eps);
    context->save_for_backward({images, y, weight, mean, inverse});
    context->saved_data["training"] = training;
    return y;
  }

  static tensor_list backward(AutogradContext *context, tensor_list grads) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "vae::batch_norm_elu has no second derivative");
    auto saved = context->get_saved_variables();
    auto x = saved[0], y = saved[1], weight = saved[2], mean = saved[3], inverse = saved[4], gy = grads[0].contiguous();
    bool training = context->saved_data["training"].toBool();
    Shape shape(x);
    auto gx = at::empty(x.sizes(), x.options()), gw = at::empty(weight.sizes(), weight.options()), gb = at::empty(weight.sizes(), weight.options());
    auto px = x.data_ptr<float>(), py = y.data_ptr<float>(), pgy = gy.data_ptr<float>(), pgx = gx.data_ptr<float>();
    auto pw = weight.data_ptr<float>(), pm = mean.data_ptr<float>(), pi = inverse.data_ptr<float>();
    auto pgw = gw.data_ptr<float>(), pgb = gb.data_ptr<float>();
    shape.for_channels([&](int64_t c) {
      double slope = 0, product = 0;
      for (int64_t i = 0; i < shape.images; i++) {
        int64_t at = shape.at(i, c);
        Sums sums = row_back(px + at, pm[c], py + at, pgy + at, pgx + at, shape.size);
        slope += sums.slope;
        product += sums.product;
      }
      pgb[c] = float(slope);
      pgw[c] = float(product * pi[c]);
      double scale = double(pw[c]) * pi[c], part = training ? scale / shape.count() : 0;
      for (int64_t i = 0; i < shape.images; i++) {
        int64_t at = shape.at(i, c);
        row_gradient(px + at, pm[c], float(scale), float(part * slope), float(part * pi[c] * pi[c] * product), pgx + at, shape.size);
      }
    });
    return {gx, gw, gb, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

at::Tensor batch_norm_elu(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, const at::Tensor &running_mean,
                          const at::Tensor &running_var, bool training, double momentum, double eps) {
  return std::get<0>(forward(x.contiguous(), weight, bias, running_mean, running_var, training, momentum, eps));
}

} // namespace

TORCH_LIBRARY_FRAGMENT(vae, m) {
  m.def("batch_norm_elu(Tensor x, Tensor weight, Tensor bias, Tensor(a!) running_mean, Tensor(b!) running_var, bool training, float momentum, "
        "float eps) -> Tensor");
}
TORCH_LIBRARY_IMPL(vae, CPU, m) { m.impl("batch_norm_elu", batch_norm_elu); }
TORCH_LIBRARY_IMPL(vae, AutogradCPU, m) {
  m.impl("batch_norm_elu", [](const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, const at::Tensor &running_mean,
                              const at::Tensor &running_var, bool training, double momentum, double eps) {
    return BatchNormElu::apply(x, weight, bias, running_mean, running_var, training, momentum, eps);
  });
}
