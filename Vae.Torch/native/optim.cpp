// Optimizer steps for all parameters in one pass and one parallel region, without allocation: the gradient scaled (clipped), the
// update, and the moving average of the parameters. The formulas, and the order of their
// operations, are PyTorch's (torch/optim/*.py, single tensor); the same updates composed of operators are in optim/*.cs, for
// parameters that are not contiguous float32 or float64 on the CPU. Elementwise, so the result does not depend on the threads.
// Wants -fno-math-errno (vector square roots) and -ffp-contract=off (the same numbers on every machine).
#include "shim.h"
#include "vector_clones.h"

#include <ATen/Parallel.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

constexpr int MostStates = 3;

enum Outcome : uint8_t { NoGradient, Stepped, Left };

// What C# passes: `quantities` state tensors per parameter, null where the algorithm's variant doesn't have them; averages is null
// where none are kept. Every parameter with a gradient has its step counted here, also when its update is left to the caller, and
// with it the average of the parameter.
struct Parameters {
  int64_t count, quantities;
  const Handle *parameters, *states;
  int64_t *steps;
  uint8_t *outcomes;
  double scale; // of the gradients
  const Handle *averages;
  double kept; // a <- kept a + (1 - kept) p
};

struct Sgd {
  double lr, momentum, dampening, weight_decay;
  bool nesterov, maximize;
};

struct Adam {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled, maximize;
};

struct Adamax {
  double lr, beta1, beta2, eps, weight_decay;
};

struct RmsProp {
  double lr, alpha, eps, weight_decay, momentum;
  bool maximize;
};

// As torch.maximum: a NaN stays.
template <typename T> inline T larger(T a, T b) { return a > b || a != a ? a : b; }

template <typename T> inline void sgd(const Sgd &o, int64_t step, T *__restrict p, const T *__restrict g, T *const *s, int64_t n) {
  const T lr = T(o.lr), momentum = T(o.momentum), fresh = T(1 - o.dampening), decay = T(o.weight_decay), sign = T(o.maximize ? -1 : 1);
  T *__restrict velocity = s[0];
  if (!velocity) {
    for (int64_t i = 0; i < n; i++) p[i] -= lr * (sign * g[i] + decay * p[i]);
  } else if (step == 1) { // the first gradient is taken as it is, undampened
    const T scale = T(o.nesterov ? 1 + o.momentum : 1);
    for (int64_t i = 0; i < n; i++) {
      velocity[i] = sign * g[i] + decay * p[i];
      p[i] -= lr * (scale * velocity[i]);
    }
  } else if (o.nesterov) {
    for (int64_t i = 0; i < n; i++) {
      T d = sign * g[i] + decay * p[i];
      velocity[i] = momentum * velocity[i] + fresh * d;
      p[i] -= lr * (d + momentum * velocity[i]);
    }
  } else {
    for (int64_t i = 0; i < n; i++) {
      velocity[i] = momentum * velocity[i] + fresh * (sign * g[i] + decay * p[i]);
      p[i] -= lr * velocity[i];
    }
  }
}

template <typename T> inline void adam(const Adam &o, int64_t step, T *__restrict p, const T *__restrict g, T *const *s, int64_t n) {
  const T size = T(o.lr / (1 - std::pow(o.beta1, double(step)))), root = T(std::sqrt(1 - std::pow(o.beta2, double(step))));
  const T beta1 = T(o.beta1), beta2 = T(o.beta2), fresh1 = T(1 - o.beta1), fresh2 = T(1 - o.beta2), eps = T(o.eps);
  const T decay = T(o.decoupled ? 0 : o.weight_decay), shrink = T(o.decoupled ? 1 - o.lr * o.weight_decay : 1);
  const T sign = T(o.maximize ? -1 : 1);
  T *__restrict mean = s[0], *__restrict square = s[1], *__restrict most = s[2];
  if (most) {
    for (int64_t i = 0; i < n; i++) {
      T w = p[i] * shrink, d = sign * g[i] + decay * w;
      mean[i] = mean[i] * beta1 + fresh1 * d;
      square[i] = square[i] * beta2 + fresh2 * d * d;
      most[i] = larger(most[i], square[i]);
      p[i] = w - size * mean[i] / (std::sqrt(most[i]) / root + eps);
    }
  } else {
    for (int64_t i = 0; i < n; i++) {
      T w = p[i] * shrink, d = sign * g[i] + decay * w;
      mean[i] = mean[i] * beta1 + fresh1 * d;
      square[i] = square[i] * beta2 + fresh2 * d * d;
      p[i] = w - size * mean[i] / (std::sqrt(square[i]) / root + eps);
    }
  }
}

