// A 3x3 convolution with stride 1 and padding 1 by Winograd's F(2x2, 3x3): 16 products for 4 numbers of the result instead of 36.
// Winograd 1980; Lavin and Gray 2016, arXiv:1509.09308, section 4.1. For each tile of 2x2 numbers, all channels,
//   Y = A' [ sum_c (G w G') . (B' x B) ] A    with x the 4x4 numbers around it.
// The gradient for x is the same convolution of the gradient with turned kernels; for w it is the adjoint, G' [ sum (A y A') . (B' x B) ] G.
// Some rows of tiles at a time, so that what lies between the transforms stays in the second-level cache; in there channels come last.
#pragma GCC optimize("fp-contract=fast") // the rest of the shim is held to the last bit, this to rounding

#include "vector_clones.h"
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/record_function.h>
#include <cstdlib>
#include <memory>
#include <new>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

constexpr int64_t positions = 16, rows_at_once = 4, channel_unit = 16;

// On whole cache lines, so that no vector lies in two.
struct Free {
  void operator()(float *p) const { std::free(p); }
};
using Buffer = std::unique_ptr<float[], Free>;
Buffer buffer(int64_t size) {
  auto made = static_cast<float *>(std::aligned_alloc(64, (size * sizeof(float) + 63) / 64 * 64));
  if (!made) throw std::bad_alloc();
  return Buffer(made);
}
Buffer zeros(int64_t size) {
  auto made = buffer(size);
  std::fill_n(made.get(), size, 0.f);
  return made;
}

// Images cut into tiles; a block is some whole rows of tiles, image after image.
struct Tiling {
  int64_t height, width, high, wide, rows, rows_in_block, block, blocks;

  Tiling(const at::Tensor &x, int64_t channels) {
    height = x.size(2), width = x.size(3);
    high = (height + 1) / 2, wide = (width + 1) / 2;
    rows = x.size(0) * high;
    rows_in_block = std::max<int64_t>(1, 64 * 64 / channels / wide);
    block = (rows_in_block * wide + rows_at_once - 1) / rows_at_once * rows_at_once; // tiles that a buffer has room for
    blocks = (rows + rows_in_block - 1) / rows_in_block;
  }
  int64_t begin(int64_t i) const { return i * rows_in_block; }
  int64_t end(int64_t i) const { return std::min(rows, (i + 1) * rows_in_block); }
  // Numbers from one position of the 4x4 to the next; the odd line keeps the 16 of them off the same cache set.
  int64_t stride(int64_t channels) const { return block * channels + 16; }
};

// result (+)= a b: [m, n] with a(i, p) = a[i * row + p * step], b(p, j) = b[p * n + j]; m a multiple of 4, n of 16.
template <int Lanes, int Vectors>
inline __attribute__((always_inline)) void tile(const float *a, int64_t row, int64_t step, const float *b, int64_t n, int64_t depth, float *to, bool add) {
  typedef float V __attribute__((vector_size(Lanes * sizeof(float)), aligned(sizeof(float)), may_alias));
  V sum[rows_at_once][Vectors];
  for (int i = 0; i < rows_at_once; i++)
    for (int j = 0; j < Vectors; j++) sum[i][j] = add ? ((const V *)(to + i * n))[j] : V{};
  for (int64_t p = 0; p < depth; p++, b += n, a += step) {
    V right[Vectors];
    for (int j = 0; j < Vectors; j++) right[j] = ((const V *)b)[j];
    for (int i = 0; i < rows_at_once; i++)
      for (int j = 0; j < Vectors; j++) sum[i][j] += a[i * row] * right[j];
  }
  for (int i = 0; i < rows_at_once; i++)
    for (int j = 0; j < Vectors; j++) ((V *)(to + i * n))[j] = sum[i][j];
}

template <int Lanes, int Vectors>
inline __attribute__((always_inline)) int64_t columns(int64_t from, const float *a, int64_t row, int64_t step, const float *b, int64_t m, int64_t n,
                                                      int64_t depth, float *to, bool add) {
  constexpr int width = Lanes * Vectors;
  for (; from + width <= n; from += width)
    for (int64_t i = 0; i < m; i += rows_at_once) tile<Lanes, Vectors>(a + i * row, row, step, b + from, n, depth, to + i * n + from, add);
  return from;
}

