// Functions of one float that compilers vectorise; the same numbers on every machine.
#pragma once
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

// e^-|x| to float32's precision (Cephes expf's polynomial), not below e^-87 = 1.6e-38, the last that is no subnormal number.
inline float exp_minus_abs(float v) {
  float x = v < 0.0f ? v : -v;
  x = x < -87.0f ? -87.0f : x;
  float k = std::floor(x * 1.44269504088896341f + 0.5f);
  float r = x - k * 0.693359375f - k * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  int32_t bits = (int32_t(k) + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, 4);
  return p * scale;
}

inline float log1p_unit(float t) { // log(1 + t) = 2 atanh(t / (2 + t)) for 0 <= t <= 1
  float s = t / (2.0f + t), z = s * s;
  float p = 0.15384615384f;
  p = p * z + 0.18181818182f;
  p = p * z + 0.22222222222f;
  p = p * z + 0.28571428571f;
  p = p * z + 0.4f;
  p = p * z + 0.66666666667f;
  return s * (p * z + 2.0f);
}

// ln x of a positive number that is neither subnormal nor infinite (Cephes logf).
inline float log_normal(float x) {
  int32_t bits;
  std::memcpy(&bits, &x, 4);
  int32_t e = (bits >> 23) - 126, mbits = (bits & 0x7fffff) | 0x3f000000;
  float m;
  std::memcpy(&m, &mbits, 4);
  bool low = m < 0.707106781186547524f;
  e = low ? e - 1 : e;
  m = (low ? m + m : m) - 1.0f;
  float z = m * m;
  float y = 7.0376836292e-2f;
  y = y * m + -1.1514610310e-1f;
  y = y * m + 1.1676998740e-1f;
  y = y * m + -1.2420140846e-1f;
  y = y * m + 1.4249322787e-1f;
  y = y * m + -1.6668057665e-1f;
  y = y * m + 2.0000714765e-1f;
  y = y * m + -2.4999993993e-1f;
  y = y * m + 3.3333331174e-1f;
  y = y * m * z;
  float fe = float(e);
  y = y + fe * -2.12194440e-4f;
  y = y - 0.5f * z;
  return m + y + fe * 0.693359375f;
}

// ln x of any number: -infinity at 0, NaN below.
inline float log_any(float x) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  float rest = x == infinity ? x : x >= 0.0f ? -infinity : std::numeric_limits<float>::quiet_NaN(); // below FLT_MIN a number is zero
  return x >= FLT_MIN && x <= FLT_MAX ? log_normal(x) : rest;
}
