// Each number that isn't zero is multiplied with a row of the other matrix, 64 numbers at a time, whose sum stays in registers meanwhile.
// The rows that one block of columns needs lie without gaps in a panel that is small enough for the first-level cache.
#pragma GCC optimize("fp-contract=fast") // held to rounding, as products are; the order of the sums is the same with any number of threads

#include "sparse.h"
#include "vector_clones.h"

#include <ATen/Parallel.h>
#include <ATen/record_function.h>

#include <cstring>
#include <vector>

namespace {

constexpr int64_t width = 64, block = 96, fewest_rows = 16;
constexpr int64_t densest = 4; // at most a quarter of it isn't zero

// result[i] (+)= sum over the entries e of list i of value[e] panel[place[e]], [width] each; the results so far apart.
template <int Lanes>
inline __attribute__((always_inline)) void sums(const int32_t *begin, int64_t lists, const int32_t *place, const float *value, const float *panel,
                                                float *result, int64_t stride, bool add) {
  typedef float V __attribute__((vector_size(Lanes * sizeof(float)), aligned(sizeof(float)), may_alias));
  constexpr int vectors = width / Lanes;
  for (int64_t i = 0; i < lists; i++, result += stride) {
    if (add && begin[i] == begin[i + 1]) continue;
    V sum[vectors];
    for (int j = 0; j < vectors; j++) sum[j] = add ? ((const V *)result)[j] : V{};
    for (int32_t e = begin[i]; e < begin[i + 1]; e++) {
      const V *row = (const V *)(panel + place[e] * width);
      float by = value[e];
      for (int j = 0; j < vectors; j++) sum[j] += by * row[j];
    }
    for (int j = 0; j < vectors; j++) ((V *)result)[j] = sum[j];
  }
}

#ifdef __x86_64__
__attribute__((target("avx512f,avx512vl,fma"))) void sums_avx512(const int32_t *begin, int64_t lists, const int32_t *place, const float *value,
                                                               const float *panel, float *result, int64_t stride, bool add) {
  sums<16>(begin, lists, place, value, panel, result, stride, add);
}

__attribute__((target("avx2,fma"))) void sums_avx2(const int32_t *begin, int64_t lists, const int32_t *place, const float *value, const float *panel,
                                                  float *result, int64_t stride, bool add) {
  sums<8>(begin, lists, place, value, panel, result, stride, add);
}
#endif

void sums_plain(const int32_t *begin, int64_t lists, const int32_t *place, const float *value, const float *panel, float *result, int64_t stride,
                bool add) {
  sums<4>(begin, lists, place, value, panel, result, stride, add);
}

using Sums = decltype(&sums_plain);
Sums fastest_sums() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) return sums_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return sums_avx2;
#endif
  return sums_plain;
}
const Sums fastest = fastest_sums();

// to[j, i] = from[i, j] for some rows and columns.
void transpose(const float *from, int64_t from_stride, int64_t rows, int64_t columns, float *to, int64_t to_stride) {
  typedef float V __attribute__((vector_size(16), aligned(4), may_alias));
  typedef int32_t I __attribute__((vector_size(16)));
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    const float *a = from + i * from_stride, *b = a + from_stride, *c = b + from_stride, *d = c + from_stride;
    int64_t j = 0;
    for (; j + 4 <= columns; j += 4) {
      V va = *(const V *)(a + j), vb = *(const V *)(b + j), vc = *(const V *)(c + j), vd = *(const V *)(d + j);
      V ab = __builtin_shuffle(va, vb, I{0, 4, 1, 5}), cd = __builtin_shuffle(vc, vd, I{0, 4, 1, 5});
      V AB = __builtin_shuffle(va, vb, I{2, 6, 3, 7}), CD = __builtin_shuffle(vc, vd, I{2, 6, 3, 7});
      float *out = to + j * to_stride + i;
      *(V *)out = __builtin_shuffle(ab, cd, I{0, 1, 4, 5});
      *(V *)(out + to_stride) = __builtin_shuffle(ab, cd, I{2, 3, 6, 7});
      *(V *)(out + 2 * to_stride) = __builtin_shuffle(AB, CD, I{0, 1, 4, 5});
      *(V *)(out + 3 * to_stride) = __builtin_shuffle(AB, CD, I{2, 3, 6, 7});
    }
    for (; j < columns; j++)
      for (int64_t k = 0; k < 4; k++) to[j * to_stride + i + k] = from[(i + k) * from_stride + j];
  }
  for (; i < rows; i++)
    for (int64_t j = 0; j < columns; j++) to[j * to_stride + i] = from[i * from_stride + j];
}

// By some of the rows, so that what is seldom zero, such as hidden units, costs but a look.
VECTOR_CLONES bool is_dense(const float *x, int64_t rows, int64_t columns) {
  int32_t entries = 0; // as wide as the numbers, so that it is vectorised
  for (int64_t i = 0; i < fewest_rows; i++) {
    const float *row = x + rows * i / fewest_rows * columns;
    for (int64_t c = 0; c < columns; c++) entries += row[c] != 0 ? 1 : 0;
  }
  return 3 * entries > fewest_rows * columns; // more than a third; the others are counted in full
}