template <typename T> inline void adamax(const Adamax &o, int64_t step, T *__restrict p, const T *__restrict g, T *const *s, int64_t n) {
  const T size = T(o.lr / (1 - std::pow(o.beta1, double(step))));
  const T beta1 = T(o.beta1), beta2 = T(o.beta2), fresh = T(1 - o.beta1), eps = T(o.eps), decay = T(o.weight_decay);
  T *__restrict mean = s[0], *__restrict norm = s[1];
  for (int64_t i = 0; i < n; i++) {
    T d = g[i] + decay * p[i];
    mean[i] = mean[i] * beta1 + fresh * d;
    norm[i] = larger(norm[i] * beta2, std::abs(d) + eps);
    p[i] -= size * mean[i] / norm[i];
  }
}

template <typename T> inline void rmsprop(const RmsProp &o, int64_t, T *__restrict p, const T *__restrict g, T *const *s, int64_t n) {
  const T lr = T(o.lr), alpha = T(o.alpha), fresh = T(1 - o.alpha), eps = T(o.eps), decay = T(o.weight_decay), momentum = T(o.momentum);
  const T sign = T(o.maximize ? -1 : 1);
  T *__restrict square = s[0], *__restrict mean = s[1], *__restrict velocity = s[2];
  auto denominator = [&](int64_t i, T d, bool centered) {
    square[i] = square[i] * alpha + fresh * d * d;
    if (!centered) return std::sqrt(square[i]) + eps;
    mean[i] = mean[i] * alpha + fresh * d;
    return std::sqrt(larger(square[i] - mean[i] * mean[i], T(0))) + eps; // below 0 by rounding, after many equal gradients
  };
  auto all = [&](bool centered, bool heavy) {
    for (int64_t i = 0; i < n; i++) {
      T d = sign * g[i] + decay * p[i], ratio = d / denominator(i, d, centered);
      if (heavy) ratio = velocity[i] = velocity[i] * momentum + ratio;
      p[i] -= lr * ratio;
    }
  };
  if (mean)
    velocity ? all(true, true) : all(true, false);
  else
    velocity ? all(false, true) : all(false, false);
}

#define BOTH_TYPES(algorithm, options)                                                                                             \
  VECTOR_CLONES void update(const options &o, int64_t step, float *p, const float *g, float *const *s, int64_t n) {                \
    algorithm(o, step, p, g, s, n);                                                                                                \
  }                                                                                                                                \
  VECTOR_CLONES void update(const options &o, int64_t step, double *p, const double *g, double *const *s, int64_t n) {             \
    algorithm(o, step, p, g, s, n);                                                                                                \
  }
BOTH_TYPES(sgd, Sgd)
BOTH_TYPES(adam, Adam)
BOTH_TYPES(adamax, Adamax)
BOTH_TYPES(rmsprop, RmsProp)

#define SCALE_AND_AVERAGE(T)                                                                                                       \
  VECTOR_CLONES void multiply(T *__restrict g, T scale, int64_t n) {                                                              \
    for (int64_t i = 0; i < n; i++) g[i] *= scale;                                                                                 \
  }                                                                                                                                \
  VECTOR_CLONES void average(T *__restrict a, const T *__restrict p, T kept, T fresh, int64_t n) {                                 \
    for (int64_t i = 0; i < n; i++) a[i] = a[i] * kept + fresh * p[i];                                                             \
  }
SCALE_AND_AVERAGE(float)
SCALE_AND_AVERAGE(double)

constexpr int64_t Cached = 1 << 13; // elements that stay in the cache from one pass to the next

// A parameter's place in the long row of all elements; g is null where it has no gradient and only its average moves, a where it has none.
template <typename T> struct Piece {
  int64_t begin, end, step;
  T *p, *g, *a;
  T *s[MostStates];
};

bool plain(const at::Tensor &t, const at::Tensor &like) {
  return t.layout() == at::kStrided && t.device().is_cpu() && t.scalar_type() == like.scalar_type() && t.is_contiguous() &&
         t.numel() == like.numel();
}

