#include "conformance/subject/plugin_array.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "conformance/plugin/plumbline_subject_v1.h"

namespace plumbline::conformance {
namespace {

constexpr std::byte guard{0xa5};
constexpr std::size_t guard_size = PluginArray::alignment;

std::size_t element_size(std::int32_t format) {
  switch (format) {
    case PLUMBLINE_BINARY64:
      return sizeof(double);
    case PLUMBLINE_BINARY32:
      return sizeof(float);
    default:
      return sizeof(std::uint16_t);
  }
}

std::uint16_t bfloat16_bits(double value) {
  if (std::isnan(value)) return 0x7fc0;
  const double rounded = BFloat16::description.round(value);
  return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(static_cast<float>(rounded)) >>
                                    16);
}

double bfloat16_value(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

// A sign, 5 bits of exponent with bias 15, 10 bits of significand.
std::uint16_t binary16_bits(double value) {
  const unsigned sign = std::signbit(value) ? 0x8000 : 0;
  const double magnitude = std::abs(Binary16::description.round(value));
  unsigned bits = 0;
  if (std::isnan(magnitude)) {
    bits = 0x7e00;
  } else if (std::isinf(magnitude)) {
    bits = 0x7c00;
  } else if (magnitude < Binary16::description.least_normal()) {
    bits = static_cast<unsigned>(std::ldexp(magnitude, 24));
  } else {
    const int exponent = std::ilogb(magnitude);
    bits = static_cast<unsigned>(exponent + 14) * 0x400 +
           static_cast<unsigned>(std::ldexp(magnitude, 10 - exponent));
  }
  return static_cast<std::uint16_t>(sign | bits);
}

double binary16_value(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f;
  const int significand = bits & 0x3ff;
  double magnitude = std::ldexp(0x400 + significand, exponent - 25);
  if (exponent == 0) magnitude = std::ldexp(significand, -24);
  if (exponent == 0x1f) {
    magnitude = significand == 0 ? std::numeric_limits<double>::infinity()
                                 : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

template <class Element>
Element element_at(const void* data, std::size_t index) {
  Element element;
  std::memcpy(&element, static_cast<const std::byte*>(data) + index * sizeof(Element),
              sizeof(Element));
  return element;
}

double value_at(const void* data, std::size_t index, std::int32_t format) {
  switch (format) {
    case PLUMBLINE_BINARY64:
      return element_at<double>(data, index);
    case PLUMBLINE_BINARY32:
      return element_at<float>(data, index);
    case PLUMBLINE_BFLOAT16:
      return bfloat16_value(element_at<std::uint16_t>(data, index));
    default:
      return binary16_value(element_at<std::uint16_t>(data, index));
  }
}

}  // namespace

std::int32_t plugin_format(const FormatDescription& format) {
  if (format.name == Binary64::description.name) return PLUMBLINE_BINARY64;
  if (format.name == BFloat16::description.name) return PLUMBLINE_BFLOAT16;
  if (format.name == Binary16::description.name) return PLUMBLINE_BINARY16;
  return PLUMBLINE_BINARY32;
}

std::optional<std::vector<double>> read_plugin_elements(const void* data, std::size_t count,
                                                        std::int32_t format) {
  if (format != PLUMBLINE_BINARY64 && format != PLUMBLINE_BINARY32 &&
      format != PLUMBLINE_BFLOAT16 && format != PLUMBLINE_BINARY16) {
    return std::nullopt;
  }
  std::vector<double> values(count);
  for (std::size_t index = 0; index < count; ++index) {
    values[index] = value_at(data, index, format);
  }
  return values;
}

PluginArray::PluginArray(const FormatDescription& format, std::size_t count)
    : format_(plugin_format(format)),
      count_(count),
      bytes_(count * element_size(format_) + 2 * guard_size + alignment, guard) {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes_.data());
  start_ = guard_size + (alignment - address % alignment) % alignment;
  // All ones are a NaN in every format.
  std::memset(data(), 0xff, size_in_bytes());
}

PluginArray::PluginArray(const FormatDescription& format, const std::vector<double>& values)
    : PluginArray(format, values.size()) {
  write(values);
}

std::size_t PluginArray::size_in_bytes() const {
  return count_ * element_size(format_);
}

void PluginArray::write(const std::vector<double>& values) {
  const auto put = [&](auto&& convert) {
    auto* target = static_cast<std::byte*>(data());
    for (const double value : values) {
      const auto element = convert(value);
      std::memcpy(target, &element, sizeof(element));
      target += sizeof(element);
    }
  };
  switch (format_) {
    case PLUMBLINE_BINARY64:
      return put([](double value) { return value; });
    case PLUMBLINE_BINARY32:
      return put([](double value) { return static_cast<float>(value); });
    case PLUMBLINE_BFLOAT16:
      return put(bfloat16_bits);
    default:
      return put(binary16_bits);
  }
}

std::vector<double> PluginArray::read() const {
  return *read_plugin_elements(data(), count_, format_);
}

bool PluginArray::intact() const {
  const auto whole = [](auto begin, auto end) {
    return std::all_of(begin, end, [](std::byte value) { return value == guard; });
  };
  const auto first = bytes_.begin() + static_cast<std::ptrdiff_t>(start_);
  const auto last = first + static_cast<std::ptrdiff_t>(size_in_bytes());
  return whole(bytes_.begin(), first) && whole(last, bytes_.end());
}

std::vector<void*> plugin_pointers(std::vector<PluginArray>& arrays) {
  std::vector<void*> list;
  for (PluginArray& array : arrays) list.push_back(array.data());
  return list;
}

std::vector<const void*> constant_plugin_pointers(const std::vector<PluginArray>& arrays) {
  std::vector<const void*> list;
  for (const PluginArray& array : arrays) list.push_back(array.data());
  return list;
}

std::vector<std::vector<double>> read_plugin_arrays(const std::vector<PluginArray>& arrays) {
  std::vector<std::vector<double>> tensors;
  for (const PluginArray& array : arrays) tensors.push_back(array.read());
  return tensors;
}

}  // namespace plumbline::conformance