int64_t blocks_of(int64_t columns) { return (columns + block - 1) / block; }
int64_t lists_of(const Sparse &x) { return blocks_of(x.columns) * x.rows; }

} // namespace

c10::intrusive_ptr<Sparse> sparse(const at::Tensor &x) {
  if (!x.is_cpu() || x.scalar_type() != at::kFloat || !x.is_contiguous() || x.size(0) < fewest_rows || x.numel() > INT32_MAX) return {};
  if (is_dense(x.data_ptr<float>(), x.size(0), x.size(1))) return {};
  int64_t blocks = blocks_of(x.size(1)), room = x.numel() / densest, entries = 0;
  auto made = c10::make_intrusive<Sparse>();
  auto &s = *made;
  s.rows = x.size(0), s.columns = x.size(1);
  s.begin = std::make_unique<int32_t[]>(s.rows * blocks + 1);
  s.place.reset(new int32_t[room + block]);
  s.value.reset(new float[room]);
  int32_t *place = s.place.get();
  for (int64_t list = 0; list < s.rows * blocks; list++) {
    int64_t first = list / s.rows * block, columns = std::min(block, s.columns - first), from = entries;
    const float *row = x.data_ptr<float>() + list % s.rows * s.columns + first;
    for (int64_t i = 0; i < columns; i++) {
      uint32_t bits;
      std::memcpy(&bits, row + i, sizeof bits);
      place[entries] = int32_t(i);
      entries += (bits << 1) != 0; // no branch: whether a pixel is black isn't foreseen
    }
    if (entries > room) return {};
    for (int64_t e = from; e < entries; e++) s.value[e] = row[place[e]];
    s.begin[list + 1] = int32_t(entries);
  }
  return made;
}

void sparse_product(at::Tensor &out, const Sparse &x, const at::Tensor &weight) {
  int64_t lists = lists_of(x), outputs = weight.size(0);
  RECORD_FUNCTION("vae::sparse_product", std::vector<c10::IValue>({int64_t(x.begin[lists]), outputs}));
  float *to = out.data_ptr<float>();
  const float *from = weight.data_ptr<float>();
  at::parallel_for(0, (outputs + width - 1) / width, 1, [&](int64_t begin, int64_t end) {
    alignas(64) float panel[block * width] = {};
    std::vector<float> sum(x.rows * width);
    for (int64_t i = begin; i < end; i++) {
      int64_t first = i * width, some = std::min(width, outputs - first);
      for (int64_t b = 0; b * block < x.columns; b++) {
        transpose(from + first * weight.stride(0) + b * block, weight.stride(0), some, std::min(block, x.columns - b * block), panel, width);
        fastest(x.begin.get() + b * x.rows, x.rows, x.place.get(), x.value.get(), panel, sum.data(), width, b > 0);
      }
      for (int64_t r = 0; r < x.rows; r++) std::memcpy(to + r * outputs + first, sum.data() + r * width, some * sizeof(float));
    }
  });
}

void sparse_gradient(at::Tensor &out, const at::Tensor &g, const Sparse &x) {
  int64_t lists = lists_of(x), outputs = g.size(1);
  RECORD_FUNCTION("vae::sparse_gradient", std::vector<c10::IValue>({int64_t(x.begin[lists]), outputs}));
  std::vector<int32_t> begin(x.columns + 1), row(x.begin[lists]);
  std::vector<float> value(x.begin[lists]);
  auto for_entries = [&](auto &&body) {
    for (int64_t list = 0; list < lists; list++) {
      int64_t r = list % x.rows, first = list / x.rows * block;
      for (int32_t e = x.begin[list]; e < x.begin[list + 1]; e++) body(r, first + x.place[e], e);
    }
  };
  for_entries([&](int64_t, int64_t column, int32_t) { begin[column + 1]++; });
  for (int64_t c = 0; c < x.columns; c++) begin[c + 1] += begin[c];
  std::vector<int32_t> next(begin.begin(), begin.end() - 1);
  for_entries([&](int64_t r, int64_t column, int32_t e) {
    int32_t place = next[column]++;
    row[place] = int32_t(r);
    value[place] = x.value[e];
  });
  float *to = out.data_ptr<float>();
  const float *from = g.data_ptr<float>();
  constexpr int64_t at_once = 16; // columns: a line of the cache in each row of the result
  at::parallel_for(0, (outputs + width - 1) / width, 1, [&](int64_t first_panel, int64_t end) {
    std::vector<float> panel(x.rows * width);
    alignas(64) float part[at_once * width];
    for (int64_t i = first_panel; i < end; i++) {
      int64_t first = i * width, some = std::min(width, outputs - first);
      for (int64_t r = 0; r < x.rows; r++) std::memcpy(panel.data() + r * width, from + r * outputs + first, some * sizeof(float));
      for (int64_t c = 0; c < x.columns; c += at_once) {
        int64_t columns = std::min(at_once, x.columns - c);
        fastest(begin.data() + c, columns, row.data(), value.data(), panel.data(), part, width, false);
        transpose(part, width, columns, some, to + first * x.columns + c, x.columns);
      }
    }
  });
}