#ifdef __x86_64__
__attribute__((target("avx512f,avx512vl,fma"))) void product_avx512(const float *a, int64_t row, int64_t step, const float *b, int64_t m, int64_t n,
                                                                  int64_t depth, float *to, bool add) {
  int64_t done = columns<16, 4>(0, a, row, step, b, m, n, depth, to, add);
  columns<16, 1>(done, a, row, step, b, m, n, depth, to, add);
}

__attribute__((target("avx2,fma"))) void product_avx2(const float *a, int64_t row, int64_t step, const float *b, int64_t m, int64_t n, int64_t depth,
                                                     float *to, bool add) {
  columns<8, 2>(0, a, row, step, b, m, n, depth, to, add);
}
#endif

void product_plain(const float *a, int64_t row, int64_t step, const float *b, int64_t m, int64_t n, int64_t depth, float *to, bool add) {
  columns<4, 2>(0, a, row, step, b, m, n, depth, to, add);
}

using Product = decltype(&product_plain);
Product fastest_product() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) return product_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return product_avx2;
#endif
  return product_plain;
}
const Product product = fastest_product();

// 4x4 numbers, rows so far apart.
inline void transpose(const float *from, int64_t from_stride, float *to, int64_t to_stride) {
  typedef float V __attribute__((vector_size(16), aligned(4), may_alias));
  typedef int32_t I __attribute__((vector_size(16)));
  V a = *(const V *)from, b = *(const V *)(from + from_stride), c = *(const V *)(from + 2 * from_stride), d = *(const V *)(from + 3 * from_stride);
  V ab = __builtin_shuffle(a, b, I{0, 4, 1, 5}), cd = __builtin_shuffle(c, d, I{0, 4, 1, 5});
  V AB = __builtin_shuffle(a, b, I{2, 6, 3, 7}), CD = __builtin_shuffle(c, d, I{2, 6, 3, 7});
  *(V *)to = __builtin_shuffle(ab, cd, I{0, 1, 4, 5});
  *(V *)(to + to_stride) = __builtin_shuffle(ab, cd, I{2, 3, 6, 7});
  *(V *)(to + 2 * to_stride) = __builtin_shuffle(AB, CD, I{0, 1, 4, 5});
  *(V *)(to + 3 * to_stride) = __builtin_shuffle(AB, CD, I{2, 3, 6, 7});
}

// A row of an image, [C, ..., W], as [x, C]; what lies some rows ahead is asked for meanwhile.
void read_row(const float *from, int64_t plane, int64_t channels, int64_t width, float *to) {
  for (int64_t c = 0; c < channels; c += 4) {
    const float *row = from + c * plane;
    for (int64_t i = 0; i < 4; i++) __builtin_prefetch(row + i * plane + 4 * width);
    int64_t x = 0;
    for (; x + 4 <= width; x += 4) transpose(row + x, plane, to + x * channels + c, channels);
    for (; x < width; x++)
      for (int64_t i = 0; i < 4; i++) to[x * channels + c + i] = row[i * plane + x];
  }
}

void write_row(const float *from, int64_t plane, int64_t channels, int64_t width, float *to) {
  for (int64_t c = 0; c < channels; c += 4) {
    float *row = to + c * plane;
    int64_t x = 0;
    for (; x + 4 <= width; x += 4) transpose(from + x * channels + c, channels, row + x, plane);
    for (; x < width; x++)
      for (int64_t i = 0; i < 4; i++) row[i * plane + x] = from[x * channels + c + i];
  }
}

// B' x B for a row of tiles. lines: 4 rows of 2 wide + 2 pixels -> to[16 strides] of [tile, C].
VECTOR_CLONES void transform_input(const float *const *lines, int64_t wide, int64_t channels, float *to, int64_t stride) {
  for (int64_t t = 0; t < wide; t++) {
    const float *a = lines[0] + 2 * t * channels, *b = lines[1] + 2 * t * channels, *c = lines[2] + 2 * t * channels, *d = lines[3] + 2 * t * channels;
    float *place = to + t * channels;
#pragma omp simd
    for (int64_t i = 0; i < channels; i++) {
      float row[4][4];
      for (int x = 0; x < 4; x++) {
        int64_t at = x * channels + i;
        row[0][x] = a[at] - c[at];
        row[1][x] = b[at] + c[at];
        row[2][x] = c[at] - b[at];
        row[3][x] = b[at] - d[at];
      }
      for (int y = 0; y < 4; y++) {
        place[(4 * y) * stride + i] = row[y][0] - row[y][2];
        place[(4 * y + 1) * stride + i] = row[y][1] + row[y][2];
        place[(4 * y + 2) * stride + i] = row[y][2] - row[y][1];
        place[(4 * y + 3) * stride + i] = row[y][1] - row[y][3];
      }
    }
  }
}

