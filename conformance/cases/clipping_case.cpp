#include "conformance/cases/clipping_case.hpp"

#include <algorithm>

#include "conformance/cases/case.hpp"
#include "conformance/cases/stream.hpp"

namespace plumbline::conformance {
namespace {

using Tensors = std::vector<std::vector<double>>;

/// Shapes with a vector, a matrix, a scalar, an empty tensor, and one longer than a lane.
const std::vector<Shape> several{{3}, {2, 2}, {}, {0}, {7}};

struct Setting {
  std::string_view name;
  std::string_view purpose;
  double threshold;
  std::vector<Shape> shapes;
  int exponent;
  bool golden = true;
};

const std::vector<Setting>& settings() {
  static const std::vector<Setting> list{
      {"large", "M14: a norm far above the threshold", 1, {{5}}, 6},
      {"inside", "M14: a norm below the threshold: nothing may change", 1000, {{5}}, 0},
      {"several-tensors", "M11, M12: one norm over all tensors", 0.5, several, 1},
      {"several-inside", "M15: inside, over several tensors", 64, several, 1},
      {"small-norm", "M15: norms near PyTorch's 1e-6", 0x1p-24, {{4}}, -20},
      {"small-norm-of-three", "M15: norms near PyTorch's 1e-6", 0x1p-24, {{3}}, -20},
      {"small-threshold", "M15: a threshold near PyTorch's 1e-6", 1e-6, {{4}}, 0},
      {"little-above", "M15: a norm between c - 1e-6 and far above", 0x1p-16, {{2}}, -15},
      {"tiny", "M15: squares below the least subnormal of binary32", 0x1p-90, {{3}}, -80, false},
      {"huge", "M15: squares that overflow binary32", 1, {{3}}, 70, false},
      {"many", "M12: more elements than a vector holds", 0.3, {{33}}, -2},
      {"overflow", "M15: squares that overflow binary64", 1, {{3}}, 600, false},
      {"subnormal", "M15: subnormal elements far inside", 1, {{3}}, -130, false},
      {"subnormal-outside",
       "M15: subnormal elements, and a threshold below them",
       0x1p-131,
       {{3}},
       -128,
       false},
  };
  return list;
}

/// The elements of a stream, tensor by tensor; `exponents` may differ from tensor to tensor.
Tensors stream_tensors(const std::vector<Shape>& shapes, const std::vector<int>& exponents,
                       std::uint64_t seed) {
  Tensors tensors;
  for (std::size_t tensor = 0; tensor < shapes.size(); ++tensor) {
    const int exponent = exponents[std::min(tensor, exponents.size() - 1)];
    auto& values = tensors.emplace_back();
    for (std::size_t element = 0; element < element_count(shapes[tensor]); ++element) {
      values.push_back(stream_value({StreamKind::gaussian, exponent, seed}, 1, tensor, element));
    }
  }
  return tensors;
}

class ClippingCaseList {
 public:
  ClippingCaseList(const Clipping& clipping, std::uint64_t seed)
      : clipping_(clipping), seed_(seed) {}

  ClippingCase& add(std::string_view name, std::string_view purpose,
                    std::vector<double> hyperparameters, std::vector<Shape> shapes,
                    Tensors gradients, bool golden = true) {
    cases_.push_back({.clipping = &clipping_,
                      .id = std::string(clipping_.name) + "/" + std::string(name),
                      .purpose = std::string(purpose),
                      .hyperparameters = std::move(hyperparameters),
                      .shapes = std::move(shapes),
                      .gradients = std::move(gradients),
                      .golden = golden});
    return cases_.back();
  }
  std::uint64_t seed() const { return seed_; }
  std::vector<ClippingCase> take() { return std::move(cases_); }

