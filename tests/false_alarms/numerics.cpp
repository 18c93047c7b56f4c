// The numerics in the compiler's own formats: compiled once for every compiler and flags.
#include "dispatch.hpp"

namespace variant {
namespace {

struct OwnFormats {
  template <int order, class Body>
  static void call(Format format, Body&& body) {
    constexpr bool wide = order == wider;
    using Float = std::conditional_t<wide, double, float>;
    switch (format) {
      case Format::binary32:
        return body.template operator()<order, float, float, Float>();
      case Format::bfloat16_binary32:
        return body.template operator()<order, BFloat16, float, Float>();
      case Format::binary16_binary32:
        return body.template operator()<order, Binary16, float, Float>();
      default:
        return body.template
        operator()<order, double, double, std::conditional_t<wide, long double, double>>();
    }
  }
};

bool is_small_format(Format format) {
  return format == Format::bfloat16 || format == Format::binary16;
}

}  // namespace

void start(Held& held, const void* parameter) {
  if (is_small_format(held.format)) return start_small(held, parameter);
  Dispatch<OwnFormats>::start(held, parameter);
}

void step(Held& held, void* parameter, const void* gradient) {
  if (is_small_format(held.format)) return step_small(held, parameter, gradient);
  Dispatch<OwnFormats>::step(held, parameter, gradient);
}

void look_ahead(const Held& held, const void* parameter, void* point) {
  if (is_small_format(held.format)) return look_ahead_small(held, parameter, point);
  Dispatch<OwnFormats>::look_ahead(held, parameter, point);
}

}  // namespace variant
