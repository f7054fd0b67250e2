#include "shim.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#include <cstring>

std::string &vt_last_error() {
  thread_local std::string text;
  return text;
}

namespace {

enum Tag : int32_t { None, Tensor, Double, Int, Bool, IntList, TensorList, DoubleList, String, Device };

// One argument or result. Lists and strings point at the caller's memory and are copied by the call.
struct Value {
  int32_t tag;
  int32_t length;
  union {
    int64_t i;
    double d;
    const void *p;
  };
};

// An operator and what the schema says about its arguments, looked up once.
struct Operator {
  c10::OperatorHandle handle;
  std::vector<c10::IValue> defaults;
  std::vector<bool> has_default, wants_double, wants_optional_tensors;
};

c10::IValue to_ivalue(const Operator &op, size_t index, const Value &v) {
  switch (v.tag) {
  case None: return {};
  case Tensor: return vt_borrow(static_cast<Handle>(const_cast<void *>(v.p)));
  case Double: return v.d;
  case Int: return op.wants_double[index] ? c10::IValue(static_cast<double>(v.i)) : c10::IValue(v.i);
  case Bool: return v.i != 0;
  case IntList: {
    auto p = static_cast<const int64_t *>(v.p);
    return std::vector<int64_t>(p, p + v.length);
  }
  case DoubleList: {
    auto p = static_cast<const double *>(v.p);
    return std::vector<double>(p, p + v.length);
  }
  case TensorList: {
    auto p = static_cast<const Handle *>(v.p);
    if (op.wants_optional_tensors[index]) {
      c10::List<c10::optional<at::Tensor>> list;
      list.reserve(v.length);
      for (int32_t i = 0; i < v.length; i++) list.push_back(p[i] ? c10::make_optional(vt_borrow(p[i])) : c10::nullopt);
      return list;
    }
    std::vector<at::Tensor> list;
    list.reserve(v.length);
    for (int32_t i = 0; i < v.length; i++) list.push_back(vt_borrow(p[i]));
    return list;
  }
  case String: return std::string(static_cast<const char *>(v.p), v.length);
  case Device: return c10::Device(static_cast<c10::DeviceType>(v.i >> 32), static_cast<c10::DeviceIndex>(v.i & 0xff));
  default: TORCH_CHECK(false, "argument ", index, " has the unknown tag ", v.tag);
  }
}

void add_result(const c10::IValue &value, Value *results, int capacity, int &count) {
  TORCH_CHECK(count < capacity, "more than ", capacity, " results");
  auto &r = results[count];
  r.length = 0;
  if (value.isTensorList()) {
    for (const at::Tensor &t : value.toTensorVector()) add_result(t, results, capacity, count);
    return;
  }
  if (value.isTensor()) {
    r.tag = Tensor;
    r.p = vt_release(value.toTensor());
  } else if (value.isDouble()) {
    r.tag = Double;
    r.d = value.toDouble();
  } else if (value.isInt()) {
    r.tag = Int;
    r.i = value.toInt();
  } else if (value.isBool()) {
    r.tag = Bool;
    r.i = value.toBool();
  } else {
    TORCH_CHECK(false, "a result of type ", value.tagKind(), " can't be returned");
  }
  count++;
}

} // namespace

VT_EXPORT const char *vt_error() { return vt_last_error().c_str(); }
VT_EXPORT const char *vt_version() { return TORCH_VERSION; }

// ---- operators

VT_EXPORT int vt_operator(const char *name, const char *overload, void **out) {
  return vt_guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    auto op = std::make_unique<Operator>(Operator{handle, {}, {}, {}, {}});
    for (const auto &a : handle.schema().arguments()) {
      op->has_default.push_back(a.default_value().has_value());
      op->defaults.push_back(a.default_value().value_or(c10::IValue()));
      auto type = a.type()->str();
      op->wants_double.push_back(type == "float" || type == "float?");
      op->wants_optional_tensors.push_back(type == "Tensor?[]");
    }
    *out = op.release();
  });
}

VT_EXPORT int vt_call(void *operator_, const Value *args, int n, Value *results, int capacity, int *count) {
  return vt_guarded([&] {
    auto &op = *static_cast<Operator *>(operator_);
    size_t arity = op.defaults.size();
    TORCH_CHECK(static_cast<size_t>(n) <= arity, "takes ", arity, " arguments, got ", n);
    std::vector<c10::IValue> stack;
    stack.reserve(std::max<size_t>(arity, 4));
    for (int i = 0; i < n; i++) stack.push_back(to_ivalue(op, i, args[i]));
    for (size_t i = n; i < arity; i++) {
      TORCH_CHECK(op.has_default[i], "argument ", op.handle.schema().arguments()[i].name(), " is missing");
      stack.push_back(op.defaults[i]);
    }
    op.handle.callBoxed(stack);
    *count = 0;
    for (auto &value : stack) add_result(value, results, capacity, *count);
  });
}

