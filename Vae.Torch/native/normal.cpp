// What a normal distribution asks of a step, each in one pass forward and one back: log-density of N(0, I), reparametrised sample with its
// log-density, and the gated affine step of an inverse autoregressive flow with its log-determinant. Rows are summed over the last axis.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <functional>
#include <tuple>

#include "vector_clones.h"
#include "vector_math.h"

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

namespace {

constexpr float HalfLog2Pi = 0.91893853320467274178f;

// A tensor as rows of its last axis; a slice of wider rows stays where it is.
struct Rows {
  at::Tensor tensor;
  int64_t count, width, stride;
  float *p;

  explicit Rows(const at::Tensor &t) : width(t.size(-1)) {
    TORCH_CHECK(t.scalar_type() == at::kFloat, "float32 is expected");
    tensor = t.reshape({-1, width});
    if (width > 1 && tensor.stride(1) != 1) tensor = tensor.contiguous();
    count = tensor.size(0);
    stride = tensor.stride(0);
    p = tensor.data_ptr<float>();
  }

  float *operator[](int64_t row) const { return p + row * stride; }
};

at::IntArrayRef leading(const at::Tensor &t) { return t.sizes().slice(0, t.dim() - 1); }

template <typename F> void for_rows(int64_t rows, int64_t width, const F &body) {
  at::parallel_for(0, rows, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, width)), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) body(r);
  });
}

void no_second_derivative(const char *name) { TORCH_CHECK(!at::GradMode::is_enabled(), name, " has no second derivative"); }

// ---- log N(x; 0, I)

VECTOR_CLONES float row_standard(const float *x, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) sum += x[i] * x[i];
  return -0.5f * sum - HalfLog2Pi * float(n);
}

at::Tensor standard_log_prob(const at::Tensor &x) {
  Rows xs(x);
  auto out = at::empty(leading(x), x.options());
  auto p = out.data_ptr<float>();
  for_rows(xs.count, xs.width, [&](int64_t r) { p[r] = row_standard(xs[r], xs.width); });
  return out;
}

struct StandardLogProb : Function<StandardLogProb> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x) {
    at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({x});
    return standard_log_prob(x);
  }

  static tensor_list backward(AutogradContext *context, tensor_list grads) {
    no_second_derivative("vae::standard_normal_log_prob");
    auto x = context->get_saved_variables()[0];
    return {x * grads[0].neg().unsqueeze(-1)};
  }
};

// ---- z = mean + scale noise, log N(z; mean, scale^2) = log N(noise; 0, I) - sum log scale

// The noise has K rows for each of the others': row r of it belongs to row r % count.
VECTOR_CLONES float row_sample(const float *mean, const float *scale, const float *noise, float *z, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) {
    z[i] = mean[i] + scale[i] * noise[i];
    sum += 0.5f * noise[i] * noise[i] + log_any(scale[i]);
  }
  return -sum - HalfLog2Pi * float(n);
}

VECTOR_CLONES void row_sample_back(const float *scale, const float *noise, const float *gz, float gq, float *gmean, float *gscale, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    gmean[i] += gz[i];
    gscale[i] += gz[i] * noise[i] - gq / scale[i];
  }
}

std::tuple<at::Tensor, at::Tensor> sample(const at::Tensor &mean, const at::Tensor &scale, const at::Tensor &noise) {
  TORCH_CHECK(mean.sizes() == scale.sizes(), "mean and scale must have the same shape");
  TORCH_CHECK(noise.dim() >= mean.dim() && noise.sizes().slice(noise.dim() - mean.dim()) == mean.sizes(),
              "the last axes of noise must be those of mean");
  Rows m(mean), s(scale), e(noise);
  auto z = at::empty(noise.sizes(), noise.options()), log_q = at::empty(leading(noise), noise.options());
  auto pz = z.data_ptr<float>(), pq = log_q.data_ptr<float>();
  for_rows(e.count, e.width, [&](int64_t r) { pq[r] = row_sample(m[r % m.count], s[r % m.count], e[r], pz + r * e.width, e.width); });
  return {z, log_q};
}

struct Sample : Function<Sample> {
  static tensor_list forward(AutogradContext *context, const at::Tensor &mean, const at::Tensor &scale, const at::Tensor &noise) {
    at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({scale, noise});
    auto [z, log_q] = sample(mean, scale, noise);
    return {z, log_q};
  }

  static tensor_list backward(AutogradContext *context, tensor_list grads) {
    no_second_derivative("vae::sample_normal");
    auto saved = context->get_saved_variables();
    Rows s(saved[0]), e(saved[1]), gz(grads[0]);
    auto gq = grads[1].contiguous();
    auto pq = gq.data_ptr<float>();
    auto gmean = at::zeros(saved[0].sizes(), saved[0].options()), gscale = at::zeros(saved[0].sizes(), saved[0].options());
    auto pm = gmean.data_ptr<float>(), ps = gscale.data_ptr<float>();
    for_rows(s.count, s.count == 0 ? 1 : e.count / s.count * s.width, [&](int64_t b) {
      for (int64_t r = b; r < e.count; r += s.count) row_sample_back(s[b], e[r], gz[r], pq[r], pm + b * s.width, ps + b * s.width, s.width);
    });
    return {gmean, gscale, at::Tensor()};
  }
};

