#include "reference/numbers/format.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace plumbline {

double FormatDescription::unit_roundoff() const {
  return std::ldexp(1.0, -precision);
}
double FormatDescription::least_normal() const {
  return std::ldexp(1.0, least_exponent);
}
double FormatDescription::least_subnormal() const {
  return std::ldexp(1.0, least_exponent - precision + 1);
}
double FormatDescription::largest() const {
  return std::ldexp(2.0 - std::ldexp(1.0, 1 - precision), greatest_exponent);
}

double FormatDescription::round(double value) const {
  if (precision == 53 || value == 0 || !std::isfinite(value)) return value;
  // The spacing of the format's values near `value` is 2^quantum, so the nearest
  // one is an integer times it; nearbyint rounds ties to even.
  const int exponent = std::max(std::ilogb(value), least_exponent);
  const int quantum = exponent - precision + 1;
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(value, -quantum)), quantum);
  if (std::abs(rounded) > largest()) {
    return std::copysign(std::numeric_limits<double>::infinity(), value);
  }
  return rounded;
}

bool FormatDescription::holds(double value) const {
  return std::isnan(value) || round(value) == value;
}

double FormatDescription::next(double value, bool upwards) const {
  if (!std::isfinite(value)) return value;
  if (value == 0) return upwards ? least_subnormal() : -least_subnormal();
  // Below a power of two the spacing halves, hence the step from just inside.
  const bool away = (value > 0) == upwards;
  const double inside = away ? value : std::nextafter(value, 0.0);
  const int exponent = std::max(std::ilogb(inside), least_exponent);
  const double spacing = std::ldexp(1.0, exponent - precision + 1);
  return round(upwards ? value + spacing : value - spacing);
}

namespace {
constexpr std::array plain_formats{Binary64::description, Binary32::description,
                                   BFloat16::description, Binary16::description};
}  // namespace

std::span<const SubjectFormat> subject_formats() {
  static const std::array<SubjectFormat, 5> formats{
      SubjectFormat{"binary64", Binary64::description, Binary64::description},
      SubjectFormat{"binary32", Binary32::description, Binary32::description},
      SubjectFormat{"bfloat16", BFloat16::description, BFloat16::description},
      SubjectFormat{"binary16", Binary16::description, Binary16::description},
      SubjectFormat{"bfloat16+binary32", BFloat16::description, Binary32::description}};
  return formats;
}

std::optional<SubjectFormat> find_format(std::string_view name) {
  const auto plain = [](std::string_view wanted) -> const FormatDescription* {
    for (const FormatDescription& format : plain_formats) {
      if (format.name == wanted) return &format;
    }
    return nullptr;
  };
  const std::size_t plus = name.find('+');
  const FormatDescription* storage = plain(name.substr(0, plus));
  const FormatDescription* arithmetic =
      plus == std::string_view::npos ? storage : plain(name.substr(plus + 1));
  if (storage == nullptr || arithmetic == nullptr) return std::nullopt;
  return SubjectFormat{std::string(name), *storage, *arithmetic};
}

}  // namespace plumbline
