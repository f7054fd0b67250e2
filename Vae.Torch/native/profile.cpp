// Where the time of a step goes: every operator's own time, without that of the operators which it calls, and the floating-point
// operations of the matrix products among them.
#include "shim.h"

#include <ATen/record_function.h>

#include <chrono>
#include <map>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Total {
  int64_t calls = 0;
  double seconds = 0;
};

struct Frame : at::ObserverContext {
  Clock::time_point begin = Clock::now();
  double inner = 0; // seconds of the operators that it calls
};

std::map<std::string, Total> totals;
double operations = 0;
thread_local std::vector<Frame *> frames; // the operators at work, outermost first
at::CallbackHandle handle = 0;
std::string report;

int64_t size(const c10::IValue &tensor, int64_t axis) { return tensor.toTensor().size(axis); }

// The pixels at which a convolution's kernel is laid: those of its output, or of its input where it is transposed.
double places(const at::Tensor &input, const at::Tensor &weight, const c10::IValue &stride, const c10::IValue &padding, const c10::IValue &dilation,
              bool transposed) {
  double n = input.size(0);
  auto strides = stride.toIntVector(), pads = padding.toIntVector(), dilations = dilation.toIntVector();
  for (int64_t i = 2; i < input.dim(); i++)
    n *= transposed ? input.size(i)
                    : (input.size(i) + 2 * pads[i - 2] - dilations[i - 2] * (weight.size(i) - 1) - 1) / strides[i - 2] + 1;
  return n;
}

// Multiplications and additions: twice the result's elements times the length of the sums.
double operations_of(const std::string &name, c10::ArrayRef<const c10::IValue> in) {
  if (name == "aten::mm" || name == "vae::product") return 2.0 * in[0].toTensor().numel() * size(in[1], 1);
  if (name == "vae::sparse_product" || name == "vae::sparse_gradient") return 2.0 * in[0].toInt() * in[1].toInt();
  if (name == "aten::addmm" || name == "aten::addmm_") return 2.0 * in[1].toTensor().numel() * size(in[2], 1);
  if (name == "aten::bmm") return 2.0 * in[0].toTensor().numel() * size(in[1], 2);
  if (name == "aten::convolution")
    return 2.0 * in[1].toTensor().numel() * places(in[0].toTensor(), in[1].toTensor(), in[3], in[4], in[5], in[6].toBool());
  if (name == "aten::convolution_backward") {
    auto wanted = in[10].toBoolList(); // of the input, of the weight
    return 2.0 * (wanted[0] + wanted[1]) * in[2].toTensor().numel() *
           places(in[1].toTensor(), in[2].toTensor(), in[4], in[5], in[6], in[7].toBool());
  }
  if (name.rfind("vae::convolution_3x3", 0) == 0) return 2.0 * 4 * in[0].toTensor().numel() * size(in[1], 0); // 16 products where 36 would be
  return 0;
}

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction &fn) {
  operations += operations_of(fn.name(), fn.inputs());
  auto frame = std::make_unique<Frame>();
  frames.push_back(frame.get());
  return frame;
}

void end(const at::RecordFunction &fn, at::ObserverContext *context) {
  auto frame = static_cast<Frame *>(context);
  double seconds = std::chrono::duration<double>(Clock::now() - frame->begin).count();
  auto &total = totals[fn.name()];
  total.calls++;
  total.seconds += seconds - frame->inner;
  frames.pop_back();
  if (!frames.empty()) frames.back()->inner += seconds;
}

} // namespace

VT_EXPORT int vt_profile_begin() {
  return vt_guarded([] {
    totals.clear();
    operations = 0;
    handle = at::addThreadLocalCallback(at::RecordFunctionCallback(begin, end).needsInputs(true));
  });
}

// A line for each operator: name, calls, seconds; the first is the sum of the operations. Valid until the next call.
VT_EXPORT int vt_profile_end(const char **out) {
  return vt_guarded([&] {
    at::removeCallback(handle);
    report = "operations\t0\t" + std::to_string(operations) + "\n";
    for (auto &[name, total] : totals) report += name + "\t" + std::to_string(total.calls) + "\t" + std::to_string(total.seconds) + "\n";
    *out = report.c_str();
  });
}
