#include "product.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/record_function.h>

#include <omp.h>
#include <pthread.h>
#include <signal.h>

// oneDNN's C interface, unchanged since its first version; a null pointer where libtorch doesn't export it. Tuned on x86 alone.
extern "C" __attribute__((weak)) int dnnl_sgemm(char transpose_a, char transpose_b, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                                                int64_t stride_a, const float *b, int64_t stride_b, float beta, float *c, int64_t stride_c);

namespace {

struct Matrix {
  float *data;
  char transposed; // 'N': row after row, 'T': column after column
  int64_t stride;  // from one to the next
};

// How a matrix lies in memory, where a BLAS can say it.
bool lies(const at::Tensor &t, Matrix &m) {
  if (t.scalar_type() != at::kFloat || !t.is_cpu() || t.layout() != at::kStrided) return false;
  bool by_rows = t.stride(1) == 1 && t.stride(0) >= t.size(1), by_columns = t.stride(0) == 1 && t.stride(1) >= t.size(0);
  m = {t.data_ptr<float>(), by_rows ? 'N' : 'T', by_rows ? t.stride(0) : t.stride(1)};
  return by_rows || by_columns;
}

bool has_onednn() {
#ifdef __x86_64__
  return dnnl_sgemm && !at::hasMKL();
#else
  return false;
#endif
}

// Matrices that lie by columns it packs badly when they are larger: they are taken in pieces.
constexpr int64_t largest = 1024;

struct Pieces {
  int64_t whole, count = (whole + largest - 1) / largest, size = (whole + count - 1) / count;
  int64_t begin(int64_t i) const { return i * size; }
  int64_t length(int64_t i) const { return std::min(size, whole - begin(i)); }
};

// oneDNN's kernel lets the stack pointer point into its buffer, and a signal's handler would write there: no signal reaches a thread that
// multiplies. Only a fault of the processor's own isn't held back; the process ends with it anyway.
sigset_t hold_signals() {
  sigset_t held, before;
  sigfillset(&held);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) sigdelset(&held, fault);
  pthread_sigmask(SIG_BLOCK, &held, &before);
  return before;
}

struct WithoutSignals {
  sigset_t before = hold_signals();
  ~WithoutSignals() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
};

// OpenMP's threads multiply too, and take no signals as long as they live.
void keep_signals_from_workers() {
  thread_local int threads = 1;
  if (threads == omp_get_max_threads()) return;
  threads = omp_get_max_threads();
#pragma omp parallel num_threads(threads)
  if (omp_get_thread_num() > 0) hold_signals();
}

void by_onednn(const Matrix &a, const Matrix &b, const Matrix &out, int64_t m, int64_t n, int64_t k, bool add) {
  Pieces columns{n}, sums{k};
  if (b.transposed == 'N') columns = {n, 1, n}, sums = {k, 1, k};
  for (int64_t j = 0; j < columns.count; j++)
    for (int64_t p = 0; p < sums.count; p++) {
      int64_t column = columns.begin(j), from = sums.begin(p);
      const float *left = a.data + from * (a.transposed == 'N' ? 1 : a.stride);
      const float *right = b.data + (b.transposed == 'N' ? from * b.stride + column : column * b.stride + from);
      int status = dnnl_sgemm(a.transposed, b.transposed, m, columns.length(j), sums.length(p), 1.0f, left, a.stride, right, b.stride,
                              add || p > 0 ? 1.0f : 0.0f, out.data + column, out.stride);
      TORCH_CHECK(status == 0, "dnnl_sgemm failed with status ", status);
    }
}

} // namespace

void product(at::Tensor out, const at::Tensor &a, const at::Tensor &b, bool add) {
  TORCH_CHECK(out.dim() == 2 && a.dim() == 2 && b.dim() == 2, "matrices");
  int64_t m = a.size(0), k = a.size(1), n = b.size(1);
  TORCH_CHECK(b.size(0) == k && out.size(0) == m && out.size(1) == n, a.sizes(), " x ", b.sizes(), " isn't ", out.sizes());
  Matrix from, by, to;
  if (has_onednn() && m > 0 && n > 0 && k > 0 && lies(a, from) && lies(b, by) && lies(out, to) && to.transposed == 'N') {
    RECORD_FUNCTION("vae::product", std::vector<c10::IValue>({a, b}));
    at::internal::lazy_init_num_threads(); // oneDNN asks OpenMP how many
    keep_signals_from_workers();
    WithoutSignals now;
    by_onednn(from, by, to, m, n, k, add);
  } else if (add) {
    out.addmm_(a, b);
  } else {
    at::mm_out(out, a, b);
  }
}
