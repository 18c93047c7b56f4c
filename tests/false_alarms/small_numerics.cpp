// The numerics in 16-bit formats, whose every operation is rounded by software: flags change
// nothing there, so they are compiled once.
#include "dispatch.hpp"

namespace variant {
namespace {

struct SmallFormats {
  template <int order, class Body>
  static void call(Format format, Body&& body) {
    constexpr bool wide = order == wider;
    if (format == Format::bfloat16) {
      return body.template
      operator()<order, BFloat16, BFloat16, std::conditional_t<wide, float, BFloat16>>();
    }
    body.template
    operator()<order, Binary16, Binary16, std::conditional_t<wide, float, Binary16>>();
  }
};

}  // namespace

void start_small(Held& held, const void* parameter) {
  Dispatch<SmallFormats>::start(held, parameter);
}

void step_small(Held& held, void* parameter, const void* gradient) {
  Dispatch<SmallFormats>::step(held, parameter, gradient);
}

void look_ahead_small(const Held& held, const void* parameter, void* point) {
  Dispatch<SmallFormats>::look_ahead(held, parameter, point);
}

}  // namespace variant
