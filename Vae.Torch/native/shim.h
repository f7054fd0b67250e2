// The C face of libtorch that Vae.Torch binds to: one boxed call for every operator, and what operators can't say.
//
// A tensor handle is a raw TensorImpl* that owns one reference. Every function that can fail returns 0, or 1 with the text in
// vt_error() until the next failure on the same thread. No C++ exception crosses this boundary.
#pragma once
#include <ATen/ATen.h>
#include <exception>
#include <string>
#ifdef __SSE__
#include <xmmintrin.h>
#endif

#define VT_EXPORT extern "C" __attribute__((visibility("default")))

using Handle = c10::TensorImpl *;

std::string &vt_last_error();

// Inside, numbers below 1.2e-38 are zero: x86 takes a hundred times as long for a subnormal number, and what is weighted with the
// probability of an unlikely class, or saturates a pixel, is full of them. OpenMP's threads begin here and inherit it.
class FlushSubnormals {
#ifdef __SSE__
  unsigned before = _mm_getcsr();

public:
  FlushSubnormals() { _mm_setcsr(before | 0x8040); } // flush to zero, denormals are zero
  ~FlushSubnormals() { _mm_setcsr(before); }
#endif
};

template <typename F> int vt_guarded(F &&body) {
  [[maybe_unused]] FlushSubnormals flush;
  try {
    body();
    return 0;
  } catch (const c10::Error &e) {
    vt_last_error() = e.what_without_backtrace();
  } catch (const std::exception &e) {
    vt_last_error() = e.what();
  } catch (...) {
    vt_last_error() = "unknown C++ exception";
  }
  return 1;
}

// A tensor that shares the handle's implementation; the handle keeps its own reference.
inline at::Tensor vt_borrow(Handle handle) {
  if (handle == nullptr) return {};
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::unsafe_reclaim_from_nonowning(handle));
}

// Hands the tensor's reference to the caller; null when the tensor is undefined.
inline Handle vt_release(at::Tensor tensor) { return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr; }
