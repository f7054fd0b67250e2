// Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405) as an operator. The same arithmetic, step for step, is in
// Vae.Primitives/Philox.cs; a test holds the two equal bit for bit. Nothing here may be contracted to fused multiply-adds
// (-ffp-contract=off) or left to libm, so that a number is the same on every machine.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <vector>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "vector_clones.h"
#include "vector_math.h"

namespace {

constexpr int Lanes = 32; // blocks of four numbers drawn together, in the shape that compilers vectorise

struct Key {
  uint32_t seed, stream;
};

using Counters = uint32_t[4][Lanes];

void rounds_plain(Key key, Counters &c) {
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < Lanes; i++) {
      uint64_t p0 = uint64_t(c[0][i]) * 0xD2511F53u, p1 = uint64_t(c[2][i]) * 0xCD9E8D57u;
      uint32_t n0 = uint32_t(p1 >> 32) ^ c[1][i] ^ key.seed, n2 = uint32_t(p0 >> 32) ^ c[3][i] ^ key.stream;
      c[1][i] = uint32_t(p1);
      c[3][i] = uint32_t(p0);
      c[0][i] = n0;
      c[2][i] = n2;
    }
    key.seed += 0x9E3779B9u;
    key.stream += 0xBB67AE85u;
  }
}

#ifdef __x86_64__
// The even and the odd lanes apart: one instruction multiplies four of them to 64 bits and doesn't look at what lies above the lower 32.
__attribute__((target("avx2"))) void rounds_avx2(Key key, Counters &c) {
  const __m256i m0 = _mm256_set1_epi64x(0xD2511F53u), m2 = _mm256_set1_epi64x(0xCD9E8D57u);
  for (int lane = 0; lane < Lanes; lane += 8) {
    __m256i x[4][2];
    for (int word = 0; word < 4; word++) {
      x[word][0] = _mm256_loadu_si256((const __m256i *)(c[word] + lane));
      x[word][1] = _mm256_srli_epi64(x[word][0], 32);
    }
    Key k = key;
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
      __m256i seed = _mm256_set1_epi32(int(k.seed)), stream = _mm256_set1_epi32(int(k.stream));
      for (int odd = 0; odd < 2; odd++) {
        __m256i p0 = _mm256_mul_epu32(x[0][odd], m0), p2 = _mm256_mul_epu32(x[2][odd], m2);
        x[0][odd] = _mm256_xor_si256(_mm256_srli_epi64(p2, 32), _mm256_xor_si256(x[1][odd], seed));
        x[2][odd] = _mm256_xor_si256(_mm256_srli_epi64(p0, 32), _mm256_xor_si256(x[3][odd], stream));
        x[1][odd] = p2;
        x[3][odd] = p0;
      }
      k.seed += 0x9E3779B9u;
      k.stream += 0xBB67AE85u;
    }
    for (int word = 0; word < 4; word++)
      _mm256_storeu_si256((__m256i *)(c[word] + lane), _mm256_blend_epi32(x[word][0], _mm256_slli_epi64(x[word][1], 32), 0xAA));
  }
}
#endif

using Rounds = decltype(&rounds_plain);
Rounds fastest_rounds() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) return rounds_avx2;
#endif
  return rounds_plain;
}
const Rounds rounds = fastest_rounds();