// Counts the steps and finds who can be updated here.
void sort(const Parameters &all) {
  for (int64_t i = 0; i < all.count; i++) {
    auto p = vt_borrow(all.parameters[i]);
    const auto &g = p.grad();
    bool here = (p.scalar_type() == at::kFloat || p.scalar_type() == at::kDouble) && plain(p, p);
    here = here && (!all.averages || plain(vt_borrow(all.averages[i]), p));
    if (!g.defined()) {
      all.outcomes[i] = all.averages && !here ? Left : NoGradient;
      continue;
    }
    all.steps[i]++;
    here = here && plain(g, p);
    for (int64_t k = 0; k < all.quantities; k++) {
      auto s = all.states[i * all.quantities + k];
      here = here && (s == nullptr || plain(vt_borrow(s), p));
    }
    all.outcomes[i] = here ? Stepped : Left;
  }
}

template <typename T, typename Options> void run(const Parameters &all, const Options &options) {
  std::vector<Piece<T>> pieces;
  int64_t total = 0;
  for (int64_t i = 0; i < all.count; i++) {
    auto p = vt_borrow(all.parameters[i]);
    bool stepped = all.outcomes[i] == Stepped, averaged = all.averages && all.outcomes[i] != Left;
    if (!(stepped || averaged) || p.scalar_type() != c10::CppTypeToScalarType<T>::value) continue;
    Piece<T> piece{total, total + p.numel(), all.steps[i], p.data_ptr<T>(), stepped ? p.grad().data_ptr<T>() : nullptr, {}, {}};
    if (averaged) piece.a = vt_borrow(all.averages[i]).data_ptr<T>();
    for (int64_t k = 0; k < all.quantities; k++)
      if (auto s = all.states[i * all.quantities + k]) piece.s[k] = vt_borrow(s).data_ptr<T>();
    total = piece.end;
    pieces.push_back(piece);
    if (stepped && !p.is_inference()) p.unsafeGetTensorImpl()->bump_version(); // autograd must see that the values changed
  }
  at::parallel_for(0, total, at::internal::GRAIN_SIZE, [&](int64_t begin, int64_t end) {
    auto piece = std::upper_bound(pieces.begin(), pieces.end(), begin, [](int64_t at, const Piece<T> &x) { return at < x.begin; }) - 1;
    for (; begin < end; begin == piece->end ? ++piece : piece) {
      int64_t skip = begin - piece->begin, n = std::min({end, piece->end, begin + Cached}) - begin;
      T *p = piece->p + skip;
      if (piece->g) {
        T *g = piece->g + skip, *s[MostStates];
        for (int k = 0; k < MostStates; k++) s[k] = piece->s[k] ? piece->s[k] + skip : nullptr;
        if (all.scale != 1) multiply(g, T(all.scale), n);
        update(options, piece->step, p, g, s, n);
      }
      if (piece->a) average(piece->a + skip, p, T(all.kept), T(1 - all.kept), n);
      begin += n;
    }
  });
}

template <typename Options> int step(const Parameters *all, const Options &options) {
  return vt_guarded([&] {
    RECORD_FUNCTION("vae::optimizer_step", c10::ArrayRef<const c10::IValue>());
    TORCH_CHECK(all->quantities <= MostStates, "at most ", MostStates, " state tensors per parameter");
    sort(*all);
    run<float>(*all, options);
    run<double>(*all, options);
  });
}

} // namespace

VT_EXPORT int vt_optim_sgd(const Parameters *all, double lr, double momentum, double dampening, double weight_decay, int nesterov,
                           int maximize) {
  return step(all, Sgd{lr, momentum, dampening, weight_decay, nesterov != 0, maximize != 0});
}

VT_EXPORT int vt_optim_adam(const Parameters *all, double lr, double beta1, double beta2, double eps, double weight_decay, int decoupled,
                            int maximize) {
  return step(all, Adam{lr, beta1, beta2, eps, weight_decay, decoupled != 0, maximize != 0});
}

VT_EXPORT int vt_optim_adamax(const Parameters *all, double lr, double beta1, double beta2, double eps, double weight_decay) {
  return step(all, Adamax{lr, beta1, beta2, eps, weight_decay});
}

VT_EXPORT int vt_optim_rmsprop(const Parameters *all, double lr, double alpha, double eps, double weight_decay, double momentum,
                               int maximize) {
  return step(all, RmsProp{lr, alpha, eps, weight_decay, momentum, maximize != 0});
}