// A' m A for a row of tiles: from[16 strides] of [tile, K] -> 2 rows of 2 wide pixels.
VECTOR_CLONES void transform_output(const float *from, int64_t stride, int64_t wide, int64_t channels, float *upper, float *lower) {
  for (int64_t t = 0; t < wide; t++) {
    const float *place = from + t * channels;
    float *a = upper + 2 * t * channels, *b = lower + 2 * t * channels;
#pragma omp simd
    for (int64_t i = 0; i < channels; i++) {
      float row[2][4];
      for (int x = 0; x < 4; x++) {
        float m0 = place[x * stride + i], m1 = place[(4 + x) * stride + i], m2 = place[(8 + x) * stride + i], m3 = place[(12 + x) * stride + i];
        row[0][x] = m0 + m1 + m2;
        row[1][x] = m1 - m2 - m3;
      }
      a[i] = row[0][0] + row[0][1] + row[0][2];
      a[channels + i] = row[0][1] - row[0][2] - row[0][3];
      b[i] = row[1][0] + row[1][1] + row[1][2];
      b[channels + i] = row[1][1] - row[1][2] - row[1][3];
    }
  }
}

// A y A' for a row of tiles, the adjoint of the above.
VECTOR_CLONES void transform_gradient(const float *upper, const float *lower, int64_t wide, int64_t channels, float *to, int64_t stride) {
  for (int64_t t = 0; t < wide; t++) {
    const float *a = upper + 2 * t * channels, *b = lower + 2 * t * channels;
    float *place = to + t * channels;
#pragma omp simd
    for (int64_t i = 0; i < channels; i++) {
      float y00 = a[i], y01 = a[channels + i], y10 = b[i], y11 = b[channels + i];
      float row[4][2] = {{y00, y01}, {y00 + y10, y01 + y11}, {y00 - y10, y01 - y11}, {-y10, -y11}};
      for (int y = 0; y < 4; y++) {
        place[(4 * y) * stride + i] = row[y][0];
        place[(4 * y + 1) * stride + i] = row[y][0] + row[y][1];
        place[(4 * y + 2) * stride + i] = row[y][0] - row[y][1];
        place[(4 * y + 3) * stride + i] = -row[y][1];
      }
    }
  }
}

constexpr float kernel_transform[4][3] = {{1, 0, 0}, {0.5f, 0.5f, 0.5f}, {0.5f, -0.5f, 0.5f}, {0, 0, 1}}; // G

// G w G' of every kernel: [16, inputs, outputs]. turned: of the kernels of the gradient for x.
Buffer transform_kernels(const at::Tensor &weight, bool turned) {
  int64_t outputs = weight.size(turned ? 1 : 0), inputs = weight.size(turned ? 0 : 1);
  auto all = buffer(positions * inputs * outputs);
  const float *from = weight.data_ptr<float>();
  at::parallel_for(0, inputs, 8, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; c++)
      for (int64_t k = 0; k < outputs; k++) {
        const float *w = from + 9 * (turned ? c * outputs + k : k * inputs + c);
        float half[4][3] = {};
        for (int y = 0; y < 4; y++)
          for (int x = 0; x < 3; x++)
            for (int i = 0; i < 3; i++) half[y][x] += kernel_transform[y][i] * w[turned ? 8 - (3 * i + x) : 3 * i + x];
        for (int y = 0; y < 4; y++)
          for (int x = 0; x < 4; x++) {
            float sum = 0;
            for (int i = 0; i < 3; i++) sum += half[y][i] * kernel_transform[x][i];
            all[((4 * y + x) * inputs + c) * outputs + k] = sum;
          }
      }
  });
  return all;
}

// What one thread keeps of a row of tiles before it is transformed.
struct Lines {
  const Tiling &tiling;
  int64_t channels, last = -2;
  Buffer none, held; // held: row y of an image in line y mod 4

  Lines(const Tiling &tiling, int64_t channels)
      : tiling(tiling), channels(channels), none(zeros(length())), held(zeros(4 * length())) {} // the margins stay 0
  int64_t length() const { return (2 * tiling.wide + 2) * channels; }