// Box-Muller; the top two bits of `angle` choose the quadrant, the other thirty the place in it.
inline void normals(uint32_t radius, uint32_t angle, float &a, float &b) {
  float u = float(int32_t(radius >> 1)) * 4.656612873077393e-10f + 2.3283064365386963e-10f;
  float l = -2.0f * log_normal(u);
  float r = std::sqrt(l > 0.0f ? l : 0.0f);
  float t = (float(int32_t(angle & 0x3fffffffu)) * 9.313225746154785e-10f - 0.5f) * 1.57079632679489662f;
  float z = t * t;
  float s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z + -1.6666654611e-1f) * z * t + t;
  float c = ((2.443315711809948e-5f * z + -1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
  uint32_t q = angle >> 30;
  bool odd = (q & 1) != 0;
  float x = odd ? s : c, y = odd ? c : s; // 0: (c, s)  1: (-s, c)  2: (-c, -s)  3: (s, -c)
  a = r * ((q == 1 || q == 2) ? -x : x);
  b = r * ((q == 2 || q == 3) ? -y : y);
}

// What is drawn: samples x batch rows of `elements` numbers, each row in blocks of four. Lanes go on into the next row, so that
// short rows cost no more than long ones.
struct Rows {
  const int64_t *examples;
  int64_t batch, elements, blocks; // blocks of a row
  uint32_t step, first_sample;
};

inline void counters(Counters &c, const Rows &rows, int64_t first, int64_t lanes) {
  int64_t block = first % rows.blocks, row = first / rows.blocks, sample = row / rows.batch, example = row % rows.batch;
  if (block + Lanes <= rows.blocks) { // all of one row
    for (int i = 0; i < Lanes; i++) {
      c[0][i] = uint32_t(block) + uint32_t(i);
      c[1][i] = rows.first_sample + uint32_t(sample);
      c[2][i] = uint32_t(rows.examples[example]);
      c[3][i] = rows.step;
    }
    return;
  }
  for (int64_t i = 0; i < Lanes; i++) {
    c[0][i] = uint32_t(block);
    c[1][i] = rows.first_sample + uint32_t(sample);
    c[2][i] = uint32_t(rows.examples[example]);
    c[3][i] = rows.step;
    if (i + 1 < lanes && ++block == rows.blocks) { // a lane without a block of its own repeats the last one
      block = 0;
      if (++example == rows.batch) example = 0, sample++;
    }
  }
}

inline void store(const float (&numbers)[4 * Lanes], const Rows &rows, int64_t first, int64_t lanes, float *out) {
  if (rows.elements % 4 == 0) {
    std::memcpy(out + 4 * first, numbers, sizeof(float) * 4 * lanes);
    return;
  }
  int64_t block = first % rows.blocks, row = first / rows.blocks;
  for (int64_t i = 0; i < lanes; i++) {
    for (int64_t j = 0; j < std::min<int64_t>(4, rows.elements - 4 * block); j++) out[row * rows.elements + 4 * block + j] = numbers[4 * i + j];
    if (++block == rows.blocks) block = 0, row++;
  }
}

VECTOR_CLONES void uniform_blocks(Key key, const Rows &rows, int64_t first, int64_t end, float *out) {
  for (; first < end; first += Lanes) {
    int64_t lanes = std::min<int64_t>(Lanes, end - first);
    Counters c;
    float numbers[4 * Lanes];
    counters(c, rows, first, lanes);
    rounds(key, c);
    for (int i = 0; i < Lanes; i++)
      for (int j = 0; j < 4; j++) numbers[4 * i + j] = float(int32_t(c[j][i] >> 8)) * 5.9604644775390625e-8f;
    store(numbers, rows, first, lanes, out);
  }
}

VECTOR_CLONES void normal_blocks(Key key, const Rows &rows, int64_t first, int64_t end, float *out) {
  for (; first < end; first += Lanes) {
    int64_t lanes = std::min<int64_t>(Lanes, end - first);
    Counters c;
    float g[4][Lanes], numbers[4 * Lanes];
    counters(c, rows, first, lanes);
    rounds(key, c);
    for (int i = 0; i < Lanes; i++) normals(c[0][i], c[1][i], g[0][i], g[1][i]);
    for (int i = 0; i < Lanes; i++) normals(c[2][i], c[3][i], g[2][i], g[3][i]);
    for (int i = 0; i < Lanes; i++)
      for (int j = 0; j < 4; j++) numbers[4 * i + j] = g[j][i];
    store(numbers, rows, first, lanes, out);
  }
}

using Blocks = void (*)(Key, const Rows &, int64_t, int64_t, float *);

// examples: [B] int64 -> [samples, B, elements] float32
at::Tensor draw(Blocks blocks, const at::Tensor &examples, int64_t seed, int64_t stream, int64_t step, int64_t first_sample,
                int64_t samples, int64_t elements) {
  TORCH_CHECK(examples.dim() == 1 && examples.scalar_type() == at::kLong, "examples must be int64 of shape [B]");
  TORCH_CHECK(samples >= 0 && elements >= 0, "samples and elements must not be negative");
  auto ids = examples.to(at::kCPU).contiguous();
  auto out = at::empty({samples, ids.numel(), elements}, at::kFloat);
  auto p = out.data_ptr<float>();
  Key key{uint32_t(seed), uint32_t(stream)};
  Rows rows{ids.data_ptr<int64_t>(), ids.numel(), elements, (elements + 3) / 4, uint32_t(step), uint32_t(first_sample)};
  at::parallel_for(0, samples * rows.batch * rows.blocks, 2048,
                   [&](int64_t begin, int64_t end) { blocks(key, rows, begin, end, p); });
  return out.to(examples.device());
}

at::Tensor philox_uniform(const at::Tensor &examples, int64_t seed, int64_t stream, int64_t step, int64_t first_sample,
                          int64_t samples, int64_t elements) {
  return draw(uniform_blocks, examples, seed, stream, step, first_sample, samples, elements);
}

at::Tensor philox_normal(const at::Tensor &examples, int64_t seed, int64_t stream, int64_t step, int64_t first_sample,
                         int64_t samples, int64_t elements) {
  return draw(normal_blocks, examples, seed, stream, step, first_sample, samples, elements);
}

VECTOR_CLONES void compare(const uint8_t *pixels, const float *u, float *out, int64_t n) {
  for (int64_t i = 0; i < n; i++) out[i] = float(pixels[i]) > u[i] * 255.0f ? 1.0f : 0.0f;
}

// x = [pixel / 255 > u] of some rows of pixels, [N, D] bytes, with the u of philox_uniform: [B, D]
at::Tensor philox_binarise(const at::Tensor &pixels, const at::Tensor &examples, int64_t seed, int64_t stream, int64_t step) {
  TORCH_CHECK(pixels.dim() == 2 && pixels.scalar_type() == at::kByte && pixels.is_contiguous(), "pixels must be bytes of shape [N, D]");
  TORCH_CHECK(examples.dim() == 1 && examples.scalar_type() == at::kLong, "examples must be int64 of shape [B]");
  auto ids = examples.contiguous();
  int64_t batch = ids.numel(), count = pixels.size(0), elements = pixels.size(1), blocks = (elements + 3) / 4;
  auto out = at::empty({batch, elements}, at::kFloat);
  auto p = out.data_ptr<float>();
  auto bytes = pixels.data_ptr<uint8_t>();
  auto id = ids.data_ptr<int64_t>();
  for (int64_t i = 0; i < batch; i++) TORCH_CHECK_INDEX(id[i] >= 0 && id[i] < count, "there is no example ", id[i], " of ", count);
  Key key{uint32_t(seed), uint32_t(stream)};
  at::parallel_for(0, batch, std::max<int64_t>(1, 8192 / std::max<int64_t>(1, elements)), [&](int64_t begin, int64_t end) {
    std::vector<float> u(elements);
    for (int64_t i = begin; i < end; i++) {
      uniform_blocks(key, Rows{id + i, 1, elements, blocks, uint32_t(step), 0}, 0, blocks, u.data());
      compare(bytes + id[i] * elements, u.data(), p + i * elements, elements);
    }
  });
  return out;
}

} // namespace

TORCH_LIBRARY_FRAGMENT(vae, m) {
  m.def("philox_binarise(Tensor pixels, Tensor examples, int seed, int stream, int step) -> Tensor");
  m.def("philox_uniform(Tensor examples, int seed, int stream, int step, int first_sample, int samples, int elements) -> Tensor",
        philox_uniform);
  m.def("philox_normal(Tensor examples, int seed, int stream, int step, int first_sample, int samples, int elements) -> Tensor",
        philox_normal);
}

TORCH_LIBRARY_IMPL(vae, CPU, m) { m.impl("philox_binarise", philox_binarise); }
