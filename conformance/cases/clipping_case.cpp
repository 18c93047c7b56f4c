#include "conformance/cases/clipping_case.hpp"

#include "conformance/cases/case.hpp"
#include "conformance/cases/stream.hpp"

namespace plumbline::conformance {
namespace {

struct Setting {
  std::string_view name;
  std::string_view purpose;
  double max_norm;
  std::vector<std::vector<long>> shapes;
  int exponent;
  bool golden = true;
};

const std::vector<Setting>& settings() {
  static const std::vector<std::vector<long>> several{{3}, {2, 2}, {}, {0}, {7}};
  static const std::vector<Setting> list{
      {"large", "M14: a norm far above the threshold", 1, {{5}}, 6},
      {"inside", "M14: a norm below the threshold: nothing may change", 1000, {{5}}, 0},
      {"several-tensors", "M11, M12: one norm over all tensors", 0.5, several, 1},
      {"several-inside", "M15: inside, over several tensors", 64, several, 1},
      {"small-norm", "M15: norms near PyTorch's 1e-6", 0x1p-24, {{4}}, -20},
      {"small-threshold", "M15: a threshold near PyTorch's 1e-6", 1e-6, {{4}}, 0},
      {"little-above", "M15: a norm between c - 1e-6 and far above", 0x1p-16, {{2}}, -15},
      {"tiny", "M15: squares below the least subnormal of binary32", 0x1p-90, {{3}}, -80, false},
      {"huge", "M15: squares that overflow binary32", 1, {{3}}, 70, false},
      {"many", "M12: more elements than a vector holds", 0.3, {{33}}, -2},
  };
  return list;
}

}  // namespace

std::vector<ClippingCase> clipping_cases_for(const Clipping& clipping, std::uint64_t seed) {
  std::vector<ClippingCase> cases;
  const auto add = [&](std::string_view name, std::string_view purpose, double max_norm,
                       std::vector<std::vector<long>> shapes,
                       std::vector<std::vector<double>> gradients, bool golden) {
    cases.push_back({&clipping,
                     std::string(clipping.name) + "/" + std::string(name),
                     std::string(purpose),
                     {max_norm},
                     std::move(shapes),
                     std::move(gradients),
                     golden});
  };
  for (const Setting& setting : settings()) {
    std::vector<std::vector<double>> gradients;
    for (std::size_t tensor = 0; tensor < setting.shapes.size(); ++tensor) {
      std::vector<double> values;
      for (std::size_t element = 0; element < element_count(setting.shapes[tensor]); ++element) {
        values.push_back(
            stream_value({StreamKind::gaussian, setting.exponent, seed}, 1, tensor, element));
      }
      gradients.push_back(std::move(values));
    }
    add(setting.name, setting.purpose, setting.max_norm, setting.shapes, gradients, setting.golden);
  }
  add("at-threshold", "M15: the norm is the threshold, exactly", 5, {{2}}, {{3, -4}}, true);
  add("above-threshold", "M14: twice the threshold, exactly", 2.5, {{1}, {1}}, {{3}, {-4}}, true);
  // Not golden: c/0 has no enclosure, though min(1, c/0) is 1.
  add("zero-gradient", "M15: a norm of zero", 1, {{3}, {2}}, {{0, 0, 0}, {0, 0}}, false);
  add("zero-threshold", "M15: a threshold of zero", 0, {{2}}, {{3, -4}}, true);
  add("one-large", "M14: one element is nearly all of the norm", 1, {{4}}, {{0.5, -256, 0.25, 1}},
      true);
  return cases;
}

}  // namespace plumbline::conformance