  // B' x B of a row of tiles; two of its four lines are the ones before's, if that is in the same image.
  void input(const float *x, int64_t row, float *to, int64_t stride) {
    const float *lines[4];
    int64_t plane = tiling.height * tiling.width, y = 2 * (row % tiling.high) - 1;
    const float *image = x + row / tiling.high * channels * plane;
    int have = row == last + 1 && row % tiling.high > 0 ? 2 : 0;
    for (int i = 0; i < 4; i++, y++) {
      bool inside = y >= 0 && y < tiling.height;
      float *line = held.get() + (y & 3) * length();
      if (inside && i >= have) read_row(image + y * tiling.width, plane, channels, tiling.width, line + channels);
      lines[i] = inside ? line : none.get();
    }
    last = row;
    transform_input(lines, tiling.wide, channels, to, stride);
  }

  // A y A' of a row of tiles.
  void gradient(const float *g, int64_t row, float *to, int64_t stride) {
    int64_t plane = tiling.height * tiling.width, y = 2 * (row % tiling.high);
    const float *image = g + row / tiling.high * channels * plane;
    float *upper = held.get(), *lower = held.get() + length();
    read_row(image + y * tiling.width, plane, channels, tiling.width, upper);
    bool inside = y + 1 < tiling.height;
    if (inside) read_row(image + (y + 1) * tiling.width, plane, channels, tiling.width, lower);
    transform_gradient(upper, inside ? lower : none.get(), tiling.wide, channels, to, stride);
  }

  // A' m A of a row of tiles.
  void output(const float *from, int64_t stride, int64_t row, float *result) {
    int64_t plane = tiling.height * tiling.width, y = 2 * (row % tiling.high);
    float *image = result + row / tiling.high * channels * plane;
    float *upper = held.get(), *lower = held.get() + length();
    transform_output(from, stride, tiling.wide, channels, upper, lower);
    write_row(upper, plane, channels, tiling.width, image + y * tiling.width);
    if (y + 1 < tiling.height) write_row(lower, plane, channels, tiling.width, image + (y + 1) * tiling.width);
  }
};

at::Tensor convolve(const at::Tensor &x, const at::Tensor &weight, bool turned) {
  int64_t inputs = x.size(1), outputs = weight.size(turned ? 1 : 0);
  Tiling tiling(x, std::max(inputs, outputs));
  auto result = at::empty({x.size(0), outputs, tiling.height, tiling.width}, x.options());
  auto kernels = transform_kernels(weight, turned);
  const float *from = x.data_ptr<float>();
  float *to = result.data_ptr<float>();
  at::parallel_for(0, tiling.blocks, 1, [&](int64_t begin, int64_t end) {
    int64_t in = tiling.stride(inputs), out = tiling.stride(outputs);
    Lines read(tiling, inputs), written(tiling, outputs);
    auto v = buffer(positions * in), m = buffer(positions * out);
    for (int64_t block = begin; block < end; block++) {
      int64_t first = tiling.begin(block), rows = tiling.end(block) - first, tiles = rows * tiling.wide;
      for (int64_t r = 0; r < rows; r++) read.input(from, first + r, v.get() + r * tiling.wide * inputs, in);
      for (int64_t e = 0; e < positions; e++) {
        int64_t padded = (tiles + rows_at_once - 1) / rows_at_once * rows_at_once; // what is beyond is computed and not read
        std::fill_n(v.get() + e * in + tiles * inputs, (padded - tiles) * inputs, 0.f);
        product(v.get() + e * in, inputs, 1, kernels.get() + e * inputs * outputs, padded, outputs, inputs, m.get() + e * out, false);
      }
      for (int64_t r = 0; r < rows; r++) written.output(m.get() + r * tiling.wide * outputs, out, first + r, to);
    }
  });
  return result;
}

