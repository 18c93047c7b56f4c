// Arrays that a plugin reads and writes: elements in their own format, with a guard on
// either side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reference/numbers/format.hpp"

namespace plumbline::conformance {

/// The plugin interface's number for a format.
std::int32_t plugin_format(const FormatDescription& format);

/// `count` elements in the format, widened to binary64; nothing for an unknown format.
std::optional<std::vector<double>> read_plugin_elements(const void* data, std::size_t count,
                                                        std::int32_t format);

class PluginArray {
 public:
  static constexpr std::size_t alignment = 64;

  /// `count` elements, all NaN.
  PluginArray(const FormatDescription& format, std::size_t count);
  PluginArray(const FormatDescription& format, const std::vector<double>& values);
  PluginArray(PluginArray&&) = default;
  PluginArray& operator=(PluginArray&&) = default;

  /// Never null.
  void* data() { return bytes_.data() + start_; }
  const void* data() const { return bytes_.data() + start_; }
  std::size_t count() const { return count_; }
  std::size_t size_in_bytes() const;

  /// `values` has one for each element; what is not a value of the format is rounded.
  void write(const std::vector<double>& values);
  std::vector<double> read() const;
  /// False when something was written beyond either end.
  bool intact() const;

 private:
  std::int32_t format_;
  std::size_t count_;
  std::vector<std::byte> bytes_;
  std::size_t start_ = 0;
};

// Several arrays as the plugin interface passes them, and back.
std::vector<void*> plugin_pointers(std::vector<PluginArray>& arrays);
std::vector<const void*> constant_plugin_pointers(const std::vector<PluginArray>& arrays);
std::vector<std::vector<double>> read_plugin_arrays(const std::vector<PluginArray>& arrays);

}  // namespace plumbline::conformance