 private:
  const Clipping& clipping_;
  std::uint64_t seed_;
  std::vector<ClippingCase> cases_;
};

/// The norm of (3, -4).
double norm_of_three_four(NormOrder order) {
  switch (order) {
    case NormOrder::one:
      return 7;
    case NormOrder::two:
      return 5;
    case NormOrder::infinity:
      break;
  }
  return 4;
}

void add_threshold_cases(ClippingCaseList& list, NormOrder order) {
  for (const Setting& setting : settings()) {
    list.add(setting.name, setting.purpose, {setting.threshold}, setting.shapes,
             stream_tensors(setting.shapes, {setting.exponent}, list.seed()), setting.golden);
  }
  const double norm = norm_of_three_four(order);
  list.add("at-threshold", "M15: the norm is the threshold, exactly", {norm}, {{2}}, {{3, -4}});
  list.add("above-threshold", "M14: twice the threshold, exactly", {norm / 2}, {{1}, {1}},
           {{3}, {-4}});
  list.add("just-inside", "M15: a norm one in 160 below the threshold", {norm * 1.00625}, {{2}},
           {{3, -4}});
  list.add("just-outside", "M15: a norm one in 160 above the threshold", {norm * 0.99375}, {{2}},
           {{3, -4}});
  // Not golden: c/0 has no enclosure, though min(1, c/0) is 1.
  list.add("zero-gradient", "M15: a norm of zero", {1}, {{3}, {2}}, {{0, 0, 0}, {0, 0}}, false);
  list.add("no-elements", "M15: a norm of nothing", {1}, {{0}, {0, 3}}, {{}, {}}, false);
  ClippingCase& no_room =
      list.add("zero-threshold", "M15: a threshold of zero", {0}, {{2}}, {{3, -4}});
  no_room.not_golden_in = {"reciprocals", "divisor"};  // which divide by it
  list.add("all-zero", "M15: zero over zero, where NaN is right", {0}, {{2}}, {{0, 0}}, false);
  list.add("one-large", "M14: one element is nearly all of the norm", {1}, {{4}},
           {{0.5, -256, 0.25, 1}});
  list.add("one-huge", "M14: one element beside which the others vanish", {1}, {{4}},
           {{0.5, 1, 0x1p60, -0.25}});
  list.add("one-element", "M12: a tensor of one element", {0.75}, {{}}, {{-3}});
  list.add("negative", "M14: negative elements alone", {0.5}, {{3}}, {{-1, -2, -0.75}});
  const std::vector<Shape> scaled{{3}, {2, 2}, {}, {5}};
  list.add("scales", "M11: tensors of different scales, some inside by themselves", {1.5}, scaled,
           stream_tensors(scaled, {-9, 0, 5, -3}, list.seed()));
}

struct AdaptiveSetting {
  std::string_view name;
  std::string_view purpose;
  double clipping_factor;
  double epsilon;
  std::vector<Shape> shapes;
  int gradient_exponent;
  int parameter_exponent;
  bool golden = true;
};

const std::vector<AdaptiveSetting>& adaptive_settings() {
  const std::vector<Shape> mixed{{3}, {2, 3}, {}, {0}, {7}, {4, 2}};
  static const std::vector<AdaptiveSetting> list{
      {"large", "M14: norms far above their limits", 0.01, 1e-3, {{3, 4}}, 6, 0},
      {"inside", "M14: norms below their limits: nothing may change", 0.5, 1e-3, {{3, 4}}, -6, 0},
      {"several-tensors", "M11, M12: a limit for each unit", 0.125, 1e-3, mixed, 1, 0},
      {"small-parameter", "M16: parameters smaller than epsilon", 0.125, 1e-3, {{2, 3}}, 0, -14},
      {"large-epsilon", "M16: an epsilon among the parameters' norms", 0.25, 1.5, {{4, 2}}, 1, 0},
      {"tiny-limit", "M1: a limit below 1e-6 and norms between", 1e-4, 1e-3, {{4}}, -22, -30},
      {"tiny-limit-inside", "M1: norms below a limit below 1e-6", 1e-4, 1e-3, {{4}}, -28, -30},
      {"tiny-limit-far", "M1: a limit below 1e-6 and norms far above", 1e-4, 1e-3, {{4}}, 0, -30},
      {"three-axes", "M17: which axes make a unit", 0.125, 1e-3, {{2, 3, 2}}, 2, 0},
      {"four-axes", "M17: which axes make a unit", 0.125, 1e-3, {{2, 2, 1, 3}}, 2, 0},
      {"one-row", "M12: a matrix of one row", 0.125, 1e-3, {{1, 4}}, 2, 0},
      {"one-column", "M12: a matrix of one column", 0.125, 1e-3, {{4, 1}}, 2, 0},
      {"many", "M12: more elements than a vector holds", 0.25, 1e-3, {{33}}, 1, 0},
      {"huge", "M15: squares that overflow binary32", 0.01, 1e-3, {{3}}, 70, 0, false},
      {"overflow", "M15: squares that overflow binary64", 0.01, 1e-3, {{3}}, 600, 0, false},
      {"subnormal", "M15: subnormal elements far inside", 0.5, 1e-3, {{3}}, -130, 0, false},
  };
  return list;
}

void add_adaptive_cases(ClippingCaseList& list) {
  for (const AdaptiveSetting& setting : adaptive_settings()) {
    list.add(setting.name, setting.purpose, {setting.clipping_factor, setting.epsilon},
             setting.shapes,
             stream_tensors(setting.shapes, {setting.gradient_exponent}, list.seed()),
             setting.golden)
        .parameters =
        stream_tensors(setting.shapes, {setting.parameter_exponent}, list.seed() + 1000);
  }
  const auto by_hand = [&](std::string_view name, std::string_view purpose, double factor,
                           Tensors gradients, Tensors parameters, bool golden) {
    std::vector<Shape> shapes;
    for (const auto& gradient : gradients) shapes.push_back({static_cast<long>(gradient.size())});
    list.add(name, purpose, {factor, 1e-3}, shapes, std::move(gradients), golden).parameters =
        std::move(parameters);
  };
  // Not golden: in bfloat16 either side of the comparison may be taken, and c/0 has no enclosure.
  by_hand("at-threshold", "M15: the norm is the limit, exactly", 0.5, {{1.5, -2}}, {{3, 4}}, false);
  by_hand("just-inside", "M15: a norm little below its limit", 0.5, {{1.5, -1.984375}}, {{3, 4}},
          false);
  by_hand("just-outside", "M15: a norm little above its limit", 0.5, {{1.5, -2.015625}}, {{3, 4}},
          false);
  by_hand("zero-gradient", "M15: a norm of zero", 0.01, {{0, 0, 0}, {0}}, {{1, 2, -2}, {3}}, false);
  by_hand("zero-parameter", "M16: a parameter of zero", 0.01, {{1, -2}}, {{0, 0}}, true);
  by_hand("zero-factor", "M15: a limit of zero", 0, {{3, -4}}, {{1, 1}}, true);
  by_hand("one-element", "M12: a tensor of one element", 0.125, {{-3}}, {{-2}}, true);
  by_hand("negative", "M14: negative elements alone", 0.25, {{-1, -2, -0.75}}, {{-1, -1, -0.5}},
          true);
  by_hand("no-elements", "M15: a norm of nothing", 0.01, {{}}, {{}}, false);
}

}  // namespace

bool ClippingCase::is_golden_in(const Dialect& dialect) const {
  return golden && std::ranges::find(not_golden_in, dialect.name) == not_golden_in.end();
}

std::vector<ClippingCase> clipping_cases_for(const Clipping& clipping, std::uint64_t seed) {
  ClippingCaseList list(clipping, seed);
  if (clipping.wants_parameters) {
    add_adaptive_cases(list);
  } else {
    add_threshold_cases(list, clipping.order);
  }
  return list.take();
}

}  // namespace plumbline::conformance