// ---- tensors

VT_EXPORT void vt_free(Handle t) { c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(t); }
VT_EXPORT int64_t vt_dim(Handle t) { return t->dim(); }
VT_EXPORT int64_t vt_numel(Handle t) { return t->numel(); }
VT_EXPORT int vt_dtype(Handle t) { return static_cast<int>(c10::typeMetaToScalarType(t->dtype())); }
VT_EXPORT int vt_device_type(Handle t) { return static_cast<int>(t->device().type()); }
VT_EXPORT int vt_device_index(Handle t) { return t->device().index(); }
VT_EXPORT int vt_is_contiguous(Handle t) { return t->is_contiguous(); }
VT_EXPORT void vt_sizes(Handle t, int64_t *out) { std::memcpy(out, t->sizes().data(), t->dim() * sizeof(int64_t)); }
VT_EXPORT void vt_strides(Handle t, int64_t *out) { std::memcpy(out, t->strides().data(), t->dim() * sizeof(int64_t)); }
VT_EXPORT int vt_data(Handle t, void **out) {
  return vt_guarded([&] { *out = vt_borrow(t).data_ptr(); });
}

// A new tensor of the device with a copy of the caller's memory.
VT_EXPORT int vt_from_memory(const void *data, const int64_t *sizes, int n, int dtype, Handle *out) {
  return vt_guarded([&] {
    auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype));
    auto tensor = at::empty(at::IntArrayRef(sizes, n), options);
    if (tensor.nbytes() > 0) std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
    *out = vt_release(tensor);
  });
}

// ---- autograd

VT_EXPORT int vt_requires_grad(Handle t) { return vt_borrow(t).requires_grad(); }
VT_EXPORT int vt_is_leaf(Handle t) { return vt_borrow(t).is_leaf(); }
VT_EXPORT int vt_set_requires_grad(Handle t, int value) {
  return vt_guarded([&] { vt_borrow(t).set_requires_grad(value != 0); });
}
VT_EXPORT Handle vt_grad(Handle t) { return vt_release(vt_borrow(t).grad()); }
VT_EXPORT int vt_set_grad(Handle t, Handle grad) {
  return vt_guarded([&] { vt_borrow(t).mutable_grad() = vt_borrow(grad); });
}
VT_EXPORT int vt_backward(Handle t, Handle gradient, int retain_graph, int create_graph) {
  return vt_guarded([&] {
    auto g = vt_borrow(gradient);
    vt_borrow(t).backward(g, retain_graph != 0, create_graph != 0);
  });
}
VT_EXPORT int vt_grad_enabled() { return at::GradMode::is_enabled(); }
VT_EXPORT void vt_set_grad_enabled(int value) { at::GradMode::set_enabled(value != 0); }
// The memory that a tensor is a view of, and how large that is.
VT_EXPORT int vt_storage(Handle tensor, const void **at, int64_t *bytes) {
  return vt_guarded([&] {
    auto storage = vt_borrow(tensor).storage();
    *at = storage.unsafeGetStorageImpl();
    *bytes = storage.nbytes();
  });
}

VT_EXPORT void *vt_inference_begin() { return new c10::InferenceMode(true); }
VT_EXPORT void vt_inference_end(void *guard) { delete static_cast<c10::InferenceMode *>(guard); }

// ---- the library as a whole

VT_EXPORT int vt_threads() { return at::get_num_threads(); }
VT_EXPORT void vt_set_threads(int n) { at::set_num_threads(n); }
VT_EXPORT int vt_tf32_products() { return at::globalContext().allowTF32CuBLAS(); }
VT_EXPORT void vt_set_tf32_products(int allowed) { at::globalContext().setAllowTF32CuBLAS(allowed != 0); }
VT_EXPORT int vt_tf32_convolutions() { return at::globalContext().allowTF32CuDNN(); }
VT_EXPORT void vt_set_tf32_convolutions(int allowed) { at::globalContext().setAllowTF32CuDNN(allowed != 0); }
VT_EXPORT int vt_cuda_available() {
  return c10::impl::hasDeviceGuardImpl(c10::kCUDA) && c10::impl::VirtualGuardImpl(c10::kCUDA).deviceCount() > 0;
}