std::tuple<at::Tensor, at::Tensor> sample_with_gradient(const at::Tensor &mean, const at::Tensor &scale, const at::Tensor &noise) {
  TORCH_CHECK(!noise.requires_grad(), "has no gradient for noise");
  auto out = Sample::apply(mean, scale, noise);
  return {out[0], out[1]};
}

// ---- y = sigma z + (1 - sigma) m with sigma = sigmoid(s), log det = sum log sigma

VECTOR_CLONES float row_gate(const float *z, const float *m, const float *s, float *y, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) {
    float t = exp_minus_abs(s[i]), gate = (s[i] >= 0.0f ? 1.0f : t) / (1.0f + t);
    y[i] = m[i] + gate * (z[i] - m[i]);
    sum += (s[i] < 0.0f ? s[i] : 0.0f) - log1p_unit(t);
  }
  return sum;
}

VECTOR_CLONES void row_gate_back(const float *z, const float *m, const float *s, const float *gy, float gl, float *gz, float *gm, float *gs,
                                 int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    float t = exp_minus_abs(s[i]), one = 1.0f / (1.0f + t);
    float gate = s[i] >= 0.0f ? one : t * one, rest = s[i] >= 0.0f ? t * one : one;
    gz[i] = gate * gy[i];
    gm[i] = rest * gy[i];
    gs[i] = rest * (gate * (z[i] - m[i]) * gy[i] + gl);
  }
}

std::tuple<at::Tensor, at::Tensor> gate(const at::Tensor &z, const at::Tensor &m, const at::Tensor &s) {
  TORCH_CHECK(z.sizes() == m.sizes() && z.sizes() == s.sizes(), "z, m and s must have the same shape");
  Rows zs(z), ms(m), ss(s);
  auto y = at::empty(z.sizes(), z.options()), log_det = at::empty(leading(z), z.options());
  auto py = y.data_ptr<float>(), pl = log_det.data_ptr<float>();
  for_rows(zs.count, zs.width, [&](int64_t r) { pl[r] = row_gate(zs[r], ms[r], ss[r], py + r * zs.width, zs.width); });
  return {y, log_det};
}

struct Gate : Function<Gate> {
  static tensor_list forward(AutogradContext *context, const at::Tensor &z, const at::Tensor &m, const at::Tensor &s) {
    at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({z, m, s});
    auto [y, log_det] = gate(z, m, s);
    return {y, log_det};
  }

  static tensor_list backward(AutogradContext *context, tensor_list grads) {
    no_second_derivative("vae::gated_affine");
    auto saved = context->get_saved_variables();
    Rows z(saved[0]), m(saved[1]), s(saved[2]), gy(grads[0]);
    auto gl = grads[1].contiguous();
    auto pl = gl.data_ptr<float>();
    at::Tensor out[3];
    float *p[3];
    for (int i = 0; i < 3; i++) {
      out[i] = at::empty(saved[0].sizes(), saved[0].options());
      p[i] = out[i].data_ptr<float>();
    }
    for_rows(z.count, z.width, [&](int64_t r) {
      int64_t at = r * z.width;
      row_gate_back(z[r], m[r], s[r], gy[r], pl[r], p[0] + at, p[1] + at, p[2] + at, z.width);
    });
    return {out[0], out[1], out[2]};
  }
};

std::tuple<at::Tensor, at::Tensor> gate_with_gradient(const at::Tensor &z, const at::Tensor &m, const at::Tensor &s) {
  auto out = Gate::apply(z, m, s);
  return {out[0], out[1]};
}

} // namespace

TORCH_LIBRARY_FRAGMENT(vae, m) {
  m.def("standard_normal_log_prob(Tensor x) -> Tensor");
  m.def("sample_normal(Tensor mean, Tensor scale, Tensor noise) -> (Tensor, Tensor)");
  m.def("gated_affine(Tensor z, Tensor m, Tensor s) -> (Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(vae, CPU, m) {
  m.impl("standard_normal_log_prob", standard_log_prob);
  m.impl("sample_normal", sample);
  m.impl("gated_affine", gate);
}
TORCH_LIBRARY_IMPL(vae, AutogradCPU, m) {
  m.impl("standard_normal_log_prob", [](const at::Tensor &x) { return StandardLogProb::apply(x); });
  m.impl("sample_normal", sample_with_gradient);
  m.impl("gated_affine", gate_with_gradient);
}