at::Tensor weight_gradient(const at::Tensor &x, const at::Tensor &g, const at::Tensor &weight) {
  int64_t inputs = x.size(1), outputs = g.size(1), size = positions * inputs * outputs;
  Tiling tiling(x, std::max(inputs, outputs));
  int64_t shares = std::min<int64_t>(at::get_num_threads(), tiling.blocks);
  auto sums = zeros(shares * size); // each thread its own, added in their order
  const float *from = x.data_ptr<float>(), *gradient = g.data_ptr<float>();
  at::parallel_for(0, shares, 1, [&](int64_t begin, int64_t end) {
    int64_t in = tiling.stride(inputs), out = tiling.stride(outputs);
    Lines read(tiling, inputs), given(tiling, outputs);
    auto v = buffer(positions * in), y = buffer(positions * out);
    for (int64_t share = begin; share < end; share++)
      for (int64_t block = share * tiling.blocks / shares; block < (share + 1) * tiling.blocks / shares; block++) {
        int64_t first = tiling.begin(block), rows = tiling.end(block) - first;
        for (int64_t r = 0; r < rows; r++) {
          read.input(from, first + r, v.get() + r * tiling.wide * inputs, in);
          given.gradient(gradient, first + r, y.get() + r * tiling.wide * outputs, out);
        }
        for (int64_t e = 0; e < positions; e++)
          product(v.get() + e * in, 1, inputs, y.get() + e * out, inputs, outputs, rows * tiling.wide, sums.get() + share * size + e * inputs * outputs,
                  true);
      }
  });
  for (int64_t share = 1; share < shares; share++)
    for (int64_t i = 0; i < size; i++) sums[i] += sums[share * size + i];

  auto result = at::empty(weight.sizes(), weight.options());
  float *to = result.data_ptr<float>();
  at::parallel_for(0, outputs, 8, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; k++)
      for (int64_t c = 0; c < inputs; c++) {
        float half[3][4] = {};
        for (int y = 0; y < 3; y++)
          for (int x = 0; x < 4; x++)
            for (int i = 0; i < 4; i++) half[y][x] += kernel_transform[i][y] * sums[((4 * i + x) * inputs + c) * outputs + k];
        for (int y = 0; y < 3; y++)
          for (int x = 0; x < 3; x++) {
            float sum = 0;
            for (int i = 0; i < 4; i++) sum += half[y][i] * kernel_transform[i][x];
            to[9 * (k * inputs + c) + 3 * y + x] = sum;
          }
      }
  });
  return result;
}

void check(const at::Tensor &x, const at::Tensor &weight) {
  TORCH_CHECK(x.dim() == 4 && weight.dim() == 4 && weight.size(2) == 3 && weight.size(3) == 3, "an image [N, C, H, W] and kernels [K, C, 3, 3]");
  TORCH_CHECK(x.size(1) == weight.size(1), "the image has ", x.size(1), " channels, the kernels ", weight.size(1));
  TORCH_CHECK(weight.size(0) % channel_unit == 0 && weight.size(1) % channel_unit == 0, "channels come in multiples of ", channel_unit);
  TORCH_CHECK(x.numel() > 0 && weight.numel() > 0, "an image or kernels without numbers");
  TORCH_CHECK(x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat && x.is_cpu(), "float32 on the CPU");
}

at::Tensor forward(const at::Tensor &x, const at::Tensor &weight) {
  check(x, weight);
  return convolve(x.contiguous(), weight.contiguous(), false);
}

struct Convolution : torch::autograd::Function<Convolution> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight) {
    at::AutoDispatchBelowADInplaceOrView below;
    check(x, weight);
    context->save_for_backward({x, weight});
    return convolve(x.contiguous(), weight.contiguous(), false);
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list grads) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "vae::convolution_3x3 has no second derivative");
    auto saved = context->get_saved_variables();
    auto g = grads[0].contiguous();
    at::Tensor dx, dw;
    if (context->needs_input_grad(0)) {
      RECORD_FUNCTION("vae::convolution_3x3_input_gradient", std::vector<c10::IValue>({g, saved[1].transpose(0, 1)}));
      dx = convolve(g, saved[1].contiguous(), true);
    }
    if (context->needs_input_grad(1)) {
      RECORD_FUNCTION("vae::convolution_3x3_weight_gradient", std::vector<c10::IValue>({saved[0], saved[1]}));
      dw = weight_gradient(saved[0].contiguous(), g, saved[1]);
    }
    return {dx, dw};
  }
};

at::Tensor with_gradient(const at::Tensor &x, const at::Tensor &weight) { return Convolution::apply(x, weight); }

} // namespace

TORCH_LIBRARY_FRAGMENT(vae, m) { m.def("convolution_3x3(Tensor x, Tensor weight) -> Tensor"); }
TORCH_LIBRARY_IMPL(vae, CPU, m) { m.impl("convolution_3x3", forward); }
TORCH_LIBRARY_IMPL(vae, AutogradCPU, m) { m.impl("convolution_3x3", with_gradient); }
